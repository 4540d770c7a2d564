import { describe, expect, it } from 'vitest';
import {
  henon,
  kaplanYorkeDimension,
  logistic,
  lorenz,
  lorenz96,
  lyapunovSpectrum,
  rossler,
} from '../src/index.js';
import { expectClose, sum } from './expectations.js';

describe('published exponents', () => {
  it('Hénon: (0.419, -1.623) to 0.003, sum log b to 1e-12, Kaplan–Yorke 1.258 to 0.003', () => {
    const { exponents, standardError } = lyapunovSpectrum(henon(), { steps: 100_000, warmup: 100 });
    expectClose(exponents, [0.419, -1.623], 0.003);
    expect(Math.abs(sum(exponents) - Math.log(0.3))).toBeLessThan(1e-12);
    expect(Math.abs(kaplanYorkeDimension(exponents) - 1.258)).toBeLessThan(0.003);
    expect(standardError[0]).toBeLessThan(0.003);
    expect(standardError[0]).toBeGreaterThan(1e-4);
  });

  it('logistic at r = 4: ln 2 to 5e-4', () => {
    expectClose(lyapunovSpectrum(logistic(), { steps: 50_000 }).exponents, [Math.LN2], 5e-4);
  });

  it('logistic at r = 3.2: the exact exponent of its two-cycle, log |4 + 2 r - r²| / 2, to 1e-12', () => {
    const { exponents } = lyapunovSpectrum(logistic({ r: 3.2 }), { steps: 100, warmup: 1000 });
    expectClose(exponents, [Math.log(Math.abs(4 + 2 * 3.2 - 3.2 ** 2)) / 2], 1e-12);
  });

  it('Lorenz: (0.906, 0, -14.572) per unit time to 0.02, sum -(sigma + 1 + beta) to 1e-3', () => {
    const { exponents } = lyapunovSpectrum(lorenz(), { dt: 0.01, steps: 100_000, warmup: 1000 });
    expectClose(exponents, [0.906, 0, -14.572], 0.02);
    expect(Math.abs(sum(exponents) + 10 + 1 + 8 / 3)).toBeLessThan(1e-3);
  });

  it('Rössler: (0.0714, 0, -5.394) per unit time to 0.01', () => {
    const { exponents } = lyapunovSpectrum(rossler(), {
      dt: 0.02,
      steps: 150_000,
      warmup: 5000,
      qrInterval: 5,
    });
    expectClose(exponents, [0.0714, 0, -5.394], 0.01);
  });

  it('Lorenz-96, 40 sites: 13 positive, largest 1.68 to 0.1, Kaplan–Yorke 27.1 to 0.3, sum -40 to 0.02', () => {
    const { exponents } = lyapunovSpectrum(lorenz96(), { dt: 0.05, steps: 4000, warmup: 500 });
    expect(Math.abs(exponents[0]! - 1.68)).toBeLessThan(0.1);
    expect(exponents.filter((value) => value > 0.02)).toHaveLength(13);
    expect(Math.abs(kaplanYorkeDimension(exponents) - 27.1)).toBeLessThan(0.3);
    expect(Math.abs(sum(exponents) + 40)).toBeLessThan(0.02);
  });

  it('Lorenz-96: 5 leading exponents alone agree with the first 5 of all 40, to 2e-3', () => {
    const options = { dt: 0.05, steps: 1000, warmup: 1000 };
    const all = lyapunovSpectrum(lorenz96(), options).exponents;
    expectClose(lyapunovSpectrum(lorenz96(), { ...options, exponents: 5 }).exponents, all.slice(0, 5), 2e-3);
  });
});
