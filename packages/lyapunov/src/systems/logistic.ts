import type { MapSystem } from '../system.js';

/** Logistic map x -> r x (1 - x). At r = 4, λ = ln 2 per iteration exactly (Ulam & von Neumann 1947). */
export function logistic({ r = 4 } = {}): MapSystem & { initialState: number[] } {
  return {
    initialState: [0.3],
    step: ([x]) => [r * x! * (1 - x!)],
    jacobian: ([x]) => [[r * (1 - 2 * x!)]],
  };
}
