import type { FlowSystem } from '../system.js';
import { readParameters } from './parameters.js';

const defaults = { sigma: 10, rho: 28, beta: 8 / 3 };

/**
 * Lorenz system; Lorenz, J. Atmos. Sci. 20, 1963. At the defaults λ = (0.906, 0, -14.572) per unit time; the sum is
 * -(sigma + 1 + beta) exactly. Use dt <= 0.01.
 */
export function lorenz(parameters: Partial<typeof defaults> = {}): FlowSystem & { initialState: number[] } {
  const { sigma, rho, beta } = readParameters(parameters, defaults, 'lorenz');
  return {
    initialState: [1, 1, 20],
    field: (_, [x, y, z]) => [sigma * (y! - x!), x! * (rho - z!) - y!, x! * y! - beta * z!],
    jacobian: (_, [x, y, z]) => [
      [-sigma, sigma, 0],
      [rho - z!, -1, -x!],
      [y!, x!, -beta],
    ],
  };
}
