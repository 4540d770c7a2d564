import { describe, expect, it } from 'vitest';
import { activationLayers, type ScalarFunction, scalarFunctions } from '../src/index.js';

const functions: [string, ScalarFunction][] = [
  ...Object.entries(scalarFunctions),
  ...Object.entries(activationLayers).map(([name, make]): [string, ScalarFunction] => [name, make({})]),
];
const threshold = -0.7;

/** The derivative by central differences of order 4. */
function difference({ value }: ScalarFunction, z: number): number {
  const h = 1e-3;
  const at = (k: number) => value(z + k * h, threshold);
  return (at(-2) - 8 * at(-1) + 8 * at(1) - at(2)) / (12 * h);
}

it.each(functions)('the slope of %s is that of central differences, to 1e-10', (_, f) => {
  // None of the points is within 0.01 of a kink: 0, 0.7, 1, 2.5, 6.
  for (const z of [-7.3, -3.1, -1.2, -0.35, 0.2, 0.45, 0.85, 1.7, 2.8, 5.4, 9.1]) {
    expect(Math.abs(f.derivative(z, threshold) - difference(f, z))).toBeLessThan(1e-10);
  }
});

describe('slopes of saturated units have all their digits', () => {
  // 1 / cosh²(z) = 4 e^(-2|z|) (1 - 2 e^(-2|z|) + ...), and sigmoid'(z) = e^(-|z|) (1 - 2 e^(-|z|) + ...).
  it.each([19, 40, 300])('at |z| = %d, to 1e-14', (z) => {
    for (const at of [z, -z]) {
      const decay = Math.exp(-2 * z);
      expect(scalarFunctions.tanh.derivative(at) / (4 * decay * (1 - 2 * decay)) - 1).toBeCloseTo(0, 14);
      const half = Math.exp(-z);
      expect(scalarFunctions.sigmoid.derivative(at) / (half * (1 - 2 * half)) - 1).toBeCloseTo(0, 14);
    }
    expect(scalarFunctions.elu.derivative(-z, 0)).toBe(Math.exp(-z));
    expect(scalarFunctions.softplus.derivative(-z) / (Math.exp(-z) / (1 + Math.exp(-z))) - 1).toBeCloseTo(
      0,
      14,
    );
    expect(scalarFunctions.softsign.derivative(-z) * (1 + z) ** 2 - 1).toBeCloseTo(0, 14);
  });
});

it.each(functions)('%s keeps NaN, in its slope too', (name, f) => {
  expect(f.value(Number.NaN, threshold)).toBeNaN();
  if (name !== 'linear') expect(f.derivative(Number.NaN, threshold)).toBeNaN();
});
