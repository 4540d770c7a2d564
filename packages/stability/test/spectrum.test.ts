import fc from 'fast-check';
import { Matrix, QrDecomposition } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import {
  conditionNumber,
  eigenvalues,
  frobeniusNorm,
  infinityNorm,
  numericalRank,
  StabilityError,
  singularValues,
  spectralAbscissa,
  spectralNorm,
  spectralRadius,
  symmetricEigenvalues,
  symmetricPart,
} from '../src/index.js';
import { eigenvaluesByQR } from '../src/schur.js';
import { fixture, gap, spectrumGap } from './fixture.js';
import { gaussian, seeds, symmetricSkew } from './random.js';

const zip = ({ re, im }: { re: number[]; im: number[] }) => re.map((x, i) => ({ re: x, im: im[i]! }));

describe('eigenvalues', () => {
  it.each(fixture.theorem1.map((c) => [c.label, c] as const))(
    'of A match the fixture to 1e-13: %s',
    (_, c) => {
      expect(spectrumGap(eigenvalues(c.A), zip(c.eigA))).toBeLessThan(1e-13);
    },
  );

  it('of a companion matrix are the roots of its polynomial, to 1e-9', () => {
    const roots = [1, 2, 3, 4, 5, -2];
    let coefficients = [1];
    for (const root of roots) {
      coefficients = [...coefficients, 0].map((c, i) => c - root * (coefficients[i - 1] ?? 0));
    }
    const companion = roots.map((_, i) =>
      roots.map((_, j) => (i === 0 ? -coefficients[j + 1]! : i - 1 === j ? 1 : 0)),
    );
    const expected = roots.map((re) => ({ re, im: 0 }));
    expect(spectrumGap(eigenvalues(companion), expected)).toBeLessThan(1e-9);
  });

  it('of a cyclic shift are the roots of unity, to 1e-14, where plain shifts would not converge', () => {
    const n = 12;
    const shift = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => (j === (i + 1) % n ? 1 : 0)),
    );
    const expected = Array.from({ length: n }, (_, k) => ({
      re: Math.cos((2 * Math.PI * k) / n),
      im: Math.sin((2 * Math.PI * k) / n),
    }));
    expect(spectrumGap(eigenvalues(shift), expected)).toBeLessThan(1e-14);
  });

  it('of a 40 x 40 block-diagonal matrix hidden by a rotation come back, to 1e-12', () => {
    const n = 40;
    const expected: { re: number; im: number }[] = [];
    const D = Matrix.zeros(n, n);
    for (let i = 0; i < n; i += 2) {
      const re = Math.sin(i);
      const im = 0.1 + i / 10;
      D.set(i, i, re)
        .set(i + 1, i + 1, re)
        .set(i, i + 1, im)
        .set(i + 1, i, -im);
      expected.push({ re, im }, { re, im: -im });
    }
    const Q = new QrDecomposition(new Matrix(gaussian(n, n, { seed: 4 }))).orthogonalMatrix;
    const hidden = Q.mmul(D).mmul(Q.transpose()).to2DArray();
    expect(spectrumGap(eigenvalues(hidden), expected)).toBeLessThan(1e-12);
  });

  it('keep their relative accuracy, 1e-12, under a diagonal similarity of 24 decades', () => {
    const M = gaussian(6, 6, { seed: 8 });
    const scale = [1e-12, 1e-7, 1, 1e3, 1e8, 1e12];
    const scaled = M.map((row, i) => row.map((x, j) => (x * scale[i]!) / scale[j]!));
    expect(spectrumGap(eigenvalues(scaled), eigenvalues(M))).toBeLessThan(1e-12 * spectralRadius(M));
  });

  it('come sorted by falling real part, then falling imaginary part, conjugates together', () => {
    const values = eigenvalues(gaussian(9, 9, { seed: 2 }));
    for (let i = 1; i < values.length; i++) expect(values[i]!.re).toBeLessThanOrEqual(values[i - 1]!.re);
    values.forEach(({ re, im }, i) => {
      if (im > 0) expect(values[i + 1]).toEqual({ re, im: -im });
    });
  });

  it('sum to the trace, multiply to the determinant and survive an orthogonal similarity, to 1e-11', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 24 }), (seed, n) => {
        const M = gaussian(n, n, { seed });
        const values = eigenvalues(M);
        const trace = M.reduce((sum, row, i) => sum + row[i]!, 0);
        expect(Math.abs(values.reduce((sum, { re }) => sum + re, 0) - trace)).toBeLessThan(
          1e-11 * frobeniusNorm(M),
        );
        const Q = new QrDecomposition(new Matrix(gaussian(n, n, { seed: seed + 1 }))).orthogonalMatrix;
        const similar = Q.mmul(new Matrix(M)).mmul(Q.transpose()).to2DArray();
        const logModulus = (v: { re: number; im: number }[]) =>
          v.reduce((s, { re, im }) => s + Math.log(Math.hypot(re, im)), 0);
        const logSingular = singularValues(M).reduce((s, x) => s + Math.log(x), 0);
        expect(Math.abs(logModulus(values) - logSingular)).toBeLessThan(1e-7);
        expect(spectralRadius(similar)).toBeCloseTo(spectralRadius(M), 6);
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it('of Hamiltonian matrices come in pairs λ, -λ, to 1e-9, where two real shifts ±λ would stall', () => {
    // found by search: with the pair of real shifts this one never converges; its eigenvalues are double, so good to √ε
    const stalling = [
      [0.5, -0.5, -1, 0.25],
      [-0.75, -1, 0.25, -1.5],
      [0, 0, -0.5, 0.75],
      [0, 0.5, 0.5, 1],
    ];
    const found = eigenvaluesByQR('test', Float64Array.from(stalling.flat()), 4); // unbalanced, as found
    expect(
      spectrumGap(
        found,
        found.map(({ re, im }) => ({ re: -re, im: -im })),
      ),
    ).toBeLessThan(1e-7);
    const squares = found.reduce((sum, { re, im }) => sum + re * re - im * im, 0); // trace of the square
    expect(squares).toBeCloseTo(new Matrix(stalling).mmul(new Matrix(stalling)).trace(), 12);
    for (let seed = 1; seed <= 150; seed++) {
      const n = 2 + (seed % 9);
      const A = gaussian(n, n, { seed, scale: 0.5 });
      const [S, Q] = [gaussian(n, n, { seed: seed + 500 }), gaussian(n, n, { seed: seed + 900 })].map(
        symmetricPart,
      );
      const top = A.map((row, i) => [...row, ...S![i]!]);
      const bottom = A.map((_, i) => [...Q![i]!, ...A.map((row) => -row[i]!)]);
      const values = eigenvalues([...top, ...bottom]);
      const opposite = values.map(({ re, im }) => ({ re: -re, im: -im }));
      expect(spectrumGap(values, opposite)).toBeLessThan(1e-9 * spectralRadius([...top, ...bottom]));
    }
  });

  it('take a tensor as they take rows', () => {
    const tensor = { shape: [2, 2], dataSync: () => Float32Array.from([0, 1, -4, 0]) };
    expect(
      spectrumGap(eigenvalues(tensor), [
        { re: 0, im: 2 },
        { re: 0, im: -2 },
      ]),
    ).toBeLessThan(1e-15);
  });
});

