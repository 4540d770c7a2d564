import { cayley } from '@hurwitz/parameterisations';
import type { Activation } from '@hurwitz/scan';
import { serialization, type Tensor1D } from '@tensorflow/tfjs-core';
import { uniform, zeros } from '../draws.js';
import {
  type Defaults,
  DynamicalCell,
  type DynamicalCellArgs,
  type FreeParameters,
  type SystemMatrices,
} from '../dynamical/dynamical-cell.js';
import { CellError } from '../errors.js';

export interface CayleyRNNCellArgs extends DynamicalCellArgs {
  activation?: Activation;
  /** The diagonal of D, each 1 or -1; all 1 when left out. */
  signs?: number[];
}

/**
 * One step of the scaled Cayley orthogonal RNN: h⁺ = act(W h + U x), W = (I+A)⁻¹(I-A) D with A skew and D of signs.
 *
 * Under modReLU, the default, the bias is its threshold: sign(z) · max(|z| + b, 0); under any other activation it is added.
 * Weights: kernel [inputDim, units], M [units(units-1)/2] (A's strict upper triangle, row by row), bias [units].
 * They start as in the authors' code: kernel uniform in ±0.01, bias 0. Throws {@link CellError} for bad options.
 *
 * Source: Helfrich, Willmott and Ye, Orthogonal Recurrent Neural Networks with Scaled Cayley Transform, ICML 2018.
 */
export class CayleyRNNCell extends DynamicalCell {
  static readonly className = 'CayleyRNNCell';
  private readonly signs: number[] | undefined;

  constructor(args: CayleyRNNCellArgs) {
    const { activation = 'modrelu', signs } = args ?? {};
    super('cayleyRNN', args, { carry: 0, epsilon: 1, activation, scheme: 'euler', gated: false });
    if (signs != null && (signs.length !== this.units || signs.some((sign) => sign !== 1 && sign !== -1))) {
      throw new CellError(
        'cayleyRNN',
        `signs, ${this.units} numbers 1 or -1`,
        `[${signs}]`,
        'cayley.signs makes them.',
      );
    }
    this.signs = signs ?? undefined;
  }

  protected freeParameters(): FreeParameters[] {
    const { units } = this;
    const draw = (_: number[], seed: number | undefined) => cayley.sample({ units, seed });
    return [{ name: 'M', shape: [cayley.parameterCount({ units })], draw }];
  }

  protected defaults(): Defaults {
    return { kernel: uniform(0.01), bias: zeros, gateBias: zeros };
  }

  systemMatrices(): SystemMatrices {
    return { W: cayley(this.read<Tensor1D>('M'), { units: this.units, signs: this.signs }) };
  }

  protected familyConfig(): serialization.ConfigDict {
    return { activation: this.member.activation, signs: this.signs ?? null };
  }
}

serialization.registerClass(CayleyRNNCell);
