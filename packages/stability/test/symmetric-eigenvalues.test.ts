import fc from 'fast-check';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { spectralNorm, symmetricEigenvalues, symmetricPart } from '../src/index.js';
import { gaussian, identity, seeds } from './random.js';

describe('symmetricEigenvalues', () => {
  it('agrees with ml-matrix (20 n ε ‖S‖) on random, clustered and repeated spectra', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), seeds, fc.constantFrom(0, 1e-9, 1), (n, seed, spread) => {
        const S = symmetricPart(gaussian(n, n, { seed, scale: spread })).map((row, i) =>
          row.map((x, j) => (i === j ? x + 1 : x)),
        );
        const { realEigenvalues } = new EigenvalueDecomposition(new Matrix(S), { assumeSymmetric: true });
        const expected = realEigenvalues.sort((a, b) => b - a);
        const bound = 20 * n * Number.EPSILON * (1 + spectralNorm(S));
        symmetricEigenvalues(S).forEach((value, i) => {
          expect(Math.abs(value - expected[i]!)).toBeLessThan(bound);
        });
      }),
    );
  });

  it('keeps trace and Frobenius norm (100 n ε), at 128 units and with zeros beside the diagonal', () => {
    const S = symmetricPart(gaussian(128, 128, { seed: 4 })).map((row, i) =>
      row.map((x, j) => (Math.floor(i / 9) === Math.floor(j / 9) ? x : 0)),
    );
    const values = symmetricEigenvalues(S);
    const trace = S.reduce((sum, row, i) => sum + row[i]!, 0);
    const square = S.flat().reduce((sum, x) => sum + x * x, 0);
    const bound = 100 * 128 * Number.EPSILON;
    expect(Math.abs(values.reduce((sum, x) => sum + x, 0) - trace)).toBeLessThan(bound * 128);
    expect(Math.abs(values.reduce((sum, x) => sum + x * x, 0) / square - 1)).toBeLessThan(bound);
  });

  it('knows the path graph, 2 cos(kπ/(n+1)), and a matrix of ones (1e-13)', () => {
    for (const n of [1, 2, 3, 10, 50]) {
      const path = Array.from({ length: n }, (_, i) =>
        Array.from({ length: n }, (_, j) => (Math.abs(i - j) === 1 ? 1 : 0)),
      );
      symmetricEigenvalues(path).forEach((value, k) => {
        expect(Math.abs(value - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)))).toBeLessThan(1e-13);
      });
      const ones = symmetricEigenvalues(identity(n).map((row) => row.map(() => 1)));
      ones.forEach((value, k) => {
        expect(Math.abs(value - (k === 0 ? n : 0))).toBeLessThan(1e-13 * n);
      });
    }
  });

  it('neither overflows nor vanishes at the ends of float64', () => {
    for (const scale of [1e-300, 1e300]) {
      const values = symmetricEigenvalues([
        [-3 * scale, scale],
        [scale, -3 * scale],
      ]);
      expect(values.map((value) => value / scale)).toEqual([expect.closeTo(-2, 14), expect.closeTo(-4, 14)]);
    }
    expect(symmetricEigenvalues([[0]])).toEqual([0]);
  });
});
