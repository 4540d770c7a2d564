import { exponential } from '@hurwitz/parameterisations';
import type { Activation } from '@hurwitz/scan';
import { serialization, type Tensor1D } from '@tensorflow/tfjs-core';
import { normal, uniform } from '../draws.js';
import {
  type Defaults,
  DynamicalCell,
  type DynamicalCellArgs,
  type FreeParameters,
  type SystemMatrices,
} from '../dynamical/dynamical-cell.js';

export interface ExponentialRNNCellArgs extends DynamicalCellArgs {
  activation?: Activation;
}

/**
 * One step of the exponential orthogonal RNN (expRNN): h⁺ = act(W h + U x), W = exp(A) with A skew.
 *
 * Under modReLU, the default, the bias is its threshold: sign(z) · max(|z| + b, 0); under any other activation it is added.
 * Weights: kernel [inputDim, units], M [units(units-1)/2] (A's strict upper triangle, row by row), bias [units].
 * They start as in the authors' code: kernel normal with variance 2/inputDim, bias uniform in ±0.01.
 * Throws {@link CellError} for bad options.
 *
 * Source: Lezcano-Casado and Martínez-Rubio, Cheap Orthogonal Constraints in Neural Networks, ICML 2019.
 */
export class ExponentialRNNCell extends DynamicalCell {
  static readonly className = 'ExponentialRNNCell';

  constructor(args: ExponentialRNNCellArgs) {
    const { activation = 'modrelu' } = args ?? {};
    super('exponentialRNN', args, { carry: 0, epsilon: 1, activation, scheme: 'euler', gated: false });
  }

  protected freeParameters(): FreeParameters[] {
    const { units } = this;
    const draw = (_: number[], seed: number | undefined) => exponential.sample({ units, seed });
    return [{ name: 'M', shape: [exponential.parameterCount({ units })], draw }];
  }

  protected defaults(inputDim: number): Defaults {
    const bias = uniform(0.01);
    return { kernel: normal(Math.sqrt(2 / inputDim)), bias, gateBias: bias };
  }

  systemMatrices(): SystemMatrices {
    return { W: exponential(this.read<Tensor1D>('M'), { units: this.units }) };
  }

  protected familyConfig(): serialization.ConfigDict {
    return { activation: this.member.activation };
  }
}

serialization.registerClass(ExponentialRNNCell);
