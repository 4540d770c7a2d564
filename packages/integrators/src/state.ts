import {
  abs,
  add,
  addN,
  clone,
  div,
  maximum,
  mean,
  mul,
  square,
  sum,
  Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { IntegratorError } from './errors.js';

/** A state as plain numbers: float64, without tfjs. */
export type Vector = number[] | Float64Array;

/** What a system is in: a float32 tensor of any shape (rows are states), or a vector in float64. */
export type State = Tensor | Vector;

/** A vector field dh/dt = f(t, h) on tensors; the result has the shape of `h`. */
export type TensorField<T extends Tensor = Tensor> = (t: number, h: T) => Tensor;

/** A vector field dh/dt = f(t, h) on vectors; the result has the length of `h`. */
export type VectorField<V extends Vector = Vector> = (t: number, h: V) => ArrayLike<number>;

/** What an error is measured against, component by component: atol + rtol · max(|h|, |next|). */
export interface Scale<S> {
  readonly rtol: number;
  readonly atol: number;
  readonly h: S;
  readonly next: S;
}

/**
 * The little arithmetic that Runge–Kutta methods need, so that the methods are written once for both kinds of
 * state. `S` is a state and `D` what a field returns.
 */
export interface StateSpace<S extends D, D> {
  /** Unit roundoff of the arithmetic. */
  readonly roundoff: number;
  /** base + Σ weights_i · vectors_i, the increments summed first to lose less to rounding; never `base` itself. */
  combine(base: S, weights: readonly number[], vectors: readonly D[]): S;
  /** Root mean square of Σ weights_i · vectors_i over its scale, of the worst row in a batch; NaN if any is. */
  norm(weights: readonly number[], vectors: readonly D[], scale: Scale<S>): number;
  isFinite(value: D): boolean;
  /** Runs `body` and frees the tensors it made, except those in its result. */
  scope<R>(body: () => R): R;
  /** A handle of the same value that can be disposed of on its own. */
  own<V extends D>(value: V): V;
  dispose(value: D): void;
  /**
   * What a field returned at `h`, checked; a copy where it can change, since a field may return one array again and
   * again. Throws when it is no value of the field.
   */
  derivative(where: string, value: unknown, h: S): D;
}

const tensorSpace: StateSpace<Tensor, Tensor> = {
  roundoff: 2 ** -24,
  combine(base, weights, vectors) {
    const increment = weightedSum(weights, vectors);
    // Never the caller's own tensor: the two are disposed of separately.
    return increment ? add(base, increment) : clone(base);
  },
  norm(weights, vectors, { rtol, atol, h, next }) {
    const rows = tidy(() => {
      const scale = add(mul(maximum(abs(h), abs(next)), rtol), atol);
      const value = weightedSum(weights, vectors) ?? mul(h, 0);
      const squares = square(div(value, scale));
      return squares.rank === 0 ? squares : mean(squares, -1);
    });
    const meanSquares = rows.dataSync();
    rows.dispose();
    // Not tf.max: backends differ in what they make of NaN.
    let worst = 0;
    for (const row of meanSquares) worst = Math.max(worst, row);
    return Math.sqrt(worst);
  },
  isFinite(value) {
    const probe = tidy(() => sum(mul(value, 0)));
    const finite = probe.dataSync()[0] === 0;
    probe.dispose();
    return finite;
  },
  scope<R>(body: () => R): R {
    // tidy's type asks for a tensor container; it leaves the other values in a result alone.
    return tidy(body as () => never) as R;
  },
  own: (value) => clone(value),
  dispose: (value) => value.dispose(),
  derivative(where, value, h) {
    if (!(value instanceof Tensor)) {
      throw fieldError(where, `a tensor of shape [${h.shape}]`, typeof value);
    }
    if (String(value.shape) !== String(h.shape)) {
      throw fieldError(where, `a tensor of shape [${h.shape}]`, `shape [${value.shape}]`);
    }
    return value;
  },
};

function weightedSum(weights: readonly number[], vectors: readonly Tensor[]): Tensor | undefined {
  const terms = vectors.flatMap((vector, i) => (weights[i] === 0 ? [] : [mul(vector, weights[i]!)]));
  return terms.length > 1 ? addN(terms) : terms[0];
}

const vectorSpace: StateSpace<ArrayLike<number>, ArrayLike<number>> = {
  roundoff: 2 ** -53,
  combine(base, weights, vectors) {
    if (Array.isArray(base)) return base.map((value, i) => value + weightedEntry(weights, vectors, i));
    const increment = new Float64Array(base.length);
    vectors.forEach((vector, j) => {
      if (weights[j] !== 0) addScaled(increment, weights[j]!, vector);
    });
    return addTo(increment, base);
  },
  norm(weights, vectors, { rtol, atol, h, next }) {
    let total = 0;
    for (let i = 0; i < h.length; i++) {
      const scale = atol + rtol * Math.max(Math.abs(h[i]!), Math.abs(next[i]!));
      total += (weightedEntry(weights, vectors, i) / scale) ** 2;
    }
    return Math.sqrt(total / h.length);
  },
  isFinite: (value) => Array.prototype.every.call(value, Number.isFinite),
  scope: (body) => body(),
  own: (value) => value,
  dispose: () => {},
  derivative(where, value, h) {
    const given = value as ArrayLike<unknown> | null | undefined;
    if (typeof given !== 'object' || given === null || given.length !== h.length) {
      const got = given?.length === undefined ? typeof given : `${given.length} numbers`;
      throw fieldError(where, `${h.length} numbers`, got);
    }
    const copy = new Float64Array(h.length);
    for (let i = 0; i < copy.length; i++) {
      const entry = given[i];
      if (typeof entry !== 'number')
        throw fieldError(where, `${h.length} numbers`, `${typeof entry} at ${i}`);
      copy[i] = entry;
    }
    return copy;
  },
};

function addScaled(target: Float64Array, weight: number, vector: ArrayLike<number>): void {
  for (let i = 0; i < target.length; i++) target[i] = target[i]! + weight * vector[i]!;
}

function addTo(target: Float64Array, base: ArrayLike<number>): Float64Array {
  for (let i = 0; i < target.length; i++) target[i] = base[i]! + target[i]!;
  return target;
}

function weightedEntry(weights: readonly number[], vectors: readonly ArrayLike<number>[], i: number): number {
  let total = 0;
  for (let j = 0; j < vectors.length; j++) {
    // A weight of zero leaves a slope out altogether, also an infinite one.
    if (weights[j] !== 0) total += weights[j]! * vectors[j]![i]!;
  }
  return total;
}

function fieldError(where: string, expected: string, got: string): IntegratorError {
  return new IntegratorError(
    where,
    `f(t, h) to return ${expected} like h`,
    got,
    'Return dh/dt in the shape of the state.',
  );
}

/** The arithmetic for this kind of state. @throws {IntegratorError} when it is neither kind. */
export function spaceOf(where: string, h: State): StateSpace<State, State> {
  if (h instanceof Tensor) {
    if (h.dtype === 'float32') return tensorSpace as unknown as StateSpace<State, State>;
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
