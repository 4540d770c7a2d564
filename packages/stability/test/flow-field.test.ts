import { describe, expect, it } from 'vitest';
import { findEquilibrium, flowField, StabilityError } from '../src/index.js';

describe('flowField', () => {
  const A = [
    [-1, 2],
    [0.5, -3],
  ];
  const W = [
    [0.3, -0.7],
    [1.1, 0.2],
  ];

  it('is A h + tanh(W h + drive), rows of A and W against the state (1e-15)', () => {
    const [dx, dy] = flowField({ A, W, drive: [0.1, -0.2] })([0.4, -0.6]);
    expect(dx).toBeCloseTo(-0.4 - 1.2 + Math.tanh(0.12 + 0.42 + 0.1), 15);
    expect(dy).toBeCloseTo(0.2 + 1.8 + Math.tanh(0.44 - 0.12 - 0.2), 15);
  });

  it('vanishes at the equilibrium (1e-10)', () => {
    const drive = [0.5, -1];
    const { equilibrium } = findEquilibrium({ A, W, drive });
    expect(Math.hypot(...flowField({ A, W, drive })(equilibrium))).toBeLessThan(1e-10);
  });

  it('refuses a state of another size', () => {
    expect(() => flowField({ A, W })([1, 2, 3])).toThrow(StabilityError);
  });
});
