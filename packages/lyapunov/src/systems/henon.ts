import type { MapSystem } from '../system.js';
import { readParameters } from './parameters.js';

const defaults = { a: 1.4, b: 0.3 };

/**
 * Hénon map (x, y) -> (1 - a x² + y, b x); Hénon, Commun. Math. Phys. 50, 1976.
 * At the defaults λ = (0.419, -1.623) nats per iteration; their sum is log b exactly.
 */
export function henon(parameters: Partial<typeof defaults> = {}): MapSystem & { initialState: number[] } {
  const { a, b } = readParameters(parameters, defaults, 'henon');
  return {
    initialState: [0.1, 0.1],
    step: ([x, y]) => [1 - a * x! * x! + y!, b * x!],
    jacobian: ([x]) => [
      [-2 * a * x!, 1],
      [b, 0],
    ],
  };
}
