import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Complex,
  eigenvalues,
  frobeniusNorm,
  singularValues,
  spectralRadius,
  symmetricEigenvalues,
} from '../src/index.js';
import { spectrumGap } from './fixture.js';
import { gaussian, seeds } from './random.js';

const matrix = (n: number, entry: (i: number, j: number) => number): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => entry(i, j)));
const real = (values: number[]): Complex[] => values.map((re) => ({ re, im: 0 }));

/** A permutation of 0, ..., n - 1. */
function shuffled(n: number, seed: number): number[] {
  const keys = gaussian(1, n, { seed })[0]!;
  return Array.from(keys.keys()).sort((i, j) => keys[i]! - keys[j]!);
}
const permuted = (M: number[][], order: number[]): number[][] =>
  order.map((i) => order.map((j) => M[i]![j]!));

describe('matrices whose spectra are known', () => {
  it('triangular and defective: the diagonal exactly, however the indices are permuted', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 40 }), (seed, n) => {
        const diagonal = gaussian(1, n, { seed })[0]!;
        const full = gaussian(n, n, { seed: seed + 1, scale: 1e3 });
        const order = shuffled(n, seed + 2);
        const lower = matrix(n, (i, j) => (i === j ? diagonal[i]! : i > j ? full[i]![j]! : 0));
        expect(eigenvalues(permuted(lower, order))).toEqual(real([...diagonal].sort((a, b) => b - a)));
        const jordan = matrix(n, (i, j) => (i === j ? 0.5 : i === j + 1 ? 1 : 0));
        expect(spectralRadius(permuted(jordan, order))).toBe(0.5);
        const nilpotent = matrix(n, (i, j) => (i < j ? full[i]![j]! : 0));
        expect(spectralRadius(permuted(nilpotent, order))).toBe(0);
      }),
      { numRuns: 60 },
    );
    expect(spectralRadius(matrix(40, (i, j) => (i === j ? 0.5 : i === j + 1 ? 1 : 0)))).toBe(0.5);
  });

  it('stacked layers: the spectra of the layers bit for bit whatever couples them, and to 1e-10 with units renumbered', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: -300, max: 300 }), (seed, k) => {
        const layers = [3, 5, 4].map((n, l) => gaussian(n, n, { seed: seed + l }));
        const starts = [0, 3, 8];
        const coupling = gaussian(12, 12, { seed: seed + 9, scale: 10 ** k });
        const layerOf = (i: number) => (i < 3 ? 0 : i < 8 ? 1 : 2);
        const stacked = matrix(12, (i, j) => {
          const [p, q] = [layerOf(i), layerOf(j)];
          if (p === q) return layers[p]![i - starts[p]!]![j - starts[p]!]!;
          return p > q ? coupling[i]![j]! : 0;
        });
        const expected = layers.flatMap((layer) => eigenvalues(layer));
        expect(spectrumGap(eigenvalues(stacked), expected)).toBe(0);
        const shuffledGap = spectrumGap(eigenvalues(permuted(stacked, shuffled(12, seed))), expected);
        expect(shuffledGap).toBeLessThan(1e-10);
      }),
      { numRuns: 60 },
    );
  });

  it('nearly triangular: [½ on the diagonal, 1 below, δ above] is ½ + 2√δ cos(kπ/(n+1)), to 1e-13', () => {
    for (const delta of [1e-2, 1e-10, 1e-20, 1e-100, 1e-300]) {
      for (const n of [5, 40]) {
        const M = matrix(n, (i, j) => (i === j ? 0.5 : i === j + 1 ? 1 : j === i + 1 ? delta : 0));
        const expected = M.map(
          (_, k) => 0.5 + 2 * Math.sqrt(delta) * Math.cos(((k + 1) * Math.PI) / (n + 1)),
        );
        expect(spectrumGap(eigenvalues(permuted(M, shuffled(n, n))), real(expected))).toBeLessThan(1e-13);
        const bare = M.map((row, i) => row.map((x, j) => (i === j ? 0 : x)));
        expect(spectralRadius(bare) / Math.sqrt(delta)).toBeCloseTo(2 * Math.cos(Math.PI / (n + 1)), 13);
      }
    }
  });

  it('a cycle of n entries with the product p has the n-th roots of p (1e-13 of their modulus), p from 1e-250 to 1e250', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 3, max: 30 }),
        fc.integer({ min: -250, max: 250 }),
        (seed, n, k) => {
          const M = matrix(n, (i, j) => (j === i + 1 ? 1 : i === n - 1 && j === 0 ? 10 ** k : 0));
          const modulus = 10 ** (k / n);
          const expected = M.map((_, m) => ({
            re: modulus * Math.cos((2 * Math.PI * m) / n),
            im: modulus * Math.sin((2 * Math.PI * m) / n),
          }));
          const gap = spectrumGap(eigenvalues(permuted(M, shuffled(n, seed))), expected);
          expect(gap).toBeLessThan(1e-13 * modulus);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('graded by a diagonal similarity of up to 600 decades: the spectrum stays, to 1e-10 of the norm', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 2, max: 10 }),
        fc.integer({ min: 0, max: 145 }),
        (seed, n, reach) => {
          const M = gaussian(n, n, { seed });
          const d = Array.from({ length: n }, (_, i) => 2 ** Math.round(reach * 3.3 * Math.sin(seed + i)));
          const graded = matrix(n, (i, j) => (M[i]![j]! * d[i]!) / d[j]!);
          expect(spectrumGap(eigenvalues(graded), eigenvalues(M))).toBeLessThan(1e-10 * frobeniusNorm(M));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('Frank: reciprocal pairs, largest to 1e-12, all real and positive at n = 9', () => {
    const frank = (n: number) => matrix(n, (i, j) => (j < i - 1 ? 0 : n - Math.max(i, j)));
    const values = eigenvalues(frank(9));
    values.forEach(({ re, im }, i) => {
      expect(im).toBe(0);
      expect(re * values[8 - i]!.re).toBeCloseTo(1, 8);
    });
    // trace and determinant
    expect(values.reduce((sum, { re }) => sum + re, 0)).toBeCloseTo(45, 11);
    expect(values.reduce((product, { re }) => product * re, 1)).toBeCloseTo(1, 8);
  });

  it('Grcar: inside |λ| ≤ 1 + 3 + 1 and in conjugate pairs of the trace n, to 1e-12', () => {
    for (const n of [10, 30, 60]) {
      const grcar = matrix(n, (i, j) => (i === j + 1 ? -1 : j >= i && j <= i + 3 ? 1 : 0));
      const values = eigenvalues(grcar);
      expect(values.reduce((sum, { re }) => sum + re, 0)).toBeCloseTo(n, 11);
      expect(values.reduce((sum, { im }) => sum + im, 0)).toBe(0);
      for (const { re, im } of values) {
        expect(Math.hypot(re, im)).toBeLessThan(5);
        expect(re).toBeGreaterThan(-0.5); // the numerical range lies to the right of it
      }
    }
  });

  it('Clement: 0, ±2, ..., or ±1, ±3, ...; Wilkinson W21: 10.746194182903393 twice; to 1e-12', () => {
    for (const n of [4, 9, 20]) {
      const clement = matrix(n, (i, j) => (j === i + 1 ? i + 1 : i === j + 1 ? n - i : 0));
      const expected = Array.from({ length: n }, (_, k) => n - 1 - 2 * k);
      expect(spectrumGap(eigenvalues(clement), real(expected))).toBeLessThan(1e-10);
    }
    const wilkinson = matrix(21, (i, j) => (i === j ? Math.abs(10 - i) : Math.abs(i - j) === 1 ? 1 : 0));
    const values = symmetricEigenvalues(wilkinson);
    expect(values[0]).toBeCloseTo(10.746194182903393, 12);
    expect(values[1]).toBeCloseTo(10.746194182903322, 12);
    expect(spectrumGap(eigenvalues(wilkinson), real(values))).toBe(0);
  });

  it('Kahan: σ of the triangle diag(sᵏ)(I - c N), its diagonal as eigenvalues exactly, product of σ to 1e-10', () => {
    const n = 30;
    const [s, c] = [Math.sin(1.2), Math.cos(1.2)];
    const kahan = matrix(n, (i, j) => (i === j ? s ** i : j > i ? -c * s ** i : 0));
    expect(eigenvalues(kahan)).toEqual(real(Array.from({ length: n }, (_, i) => s ** i)));
    const sum = singularValues(kahan).reduce((total, x) => total + Math.log(x), 0);
    expect(sum / ((Math.log(s) * n * (n - 1)) / 2)).toBeCloseTo(1, 10);
  });

  it('companion of (x - 1)(x - 10)⋯(x - 10^6): the roots, to 1e-10 relative', () => {
    const roots = [1, 10, 100, 1e3, 1e4, 1e5, 1e6];
    let coefficients = [1];
    for (const root of roots)
      coefficients = [...coefficients, 0].map((x, i) => x - root * (coefficients[i - 1] ?? 0));
    const companion = matrix(7, (i, j) => (i === 0 ? -coefficients[j + 1]! : i - 1 === j ? 1 : 0));
    eigenvalues(companion).forEach(({ re, im }, i) => {
      expect(im).toBe(0);
      expect(re / roots[6 - i]!).toBeCloseTo(1, 10);
    });
  });
});
