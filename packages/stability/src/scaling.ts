import { minimise } from './bfgs.js';
import { type ComplexMatrix, startVector, topSingular } from './frequency-response.js';

/** Largest |log d|: beyond it, reducible systems would push some units away for ever. */
const REACH = 40;

/**
 * x = log d that makes the largest σ_max of diag(d) G diag(d)⁻¹ over the given responses G small.
 *
 * A convex problem in x (Sezginer and Overton 1990): σ_max at one frequency has the gradient σ (|uᵢ|² - |vᵢ|²), u and v
 * its singular vectors. Started from Osborne's balancing, unless the given start is better.
 *
 * @returns d, of geometric mean 1, and the largest σ_max reached.
 */
export function optimiseScaling(
  responses: readonly ComplexMatrix[],
  { start, iterations = 60 }: { start: readonly number[]; iterations?: number },
): { d: number[]; gain: number } {
  const objective = largestGain(responses);
  const given = start.map(Math.log);
  const even = balanced(responses, given);
  const first = objective(even).value < objective(given).value ? even : given;
  const x = minimise(objective, { start: first, iterations });
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  return { d: x.map((value) => Math.exp(value - mean)), gain: objective(x).value };
}

/** Osborne's iteration: evens out row and column norms, which minimises the Frobenius norms of diag(d) G diag(d)⁻¹. */
function balanced(responses: readonly ComplexMatrix[], start: readonly number[]): number[] {
  const n = start.length;
  const square = new Float64Array(n * n);
  for (const { re, im } of responses) {
    for (let at = 0; at < n * n; at++) square[at] = square[at]! + re[at]! ** 2 + im[at]! ** 2;
  }
  const x = [...start];
  for (let sweep = 0; sweep < 10; sweep++) {
    for (let i = 0; i < n; i++) {
      let row = 0;
      let column = 0;
      for (let j = 0; j < n; j++) {
        if (j === i) continue;
        row += square[i * n + j]! * Math.exp(-2 * x[j]!);
        column += square[j * n + i]! * Math.exp(2 * x[j]!);
      }
      if (row > 0 && column > 0) x[i] = Math.max(-REACH, Math.min(REACH, Math.log(column / row) / 4));
    }
  }
  return x;
}

/** The largest σ_max over the responses as a function of x = log d, with its gradient. */
function largestGain(responses: readonly ComplexMatrix[]) {
  const starts = responses.map(({ n }) => startVector(n));
  return (x: readonly number[]): { value: number; gradient: number[] } => {
    if (!x.every((value) => Math.abs(value) <= REACH)) return { value: Infinity, gradient: x.map(() => 0) };
    const d = x.map(Math.exp);
    const tops = responses.map((G, i) =>
      topSingular(G, { d, v: starts[i]!, tolerance: 1e-8, iterations: 40 }),
    );
    const { value, u, v } = tops.reduce((top, each) => (each.value > top.value ? each : top));
    const n = x.length;
    const gradient = x.map((_, i) => value * (u[i]! ** 2 + u[n + i]! ** 2 - v[i]! ** 2 - v[n + i]! ** 2));
    return { value, gradient };
  };
}
