import { IntegratorError } from './errors.js';
import type { StateSpace } from './state-space.js';
import { isTensor, type TensorLike } from './tensor.js';
import { tensorSpace } from './tensor-space.js';
import { vectorSpace } from './vector-space.js';

/** A state as plain numbers: float64, without tfjs. */
export type Vector = number[] | Float64Array;

/** What a system is in: a float32 tensor of any shape (rows are states), or a vector in float64. */
export type State = TensorLike | Vector;

/** A vector field dh/dt = f(t, h) on tensors; the result has the shape of `h`. */
export type TensorField<T extends TensorLike = TensorLike> = (t: number, h: T) => TensorLike;

/** A vector field dh/dt = f(t, h) on vectors; the result has the length of `h`. */
export type VectorField<V extends Vector = Vector> = (t: number, h: V) => ArrayLike<number>;

/** The arithmetic for this kind of state. @throws {IntegratorError} when it is neither kind. */
export function spaceOf(where: string, h: State): StateSpace<State, State> {
  if (isTensor(h)) {
    if (h.dtype === 'float32') return tensorSpace(where) as unknown as StateSpace<State, State>;
    throw new IntegratorError(
      where,
      'a float32 tensor h',
      `dtype ${h.dtype}`,
      "Convert it: tf.cast(h, 'float32').",
    );
  }
  const flat =
    h instanceof Float64Array || (Array.isArray(h) && h.every((entry) => typeof entry === 'number'));
  if (flat && h.length > 0) return vectorSpace as unknown as StateSpace<State, State>;
  throw new IntegratorError(
    where,
    'h as a tensor, or a flat, non-empty number[] or Float64Array',
    Array.isArray(h) && h.length > 0 ? 'a nested array' : Object.prototype.toString.call(h),
    'Pass tf.tensor(...) for a batch of states.',
  );
}
