import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkTheorem1,
  clipSingularValues,
  conditionNumber,
  eigenvalues,
  endToEndJacobian,
  findEquilibrium,
  frobeniusNorm,
  infinityNorm,
  numericalRank,
  projectToConditionA,
  StabilityError,
  shiftForConditionA,
  singularValues,
  spectralAbscissa,
  spectralNorm,
  spectralRadius,
  symmetricEigenvalues,
  symmetricPart,
  theorem1Requirements,
} from '../src/index.js';
import { spectrumGap } from './fixture.js';
import { gaussian, identity, seeds } from './random.js';

const decades = fc.integer({ min: -300, max: 300 });
const sizes = fc.integer({ min: 1, max: 12 });
const times = (M: number[][], c: number): number[][] => M.map((row) => row.map((x) => x * c));
const tiny20 = Array.from({ length: 20 }, (_, i) =>
  Array.from({ length: 20 }, (_, j) => 1e-306 * Math.sin(i * 20 + j * j + 1)),
);

describe('multiplying a matrix by 10^k, k from -300 to 300', () => {
  it('multiplies eigenvalues, abscissa and radius by it, to 1e-9 of the norm', () => {
    fc.assert(
      fc.property(seeds, sizes, decades, (seed, n, k) => {
        const M = gaussian(n, n, { seed });
        const c = 10 ** k;
        const found = eigenvalues(times(M, c)).map(({ re, im }) => ({ re: re / c, im: im / c }));
        const bound = 1e-9 * frobeniusNorm(M);
        expect(spectrumGap(found, eigenvalues(M))).toBeLessThan(bound);
        expect(Math.abs(spectralAbscissa(times(M, c)) / c - spectralAbscissa(M))).toBeLessThan(bound);
        expect(Math.abs(spectralRadius(times(M, c)) / c - spectralRadius(M))).toBeLessThan(bound);
      }),
      { numRuns: 200 },
    );
  });

  it('multiplies singular values, norms and symmetric eigenvalues by it, to 1e-13, and leaves rank and condition', () => {
    fc.assert(
      fc.property(seeds, sizes, sizes, decades, (seed, n, m, k) => {
        const M = gaussian(n, m, { seed });
        const c = 10 ** k;
        const norm = frobeniusNorm(M);
        singularValues(times(M, c)).forEach((value, i) => {
          expect(Math.abs(value / c - singularValues(M)[i]!)).toBeLessThan(1e-13 * norm);
        });
        for (const size of [spectralNorm, frobeniusNorm, infinityNorm])
          expect(Math.abs(size(times(M, c)) / c / size(M) - 1)).toBeLessThan(1e-13);
        expect(numericalRank(times(M, c))).toBe(Math.min(n, m));
        const square = gaussian(n, n, { seed });
        expect(Math.abs(conditionNumber(times(square, c)) / conditionNumber(square) - 1)).toBeLessThan(1e-9);
        const S = symmetricPart(square);
        symmetricEigenvalues(times(S, c)).forEach((value, i) => {
          expect(Math.abs(value / c - symmetricEigenvalues(S)[i]!)).toBeLessThan(1e-13 * frobeniusNorm(S));
        });
      }),
      { numRuns: 100 },
    );
  });

  it('multiplies the shift of condition (a), its projection and clipped matrices by it, to 1e-12', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 6 }), decades, (seed, n, k) => {
        const A = gaussian(n, n, { seed });
        const W = gaussian(n, n, { seed: seed + 1 });
        const c = 10 ** k;
        const scaled = { A: times(A, c), W: times(W, c) };
        const shift = shiftForConditionA({ A, W }).shift;
        expect(Math.abs(shiftForConditionA(scaled).shift / c - shift)).toBeLessThan(1e-12 * n);
        expect(Math.abs(theorem1Requirements(scaled).shiftForA / c - shift)).toBeLessThan(1e-12 * n);
        const near = projectToConditionA({ A, W });
        const far = projectToConditionA(scaled);
        expect(Math.abs(far.distance / c - near.distance)).toBeLessThan(1e-12 * n);
        expect(frobeniusNorm(minus(times(far.A, 1 / c), near.A))).toBeLessThan(1e-12 * n);
        const clipped = clipSingularValues(scaled.W, 0.5 * c);
        expect(Math.max(...singularValues(times(clipped, 1 / c)))).toBeLessThan(
          Math.min(0.5, spectralNorm(W)) + 1e-13,
        );
      }),
      { numRuns: 60 },
    );
  });

  it('leaves what Theorem 1 says, from 1e-150 to 1e150 where its products are in range', () => {
    const A = [
      [-2, 0.3],
      [0.1, -3],
    ];
    const W = [
      [-1, 0.2],
      [0.1, -0.8],
    ];
    for (const k of [-300, -150, -20, 0, 20, 150]) {
      const report = checkTheorem1({ A: times(A, 10 ** k), W: times(W, 10 ** k) });
      expect([report.verdict, report.conditionA.verdict, report.conditionB.verdict]).toEqual([
        'holds',
        'holds',
        'holds',
      ]);
    }
  });
});

