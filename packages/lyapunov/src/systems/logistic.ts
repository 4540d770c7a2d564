import type { MapSystem } from '../system.js';
import { readParameters } from './parameters.js';

const defaults = { r: 4 };

/** Logistic map x -> r x (1 - x). At r = 4, λ = ln 2 per iteration exactly (Ulam & von Neumann 1947). */
export function logistic(parameters: Partial<typeof defaults> = {}): MapSystem & { initialState: number[] } {
  const { r } = readParameters(parameters, defaults, 'logistic');
  return {
    initialState: [0.3],
    step: ([x]) => [r * x! * (1 - x!)],
    jacobian: ([x]) => [[r * (1 - 2 * x!)]],
  };
}
