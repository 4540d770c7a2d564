import type { FlowSystem } from '../system.js';
import { readParameters } from './parameters.js';

const defaults = { a: 0.2, b: 0.2, c: 5.7 };

/** Rössler system; Rössler, Phys. Lett. A 57, 1976. At the defaults λ = (0.0714, 0, -5.394) per unit time. Use dt <= 0.02. */
export function rossler(parameters: Partial<typeof defaults> = {}): FlowSystem & { initialState: number[] } {
  const { a, b, c } = readParameters(parameters, defaults, 'rossler');
  return {
    initialState: [1, 1, 0],
    field: (_, [x, y, z]) => [-y! - z!, x! + a * y!, b + z! * (x! - c)],
    jacobian: (_, [x, , z]) => [
      [0, -1, -1],
      [1, a, 0],
      [z!, 0, x! - c],
    ],
  };
}
