import type { OptionNames } from '@hurwitz/input';
import { type Recurrence, type RNNWeights, weightsInput } from '@hurwitz/network';
import type { ActivationLike, MatrixLike, VectorLike } from '@hurwitz/stability';
import { EquivalenceError } from './errors.js';
import { checkMembers, toRows, toVector } from './numeric-input.js';

/** h_t = σ(W h_{t-1} + kernelᵀ x_t + bias), y_t = readoutᵀ h_t. */
export interface RNNModel extends RNNWeights {
  /** [units, outputs]; the outputs are the states when absent. */
  readonly readout?: MatrixLike;
  /** σ; 'relu' when absent. */
  readonly activation?: ActivationLike;
  /** h_{-1} [units]; zero when absent. */
  readonly initialState?: VectorLike;
}

/** A copied and checked network; every part is there. */
export interface Network extends Recurrence {
  readonly readout: number[][];
  readonly initialState: number[];
}

const { toRecurrence } = weightsInput(EquivalenceError);

/** The members of a network. */
const networkMembers: OptionNames<RNNModel> = {
  W: true,
  kernel: true,
  bias: true,
  readout: true,
  activation: true,
  initialState: true,
};

/**
 * Copies and checks a network; `name` says which of two, in errors. It may carry more members, `others` among them; a
 * misspelt one is refused.
 */
export function toNetwork(where: string, model: RNNModel, name = 'model', others: object = {}): Network {
  checkMembers(where, model, {
    known: { ...networkMembers, ...others },
    expected: `${name} to be a network`,
    fix: 'Pass { W, kernel, bias, readout }.',
  });
  const recurrence = toRecurrence(where, model, { defaultActivation: 'relu', prefix: `${name}.` });
  const n = recurrence.W.length;
  const { initialState = new Array<number>(n).fill(0), readout = identity(n) } = model;
  return {
    ...recurrence,
    readout: toRows(where, `${name}.readout`, readout, { rows: n }),
    initialState: toVector(where, `${name}.initialState`, initialState, n),
  };
}

/** readoutᵀ h. */
export function outputOf({ readout }: Pick<Network, 'readout'>, state: readonly number[]): number[] {
  const output = new Array<number>(readout[0]!.length).fill(0);
  for (const [i, row] of readout.entries()) {
    for (let j = 0; j < row.length; j++) output[j] = output[j]! + row[j]! * state[i]!;
  }
  return output;
}

export const identity = (n: number): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
