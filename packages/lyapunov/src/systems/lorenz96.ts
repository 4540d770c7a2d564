import { assertInteger } from '../numeric-input.js';
import type { FlowSystem } from '../system.js';
import { readParameters } from './parameters.js';

const defaults = { dimension: 40, forcing: 8 };

/**
 * Lorenz-96: dx_i/dt = (x_{i+1} - x_{i-2}) x_{i-1} - x_i + forcing on a ring of `dimension` sites (Lorenz 1996).
 * At the defaults 13 exponents are positive, the largest is 1.67 per unit time, and the Kaplan–Yorke dimension is
 * 27.1 (Lorenz & Emanuel 1998); the sum is -dimension exactly. Its tangent costs O(n) per vector, so a few leading
 * exponents of a large ring are cheap. Use dt <= 0.05.
 */
export function lorenz96(parameters: Partial<typeof defaults> = {}): FlowSystem & { initialState: number[] } {
  const { dimension, forcing } = readParameters(parameters, defaults, 'lorenz96');
  assertInteger(dimension, 'dimension', 4, 'lorenz96');
  const n = dimension;
  const at = (values: Float64Array, i: number) => values[(i + n) % n]!;
  const tangent = (x: Float64Array, v: Float64Array) => {
    const out = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const moved = (at(v, i + 1) - at(v, i - 2)) * at(x, i - 1);
      out[i] = moved + (at(x, i + 1) - at(x, i - 2)) * at(v, i - 1) - v[i]!;
    }
    return out;
  };
  return {
    dimension,
    initialState: Array.from({ length: n }, (_, i) => forcing + 0.1 * Math.sin(i * i)),
    field: (_, x) =>
      Array.from(x, (value, i) => (at(x, i + 1) - at(x, i - 2)) * at(x, i - 1) - value + forcing),
    jvp: (_, x, _input, tangents) => tangents.map((v) => tangent(x, v)),
  };
}
