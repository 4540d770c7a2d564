import { expect, test } from 'vitest';
import { activations } from '../src/codes.js';
import { everyExponent, everyFloat, octave, worstSigmoid, worstTanh } from './functions.js';
import { addon, describeEach } from './instruction-sets.js';

const apply = (name: 'tanh' | 'sigmoid') => (values: Float32Array) => {
  const results = values.slice();
  addon().apply(activations[name], results);
  return results;
};

describeEach('functions', (name) => {
  test('tanh within 2 · 2^-23 of float64, relatively, and never above 1, over all exponents', () => {
    expect(worstTanh(apply('tanh'), everyExponent())).toBeLessThan(2);
  });

  test('tanh within 2 · 2^-23 on every float from 1/8 to 1/4, where it is worst', () => {
    expect(worstTanh(apply('tanh'), octave(0, -3))).toBeLessThan(2);
  });

  test('sigmoid within 2 · 2^-23 of float64, relatively, down to x = -87, below 2e-38 from there and 0 from -88, over all exponents', () => {
    expect(worstSigmoid(apply('sigmoid'), everyExponent())).toBeLessThan(2);
  });

  test('sigmoid within 2 · 2^-23 on every float from -4 to -8, where it is worst', () => {
    expect(worstSigmoid(apply('sigmoid'), octave(1, 2))).toBeLessThan(2);
  });

  test.runIf(process.env.HURWITZ_EXHAUSTIVE)(
    'tanh and sigmoid within 2 · 2^-23 on every float',
    { timeout: 7_200_000 },
    () => {
      const [tanh, sigmoid] = [
        worstTanh(apply('tanh'), everyFloat()),
        worstSigmoid(apply('sigmoid'), everyFloat()),
      ];
      console.log(`${name}: tanh ${tanh.toFixed(3)}, sigmoid ${sigmoid.toFixed(3)} units of 2^-23`);
      expect(Math.max(tanh, sigmoid)).toBeLessThan(2);
    },
  );

  test('infinities, NaN and signed zeros', () => {
    const special = Float32Array.of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 0, -0);
    expect([...apply('tanh')(special)]).toEqual([1, -1, Number.NaN, 0, -0]);
    expect([...apply('sigmoid')(special)]).toEqual([1, 0, Number.NaN, 0.5, 0.5]);
  });
});