const minus = (A: number[][], B: number[][]): number[][] =>
  A.map((row, i) => row.map((x, j) => x - B[i]![j]!));

describe('matrices at the ends of float64', () => {
  it('eigenvalues of 1e160·[1, 2; 3, 4] and 1e-200·[-1, 2; 3, -4] are (5 ± √33)/2 and (-5 ± √33)/2 of the unit (1e-14)', () => {
    const root = Math.sqrt(33);
    const large = eigenvalues([
      [1e160, 2e160],
      [3e160, 4e160],
    ]);
    expect(large[0]!.re / 1e160).toBeCloseTo((5 + root) / 2, 14);
    expect(large[1]!.re / 1e160).toBeCloseTo((5 - root) / 2, 14);
    const saddle = [
      [-1e-200, 2e-200],
      [3e-200, -4e-200],
    ];
    expect(spectralAbscissa(saddle) / 1e-200).toBeCloseTo((root - 5) / 2, 14);
    const { classification, equilibrium } = findEquilibrium({
      A: saddle,
      W: times(identity(2), 0),
      start: [1, 1],
    });
    expect(classification).toBe('saddle');
    expect(Math.hypot(...equilibrium)).toBeLessThan(1e-15);
  });

  it('a rest point is classified by each irreducible block: diag(-1e16, -1) attracts, diag(-1e16, 1) is a saddle', () => {
    const kind = (a: number, b: number) =>
      findEquilibrium({
        A: [
          [a, 0],
          [0, b],
        ],
        W: times(identity(2), 0),
        start: [1, 1],
      }).classification;
    expect(kind(-1e16, -1)).toBe('attracting');
    expect(kind(-1e16, 1)).toBe('saddle');
    expect(kind(-1e16, 0.1 + 0.2 - 0.3)).toBe('saddle');
    // 0.1·3 - 0.3 is rounding: neither side can be named
    const critical = findEquilibrium({
      A: [[-0.3]],
      W: [[0.1 * 3]],
      drive: [0],
      activation: 'linear',
      start: [0],
    });
    expect(critical.classification).toBe('undecided');
  });

  it('singular values, rank and condition of entries near 1e-306 come at once', () => {
    const unit = times(tiny20, 1e306);
    expect(numericalRank(tiny20)).toBe(numericalRank(unit));
    singularValues(tiny20).forEach((value, i) => {
      expect(Math.abs(value * 1e306 - singularValues(unit)[i]!)).toBeLessThan(1e-13 * 20);
    });
    expect(conditionNumber(tiny20)).toBe(Infinity);
    const nested = [[1, ...Array<number>(20).fill(0)], ...tiny20.map((row) => [0, ...row])];
    expect(singularValues(nested)[0]).toBe(1);
    expect(numericalRank(nested)).toBe(1);
    expect(clipSingularValues(nested, 0.5)[0]![0]).toBeCloseTo(0.5, 15);
  });

  it('subnormal matrices keep what digits they have: eigenvalues of 5e-324·[0, 2; 8, 0] are ±4 units', () => {
    const least = Number.MIN_VALUE;
    expect(
      eigenvalues([
        [0, 2 * least],
        [8 * least, 0],
      ]),
    ).toEqual([
      { re: 4 * least, im: 0 },
      { re: -4 * least, im: 0 },
    ]);
    expect(symmetricPart([[least]])).toEqual([[least]]);
    expect(symmetricEigenvalues([[least]])).toEqual([least]);
    expect(spectralNorm([[3 * least, 4 * least]])).toBe(5 * least);
    expect(frobeniusNorm([[3 * least, 4 * least]])).toBe(5 * least);
    expect(
      numericalRank([
        [2 * least, 2 * least],
        [2 * least, 2 * least],
      ]),
    ).toBe(1);
  });

  it('entries of 1e300 and 1e-300 in one matrix: ±1, a product of factors, and blocks each by itself', () => {
    const swap = eigenvalues([
      [0, 1e300],
      [1e-300, 0],
    ]);
    expect(
      spectrumGap(swap, [
        { re: 1, im: 0 },
        { re: -1, im: 0 },
      ]),
    ).toBeLessThan(1e-15);
    expect(
      symmetricEigenvalues([
        [1e300, 0],
        [0, 1e-300],
      ]),
    ).toEqual([1e300, 1e-300]);
    const blocks = eigenvalues([
      [0, 1e250, 7e300, 1],
      [-1e250, 0, 2, 1e300],
      [0, 0, 1e-250, 2e-250],
      [0, 0, 3e-250, 4e-250],
    ]);
    expect(blocks.map(({ re }) => re / 1e-250)).toEqual([
      expect.closeTo((5 + Math.sqrt(33)) / 2, 13),
      0,
      0,
      expect.closeTo((5 - Math.sqrt(33)) / 2, 13),
    ]);
    expect(blocks[1]!.im).toBe(1e250);
  });

  it('singular values of parts that share no row and column are those of each part: 1e300·(3, 1), 1e-300, 0 (1e-14)', () => {
    const values = singularValues([
      [1e300, 0, 2e300, 0],
      [0, 0, 0, -1e-300],
      [2e300, 0, 1e300, 0],
      [0, 0, 0, 0],
    ]);
    expect(values[0]! / 3e300).toBeCloseTo(1, 14);
    expect(values[1]! / 1e300).toBeCloseTo(1, 14);
    expect(values.slice(2)).toEqual([1e-300, 0]);
    expect(singularValues([[3e-200], [4e-200]])[0]! / 5e-200).toBeCloseTo(1, 14);
  });

  it('entries anywhere in float64 and zeros give spectra that are finite and meet their bounds, always', () => {
    const anywhere = fc.oneof(
      fc.constant(0),
      fc
        .tuple(fc.constantFrom(-1, 1), fc.integer({ min: -323, max: 300 }))
        .map(([sign, k]) => sign * 10 ** k),
      fc.double({ min: -1e300, max: 1e300, noNaN: true }),
    );
    const square = fc
      .integer({ min: 1, max: 9 })
      .chain((n) =>
        fc.array(fc.array(anywhere, { minLength: n, maxLength: n }), { minLength: n, maxLength: n }),
      );
    fc.assert(
      fc.property(square, (M) => {
        const norm = spectralNorm(M);
        expect(norm).toBeGreaterThanOrEqual(frobeniusNorm(M) / M.length / (1 + 1e-14));
        expect(spectralRadius(M)).toBeLessThanOrEqual(norm * (1 + 1e-13));
        const S = symmetricPart(M);
        const symmetric = symmetricEigenvalues(S);
        expect(symmetric.every(Number.isFinite)).toBe(true);
        const size = Math.max(symmetric[0]!, -symmetric.at(-1)!);
        expect(Math.abs(size - spectralNorm(S))).toBeLessThanOrEqual(1e-13 * size);
        // Bendixson: the abscissa is at most the largest eigenvalue of the symmetric part
        expect(spectralAbscissa(M)).toBeLessThanOrEqual(symmetric[0]! + 1e-13 * norm);
      }),
      { numRuns: 500 },
    );
  });

  it('endToEndJacobian multiplies factors of 1e±200 and of 1e308 without loss, to 1e-12 in the logarithm', () => {
    const factor = [
      [1e200, 2e200],
      [3e200, 4e200],
    ];
    const log = Math.log(
      singularValues([
        [7, 10],
        [15, 22],
      ])[0]!,
    );
    const report = endToEndJacobian([factor, factor]);
    expect(report.logSingularValues[0]! / (log + 400 * Math.LN10)).toBeCloseTo(1, 12);
    expect(report.logNorms.every(Number.isFinite)).toBe(true);
    const small = endToEndJacobian(
      Array.from({ length: 5 }, () => times(factor, 1e-300).map((row) => [...row])),
    );
    expect(small.logNorms[1]! - 2 * Math.log(1e-100)).toBeCloseTo(Math.log(Math.hypot(7, 10, 15, 22)), 10);
    const full = endToEndJacobian([
      times(identity(3), 1e308),
      identity(3).map((row) => row.map(() => 1.5e308)),
    ]);
    expect(full.logSingularValues[0]).toBeCloseTo(Math.log(4.5) + 616 * Math.LN10, 9);
    // what is left after the large direction is gone
    const thin = endToEndJacobian([
      [
        [0, 0],
        [0, 1],
      ],
      [
        [1e200, 0],
        [0, 1e-200],
      ],
    ]);
    expect(thin.logScale).toBeCloseTo(-200 * Math.LN10, 10);
  });

  it('projectToConditionA at 1e308 ends where -λ_max(A_sym) = σ_max(W), to 1e-12', () => {
    const { A, W, bound } = projectToConditionA({
      A: [
        [1e308, 3e307],
        [-2e307, 5e307],
      ],
      W: [
        [5e307, 1e307],
        [0, 2e307],
      ],
    });
    expect(Number.isFinite(bound)).toBe(true);
    const top = symmetricEigenvalues(symmetricPart(A))[0]!;
    expect(Math.abs(top + spectralNorm(W))).toBeLessThan(1e-12 * 1e308);
  });

  it.each<[string, () => unknown]>([
    [
      'eigenvalues',
      () =>
        eigenvalues([
          [1e308, 1e308],
          [1.2e308, 1e308],
        ]),
    ],
    [
      'symmetricEigenvalues',
      () =>
        symmetricEigenvalues([
          [1e308, 1e308],
          [1e308, 1e308],
        ]),
    ],
    [
      'spectralRadius',
      () =>
        spectralRadius([
          [1.5e308, 1.5e308],
          [-1.5e308, 1.5e308],
        ]),
    ],
    ['singularValues', () => singularValues([[1.5e308, 1.5e308]])],
    ['frobeniusNorm', () => frobeniusNorm([[1.5e308, 1.5e308]])],
    ['infinityNorm', () => infinityNorm([[1.5e308, 1.5e308]])],
    ['shiftForConditionA', () => shiftForConditionA({ A: [[1e308]], W: [[1e308]] })],
    ['checkTheorem1', () => checkTheorem1({ A: [[-1e200]], W: [[1e200]] })],
    ['projectToConditionA', () => projectToConditionA({ A: identity(9, 1.7e308), W: identity(9) })],
  ])('%s refuses a result beyond float64 by name, and gives no Infinity', (name, compute) => {
    expect(compute).toThrow(StabilityError);
    expect(compute).toThrow(new RegExp(`${name}: .*range of float64`));
  });
});
