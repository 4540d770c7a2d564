import { type InputError, type MatrixLike, matrixInput, type VectorLike } from '@hurwitz/input';
import { type ActivationLike, activationInput } from './activation-input.js';
import type { Recurrence } from './recurrence.js';

/** The weights of h⁺ = σ(W h + kernelᵀ x + bias) as arrays, typed arrays or tensors. */
export interface RNNWeights {
  /** [units, units], multiplies the state as a column vector. */
  readonly W: MatrixLike;
  /** [inputDim, units] */
  readonly kernel: MatrixLike;
  /** [units]; zero when absent. */
  readonly bias?: VectorLike;
  /** σ. */
  readonly activation?: ActivationLike;
}

/** The reader of a network's weights, for a package that throws `Refusal`. */
export function weightsInput(Refusal: typeof InputError) {
  const { toRows, toVector } = matrixInput(Refusal);
  const toActivation = activationInput(Refusal);

  /** Copies and checks weights. `defaultActivation` is σ where they name none, `prefix` what errors put before a name. */
  function toRecurrence(
    where: string,
    weights: RNNWeights,
    { defaultActivation, prefix = '' }: { defaultActivation: ActivationLike; prefix?: string },
  ): Recurrence {
    const W = toRows(where, `${prefix}W`, weights.W);
    const n = W.length;
    toRows(where, `${prefix}W`, W, { rows: n, columns: n });
    const { activation = defaultActivation, bias = new Array<number>(n).fill(0) } = weights;
    return {
      W,
      kernel: toRows(where, `${prefix}kernel`, weights.kernel, { columns: n }),
      bias: toVector(where, `${prefix}bias`, bias, n),
      activation,
      sigma: toActivation(where, activation),
    };
  }

  return { toRecurrence };
}
