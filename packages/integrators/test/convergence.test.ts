import { describe, expect, it } from 'vitest';
import { defineTableau, integrate, type Tableau, tableaux } from '../src/index.js';
import { apply, distance, expTimes, slope } from './linear-algebra.js';

// In float64: float32 would bend the slopes of the higher orders.

const A = [
  [-0.4, 1.3, 0.2],
  [-1.1, -0.3, 0.7],
  [0.3, -0.8, -0.6],
];
const start = [1, -0.5, 0.8];

/** Step lengths at which the error stays well above rounding (1e-16) and near its leading term. */
const steps = [20, 28, 40, 56, 80].map((n) => 2 / n);

const embeddedOnly: Tableau[] = Object.values(tableaux).flatMap(({ name, a, c, embedded }) =>
  embedded ? [defineTableau({ name: `${name}, embedded`, a, c, ...embedded })] : [],
);

describe('order of convergence, as the slope of log error over log dt', () => {
  it.each([...Object.values(tableaux), ...embeddedOnly])(
    '$name: $order within 0.15 against the matrix exponential',
    (tableau) => {
      const exact = expTimes(A, 2, start);
      const errors = steps.map((dt) => {
        const { states } = integrate((_, h) => apply(A, h), start, { times: [0, 2], dt, tableau });
        return distance(states[1]!, exact);
      });
      // A linear field does not see c, nor the trees that branch: a higher slope would be as wrong as a lower one.
      expect(Math.abs(slope(steps.map(Math.log), errors.map(Math.log)) - tableau.order)).toBeLessThan(0.15);
    },
  );

  it.each([...Object.values(tableaux), ...embeddedOnly])(
    '$name: at least $order - 0.15 on a nonlinear field that depends on t',
    (tableau) => {
      // h' = (1 + cos t) h (1 - h): logistic growth in the time t + sin t.
      const f = (t: number, [h]: number[]) => [(1 + Math.cos(t)) * h! * (1 - h!)];
      const exact = 1 / (1 + 4 * Math.exp(-(2 + Math.sin(2))));
      const errors = steps.map((dt) =>
        Math.abs(integrate(f, [0.2], { times: [0, 2], dt, tableau }).states[1]![0]! - exact),
      );
      expect(slope(steps.map(Math.log), errors.map(Math.log))).toBeGreaterThan(tableau.order - 0.15);
    },
  );
});
