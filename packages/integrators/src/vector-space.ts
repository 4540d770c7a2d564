import { fieldError, type StateSpace } from './state-space.js';

/** Plain numbers, in float64. */
export const vectorSpace: StateSpace<ArrayLike<number>, ArrayLike<number>> = {
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