describe('singular values and norms', () => {
  it.each(fixture.theorem1.map((c) => [c.label, c] as const))(
    'of W match the fixture to 1e-14: %s',
    (_, c) => {
      expect(gap([singularValues(c.W)], [c.singularW])).toBeLessThan(2e-14);
      expect(spectralNorm(c.W)).toBeCloseTo(c.singularW[0]!, 13);
    },
  );

  it('agree with closed forms of [[3, 0, 4], [0, 5, 0]]', () => {
    const M = [
      [3, 0, 4],
      [0, 5, 0],
    ];
    expect(gap([singularValues(M)], [[5, 5]])).toBeLessThan(1e-14);
    expect(infinityNorm(M)).toBe(7);
    expect(frobeniusNorm(M)).toBeCloseTo(Math.sqrt(50), 14);
  });

  it('rank counts singular values above rounding; the condition of a singular matrix is infinite', () => {
    const left = gaussian(7, 3, { seed: 5 });
    const right = gaussian(3, 7, { seed: 6 });
    const product = new Matrix(left).mmul(new Matrix(right)).to2DArray();
    expect(numericalRank(product)).toBe(3);
    expect(numericalRank(product, { tolerance: 1e9 })).toBe(0);
    expect(conditionNumber(product)).toBe(Infinity);
    expect(
      conditionNumber([
        [2, 0],
        [0, 0.5],
      ]),
    ).toBeCloseTo(4, 14);
  });

  it('the symmetric part has the closed form of the symmetric-skew family, (1-beta)(M+Mᵀ) - gamma I', () => {
    const M = gaussian(5, 5, { seed: 3 });
    const family = symmetricPart(symmetricSkew(M, { beta: 0.7, gamma: 0.2 }));
    const expected = M.map((row, i) => row.map((x, j) => 0.3 * (x + M[j]![i]!) - (i === j ? 0.2 : 0)));
    expect(gap(family, expected)).toBeLessThan(1e-15);
    expect(symmetricEigenvalues(family)[0]).toBeCloseTo(eigenvalues(family)[0]!.re, 12);
  });

  it('radius and abscissa of [[1, 2], [-2, 1]] are √5 and 1', () => {
    expect(
      spectralRadius([
        [1, 2],
        [-2, 1],
      ]),
    ).toBeCloseTo(Math.sqrt(5), 14);
    expect(
      spectralAbscissa([
        [1, 2],
        [-2, 1],
      ]),
    ).toBeCloseTo(1, 14);
  });
});

