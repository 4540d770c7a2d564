import { selectBackend } from '@hurwitz/training/backends';
import { beforeAll, expect, it } from 'vitest';
import { lyapunovPrecision } from '../lyapunov-spectra/lyapunov-precision.js';
import { small } from './small-experiment.js';

interface Numbers {
  estimates: { interval: number; precision: string; exponents: number[]; resolved: number[] }[];
}

beforeAll(async () => {
  await selectBackend('cpu', { warn: () => {} });
});

it('float32 is within 1e-4 with QR at every step, and ends in a plateau at a shorter interval than float64', async () => {
  const { numbers, entry } = await small<Numbers>(
    lyapunovPrecision,
    { units: 16, inputSequences: 2, warmup: 30, steps: 40, qrIntervals: [1, 4, 20] },
    { seed: 3 },
  );
  const { estimates } = numbers;
  const at = (precision: string, interval: number) =>
    estimates.find((each) => each.precision === precision && each.interval === interval)!;
  const reference = at('float64', 1).exponents;
  const gap = (values: number[]) => Math.max(...values.map((value, i) => Math.abs(value - reference[i]!)));
  expect(gap(at('float32', 1).exponents)).toBeLessThan(1e-4);
  expect(gap(at('float64', 4).exponents)).toBeLessThan(1e-4);
  expect(gap(at('float32', 4).exponents)).toBeGreaterThan(1e-3);
  expect(at('float64', 20).exponents.at(-1)!).toBeGreaterThan(reference.at(-1)! + 0.5);
  expect(Math.abs(at('float32', 20).exponents[0]! - reference[0]!)).toBeLessThan(1e-5);
  expect(entry).toContain('| 20 | float32 |');
});
