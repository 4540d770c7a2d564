import { describe, expect, it } from 'vitest';
import { activations } from '../src/index.js';

describe('the slope of tanh', () => {
  it.each([0, 0.3, -1.7, 5, 19, -40, 300])('at %d is 4 / (e^x + e^-x)² to 1e-14 of itself', (x) => {
    const decay = Math.exp(-2 * Math.abs(x));
    const expected = (4 * decay) / (1 + decay) ** 2;
    expect(Math.abs(activations.tanh.derivative(x) - expected)).toBeLessThanOrEqual(1e-14 * expected);
  });

  it('is 0 only where it is below the smallest number', () => {
    expect(activations.tanh.derivative(350)).toBeGreaterThan(0);
    expect(activations.tanh.derivative(800)).toBe(0);
  });
});
