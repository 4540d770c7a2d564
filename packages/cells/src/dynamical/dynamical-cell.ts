import type { Tableau } from '@hurwitz/integrators';
import type { Activation, DynamicalSpec } from '@hurwitz/scan';
import type { serialization, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Draw } from '../draws.js';
import { checkFlag, checkName, checkNumber, positive, tableauOf } from '../options.js';
import { type CellWeight, RecurrentCell, type RecurrentCellArgs } from '../recurrent-cell.js';

export type DynamicalCellArgs = RecurrentCellArgs;

/** A and W as they multiply a column vector. */
export interface SystemMatrices {
  A?: Tensor2D;
  W: Tensor2D;
}

/** What a cell's step is made of, with the ranks of its tensors. */
export interface CellSpec extends DynamicalSpec {
  kernel: Tensor2D;
  W: Tensor2D;
  A?: Tensor2D;
  bias?: Tensor1D;
  gate?: { kernel: Tensor2D; bias: Tensor1D };
}

/** Which member of the family h⁺ = carry · h + epsilon · Φ(g ∘ (A h + act(W h + z)), h) a cell is. */
export interface Member {
  carry: 0 | 1;
  epsilon: number;
  activation: Activation;
  scheme: string | Tableau;
  gated: boolean;
}

/** A weight that holds free parameters of A or W. */
export interface FreeParameters {
  name: string;
  shape: number[];
  draw: Draw;
}

/** The initial values that a family's paper or code uses, by the size of the input. */
export interface Defaults {
  kernel: Draw;
  bias: Draw;
  gateBias: Draw;
}

const ACTIVATIONS: readonly Activation[] = ['tanh', 'relu', 'linear', 'sigmoid', 'modrelu'];

/** A cell of the dynamical family: weights in the order kernel, free parameters, bias, gateKernel, gateBias. */
export abstract class DynamicalCell extends RecurrentCell {
  declare readonly stateSize: number;
  readonly member: Readonly<Member>;
  readonly tableau: Tableau;

  protected constructor(where: string, args: DynamicalCellArgs, member: Member) {
    super(where, args);
    checkFlag(where, 'gated', member.gated);
    checkName(where, 'activation', member.activation, ACTIVATIONS);
    checkNumber(where, 'epsilon', member.epsilon, positive);
    this.member = member;
    this.tableau = tableauOf(where, member.scheme);
  }

  protected abstract freeParameters(): FreeParameters[];
  protected abstract defaults(inputDim: number): Defaults;

  /** A (where the family has one) and W [units, units], as they multiply a column vector. The caller owns them. */
  abstract systemMatrices(): SystemMatrices;

  protected cellWeights(inputDim: number): CellWeight[] {
    const { units } = this;
    const { kernel, bias, gateBias } = this.defaults(inputDim);
    const weights: CellWeight[] = [
      { name: 'kernel', shape: [inputDim, units], role: 'kernel', draw: kernel },
      ...this.freeParameters().map((free) => ({ ...free, role: 'recurrent' as const })),
    ];
    if (this.useBias) weights.push({ name: 'bias', shape: [units], role: 'bias', draw: bias });
    if (this.member.gated) {
      weights.push(
        { name: 'gateKernel', shape: [inputDim, units], role: 'kernel', draw: kernel },
        { name: 'gateBias', shape: [units], role: 'bias', draw: gateBias, alwaysDrawn: true },
      );
    }
    return weights;
  }

  recurrenceSpec(): CellSpec {
    const { carry, epsilon, activation, gated } = this.member;
    return {
      carry,
      epsilon,
      activation,
      tableau: this.tableau,
      kernel: this.read<Tensor2D>('kernel'),
      ...this.systemMatrices(),
      bias: this.useBias ? this.read<Tensor1D>('bias') : undefined,
      gate: gated
        ? { kernel: this.read<Tensor2D>('gateKernel'), bias: this.read<Tensor1D>('gateBias') }
        : undefined,
    };
  }
}

/** A scheme as it is written into a config: its name, or the tableau's numbers. */
export function schemeConfig(scheme: string | Tableau): serialization.ConfigDictValue {
  return typeof scheme === 'string'
    ? scheme
    : (JSON.parse(JSON.stringify(scheme)) as serialization.ConfigDict);
}
