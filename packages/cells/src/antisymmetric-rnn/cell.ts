import { antisymmetric } from '@hurwitz/parameterisations';
import { serialization, type Tensor1D } from '@tensorflow/tfjs-core';
import { normal, ones, zeros } from '../draws.js';
import {
  type Defaults,
  DynamicalCell,
  type DynamicalCellArgs,
  type FreeParameters,
  type SystemMatrices,
} from '../dynamical/dynamical-cell.js';
import { checkNumber, finite } from '../options.js';

export interface AntisymmetricRNNCellArgs extends DynamicalCellArgs {
  /** Step size. */
  epsilon?: number;
  /** Diffusion: shift of the eigenvalues to the left. */
  gamma?: number;
  /** Multiplies the step by sigmoid(W h + U_g x + b_g), with the same W. */
  gated?: boolean;
}

/**
 * One step of the AntisymmetricRNN: h⁺ = h + ε tanh(W h + U x + b) with W = M - Mᵀ - γI.
 *
 * Weights: kernel [inputDim, units], M [units(units-1)/2] (the strict upper triangle, row by row), bias [units], gateKernel,
 * gateBias. They start as in the paper: M normal with variance 1/units, kernels with variance 1/inputDim, gate bias 1.
 * Throws {@link CellError} for bad options.
 *
 * Source: Chang et al., AntisymmetricRNN: A Dynamical System View on Recurrent Neural Networks, ICLR 2019.
 */
export class AntisymmetricRNNCell extends DynamicalCell {
  static readonly className = 'AntisymmetricRNNCell';
  private readonly gamma: number;

  constructor(args: AntisymmetricRNNCellArgs) {
    const { epsilon = 0.01, gamma = 0.01, gated = false } = args ?? {};
    const where = 'antisymmetricRNN';
    checkNumber(where, 'gamma', gamma, finite);
    super(where, args, { carry: 1, epsilon, activation: 'tanh', scheme: 'euler', gated });
    this.gamma = gamma;
  }

  protected freeParameters(): FreeParameters[] {
    const { units } = this;
    const draw = (_: number[], seed: number | undefined) => antisymmetric.sample({ units, seed });
    return [{ name: 'M', shape: [antisymmetric.parameterCount({ units })], draw }];
  }

  protected defaults(inputDim: number): Defaults {
    return { kernel: normal(1 / Math.sqrt(inputDim)), bias: zeros, gateBias: ones };
  }

  systemMatrices(): SystemMatrices {
    return { W: antisymmetric(this.read<Tensor1D>('M'), { units: this.units, gamma: this.gamma }) };
  }

  protected familyConfig(): serialization.ConfigDict {
    const { epsilon, gated } = this.member;
    return { epsilon, gamma: this.gamma, gated };
  }
}

serialization.registerClass(AntisymmetricRNNCell);