describe('bad matrices are refused by name', () => {
  const square = {
    eigenvalues,
    symmetricPart,
    spectralAbscissa,
    spectralRadius,
    symmetricEigenvalues,
    conditionNumber,
  };
  const rectangular = { ...square, singularValues, spectralNorm, infinityNorm, frobeniusNorm, numericalRank };
  const bad: [string, never, RegExp][] = [
    ['empty', [] as never, /an empty matrix/],
    ['no columns', [[]] as never, /an empty matrix/],
    ['ragged', [[1, 2], [3]] as never, /got \[2, 2 or 1\]/],
    [
      'NaN',
      [
        [1, 2],
        [3, Number.NaN],
      ] as never,
      /\[1\]\[1\] = NaN/,
    ],
    [
      'infinite',
      [
        [1, Infinity],
        [3, 1],
      ] as never,
      /\[0\]\[1\] = Infinity/,
    ],
    ['missing', undefined as never, /undefined/],
    ['rank-1 tensor', { shape: [2], dataSync: () => [1, 2] } as never, /shape \[2\]/],
  ];
  it.each(Object.entries(rectangular))('%s', (name, compute) => {
    for (const [, matrix, message] of bad) {
      expect(() => compute(matrix)).toThrow(StabilityError);
      expect(() => compute(matrix)).toThrow(message);
      expect(() => compute(matrix)).toThrow(name);
    }
  });
  it.each(Object.entries(square))('%s refuses 2 x 3', (_, compute) => {
    expect(() =>
      compute([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    ).toThrow(/square, got \[2, 3\]/);
  });
  it('symmetricEigenvalues refuses a matrix that is not symmetric', () => {
    expect(() =>
      symmetricEigenvalues([
        [1, 2],
        [0, 1],
      ]),
    ).toThrow(/symmetric/);
  });
});
