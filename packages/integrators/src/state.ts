import { add, addN, clone, mul, Tensor, tidy } from '@tensorflow/tfjs-core';
import { IntegratorError } from './errors.js';

/** A state as plain numbers: float64, without tfjs. */
export type Vector = number[] | Float64Array;

/** What a system is in: a float32 tensor of any shape (rows are states), or a vector in float64. */
export type State = Tensor | Vector;

/** A vector field dh/dt = f(t, h) on tensors; the result has the shape of `h`. */
export type TensorField<T extends Tensor = Tensor> = (t: number, h: T) => Tensor;

/** A vector field dh/dt = f(t, h) on vectors; the result has the length of `h`. */
export type VectorField<V extends Vector = Vector> = (t: number, h: V) => ArrayLike<number>;

/**
 * The little arithmetic that Runge–Kutta methods need, so that the methods are written once for both kinds of
 * state. `S` is a state and `D` what a field returns.
 */
export interface StateSpace<S, D> {
  /** base + Σ weights_i · vectors_i, the increments summed first to lose less to rounding. */
  combine(base: S, weights: readonly number[], vectors: readonly D[]): S;
  /** Runs `body` and frees the tensors it made, except those in its result. */
  scope<R>(body: () => R): R;
  /** Throws unless `derivative` is a value of the field at `h`. */
  checkDerivative(where: string, derivative: D, h: S): void;
}

export const tensorSpace: StateSpace<Tensor, Tensor> = {
  combine(base, weights, vectors) {
    const terms = vectors.flatMap((vector, i) => (weights[i] === 0 ? [] : [mul(vector, weights[i]!)]));
    // Never the caller's own tensor: the two are disposed of separately.
    if (terms.length === 0) return clone(base);
    return add(base, terms.length === 1 ? terms[0]! : addN(terms));
  },
  scope<R>(body: () => R): R {
    // tidy's type asks for a tensor container; it leaves the other values in a result alone.
    return tidy(body as () => never) as R;
  },
  checkDerivative(where, derivative, h) {
    const got = derivative instanceof Tensor ? `a tensor of shape [${derivative.shape}]` : typeof derivative;
    if (!(derivative instanceof Tensor) || String(derivative.shape) !== String(h.shape)) {
      throw fieldError(where, `a tensor of shape [${h.shape}]`, got);
    }
  },
};

export const vectorSpace: StateSpace<Vector, ArrayLike<number>> = {
  combine(base, weights, vectors) {
    return base.map((value, i) => {
      let increment = 0;
      for (let j = 0; j < vectors.length; j++) {
        if (weights[j] !== 0) increment += weights[j]! * vectors[j]![i]!;
      }
      return value + increment;
    }) as Vector;
  },
  scope: (body) => body(),
  checkDerivative(where, derivative, h) {
    if (typeof derivative !== 'object' || derivative === null || derivative.length !== h.length) {
      const got = derivative?.length === undefined ? typeof derivative : `${derivative.length} numbers`;
      throw fieldError(where, `${h.length} numbers`, got);
    }
  },
};

function fieldError(where: string, expected: string, got: string): IntegratorError {
  return new IntegratorError(
    where,
    `f(t, h) to return ${expected}, the shape of h`,
    got,
    'Return dh/dt in the shape of the state.',
  );
}

/** The arithmetic for this kind of state. @throws {IntegratorError} when it is neither kind. */
export function spaceOf(where: string, h: State): StateSpace<State, unknown> {
  if (h instanceof Tensor) {
    if (h.dtype === 'float32')
      return tensorSpace as StateSpace<unknown, unknown> as StateSpace<State, unknown>;
    throw new IntegratorError(
      where,
      'a float32 tensor h',
      `dtype ${h.dtype}`,
      "Convert it: tf.cast(h, 'float32').",
    );
  }
  if (h instanceof Float64Array || (Array.isArray(h) && h.every((entry) => typeof entry === 'number'))) {
    return vectorSpace as StateSpace<unknown, unknown> as StateSpace<State, unknown>;
  }
  throw new IntegratorError(
    where,
    'h as a tensor, a flat array of numbers or a Float64Array',
    Array.isArray(h) ? 'a nested array' : Object.prototype.toString.call(h),
    'Pass tf.tensor(...) for a batch of states.',
  );
}
