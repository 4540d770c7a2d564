import fc from 'fast-check';
import { Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import {
  quadraticLyapunovFunction,
  SingularSystemError,
  singularValues,
  solveDiscreteLyapunov,
  solveLyapunov,
  solveLyapunovWithCondition,
  spectralRadius,
  symmetricEigenvalues,
} from '../src/index.js';
import { fixture, gap } from './fixture.js';
import { gaussian, identity, seeds } from './random.js';

const { lyapunovEquation: reference } = fixture;

function residual(
  A: number[][],
  P: number[][],
  { Q, discrete }: { Q: number[][]; discrete: boolean },
): number {
  const [a, p, q] = [new Matrix(A), new Matrix(P), new Matrix(Q)];
  const PA = p.mmul(a);
  const left = discrete ? a.transpose().mmul(PA).sub(p) : a.transpose().mmul(p).add(PA);
  return left.add(q).norm() / q.norm();
}

describe('Lyapunov equations', () => {
  it('match the fixture to 1e-14', () => {
    expect(gap(solveLyapunov(reference.A, reference.Q), reference.continuousP)).toBeLessThan(1e-14);
    expect(gap(solveDiscreteLyapunov(reference.discreteA, reference.Q), reference.discreteP)).toBeLessThan(
      1e-14,
    );
  });

  it('have the closed forms q/(-2a) and q/(1 - a²) for one unit, to rounding', () => {
    expect(solveLyapunov([[-0.3]], [[2]])[0]![0]).toBeCloseTo(2 / 0.6, 14);
    expect(solveDiscreteLyapunov([[-0.3]], [[2]])[0]![0]).toBeCloseTo(2 / 0.91, 14);
  });

  it('leave a residual below 1e-12 ‖Q‖ for random A of 1 to 20 units, stable or not, and Q not symmetric', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 20 }), (seed, n) => {
        const A = gaussian(n, n, { seed, scale: 1 / Math.sqrt(n) });
        const Q = gaussian(n, n, { seed: seed + 1 });
        // random spectra come arbitrarily close to singular equations; only then may digits be lost
        const P = solveLyapunov(A, Q);
        expect(residual(A, P, { Q, discrete: false })).toBeLessThan(1e-12 * (1 + new Matrix(P).norm()));
        const D = solveDiscreteLyapunov(A, Q);
        expect(residual(A, D, { Q, discrete: true })).toBeLessThan(1e-12 * (1 + new Matrix(D).norm()));
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it('P is positive definite exactly when A is stable', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 8 }), (seed, n) => {
        const M = gaussian(n, n, { seed });
        const shifted = (by: number) => M.map((row, i) => row.map((x, j) => x - (i === j ? by : 0)));
        const stable = solveLyapunov(shifted(2 * spectralRadius(M) + 0.1), identity(n));
        expect(symmetricEigenvalues(stable).at(-1)).toBeGreaterThan(0);
        const unstable = solveLyapunov(shifted(-2 * spectralRadius(M) - 0.1), identity(n));
        expect(symmetricEigenvalues(unstable)[0]).toBeLessThan(0);
      }),
      { numRuns: 20, seed: 4 },
    );
  });

  it('leave a residual below 1e-12 ‖Q‖ at 128 units', () => {
    const n = 128;
    const A = gaussian(n, n, { seed: 9, scale: 1 / Math.sqrt(n) }).map((row, i) =>
      row.map((x, j) => x - (i === j ? 1.2 : 0)),
    );
    const P = solveLyapunov(A, identity(n));
    expect(residual(A, P, { Q: identity(n), discrete: false })).toBeLessThan(1e-12);
    const half = A.map((row) => row.map((x) => 0.4 * x));
    expect(
      residual(half, solveDiscreteLyapunov(half, identity(n)), { Q: identity(n), discrete: true }),
    ).toBeLessThan(1e-12);
  });

  it('of large or defective A are solved: closed forms to 1e-13, residuals of 1e-14 relative to their terms', () => {
    expect(
      solveDiscreteLyapunov(
        [
          [0, 1e8],
          [0, 0],
        ],
        identity(2),
      ),
    ).toEqual([
      [1, 0],
      [0, 1e16 + 1],
    ]);
    // p₁₁ = 1/2, p₁₂ = c p₁₁/(1 + d), p₂₂ = (1 + 2 c p₁₂)/(2 d) for [-1, c; 0, -d]
    for (const [c, d] of [
      [1e8, 1e-4],
      [1e100, 1e-40],
      [1e-100, 1e100],
    ] as const) {
      const P = solveLyapunov(
        [
          [-1, c],
          [0, -d],
        ],
        identity(2),
      );
      const p12 = c / 2 / (1 + d);
      expect(P[0]![0]).toBe(0.5);
      expect(P[0]![1]! / p12).toBeCloseTo(1, 13);
      expect(P[1]![1]! / ((1 + 2 * c * p12) / (2 * d))).toBeCloseTo(1, 13);
    }
    // Σ (Aᵀ)ᵏ Aᵏ
    const jordan = identity(8, 0.9).map((row, i) => row.map((x, j) => (j === i + 1 ? 1 : x)));
    let power = Matrix.eye(8);
    const series = Matrix.zeros(8, 8);
    for (let k = 0; k < 1500; k++) {
      series.add(power.transpose().mmul(power));
      power = power.mmul(new Matrix(jordan));
    }
    const P = solveDiscreteLyapunov(jordan, identity(8));
    P.forEach((row, i) => {
      row.forEach((x, j) => {
        expect(x / series.get(i, j)).toBeCloseTo(1, 10);
      });
    });
    const { residual: relative } = solveLyapunovWithCondition({
      A: jordan,
      Q: identity(8),
      time: 'discrete',
    });
    expect(relative).toBeLessThan(1e-14);
  });

  it('keep to λ = 10^k from -300 to 300, q = 10^m: q/(-2λ) and q/(1 - λ²), to 1e-14', () => {
    for (const k of [-300, -160, -20, 0, 20, 160, 300]) {
      for (const m of [-300, 0, 300]) {
        const lambda = -3 * 10 ** k;
        if (Math.abs(m - k) < 300) {
          expect(solveLyapunov([[lambda]], [[10 ** m]])[0]![0]! / (10 ** (m - k) / 6)).toBeCloseTo(1, 12);
        }
        const expected = k < 100 ? 10 ** m / (1 - lambda ** 2) : -((10 ** (m / 2 - k)) ** 2) / 9;
        const found = solveDiscreteLyapunov([[lambda]], [[10 ** m]])[0]![0]!;
        if (Math.abs(expected) > 1e-300) expect(found / expected).toBeCloseTo(1, 12);
        else expect(Math.abs(found)).toBeLessThan(1e-299);
      }
    }
    expect(() => solveLyapunov([[-1e-200]], [[1e200]])).toThrow(/range of float64/);
  });

  it('commute with a change of units D of up to 200 decades: P(D⁻¹AD, DQD) = D P D, to 1e-9', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 2, max: 8 }),
        fc.integer({ min: 0, max: 60 }),
        (seed, n, reach) => {
          const M = gaussian(n, n, { seed });
          const A = M.map((row, i) => row.map((x, j) => x - (i === j ? 2 * spectralRadius(M) + 0.1 : 0)));
          const d = A.map((_, i) => 2 ** Math.round(reach * 5.5 * Math.sin(seed + i)));
          const scaled = A.map((row, i) => row.map((x, j) => (x / d[i]!) * d[j]!));
          const Q = identity(n).map((row, i) => row.map((x, j) => x * d[i]! * d[j]!));
          const P = solveLyapunov(A, identity(n));
          const size = Math.max(...P.flat().map(Math.abs));
          solveLyapunov(scaled, Q).forEach((row, i) => {
            row.forEach((x, j) => {
              expect(Math.abs(x / d[i]! / d[j]! - P[i]![j]!)).toBeLessThan(1e-9 * size);
            });
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('come with a condition: that of the linear system for P, within a factor of 3, and a residual of 1e-14', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const n = 2 + (seed % 4);
      const A = gaussian(n, n, { seed });
      for (const time of ['continuous', 'discrete'] as const) {
        const a = new Matrix(A);
        const I = Matrix.eye(n);
        const T = a.transpose();
        const L =
          time === 'continuous'
            ? I.kroneckerProduct(T).add(T.kroneckerProduct(I))
            : T.kroneckerProduct(T).sub(Matrix.eye(n * n));
        const found = solveLyapunovWithCondition({ A, Q: identity(n), time });
        const p = new Matrix(found.P).norm();
        const terms = (time === 'continuous' ? 2 * a.norm() : a.norm() ** 2 + 1) * p + Math.sqrt(n);
        const expected = terms / singularValues(L.to2DArray()).at(-1)! / p;
        // the estimate is made after balancing, which may change it a little
        expect(found.condition / expected).toBeGreaterThan(1 / 3);
        expect(found.condition / expected).toBeLessThan(3);
        expect(found.residual).toBeLessThan(1e-14);
      }
    }
    expect(() => solveLyapunovWithCondition({ A: [[1]], Q: [[1]], time: 'both' as never })).toThrow(/time/);
  });

  it('diag(-1e16, -1) is no singular equation, though 2·1 is small beside 1e16', () => {
    const A = [
      [-1e16, 0],
      [0, -1],
    ];
    expect(solveLyapunov(A, identity(2))).toEqual([
      [0.5e-16, 0],
      [0, 0.5],
    ]);
  });

  it('give a Lyapunov function of a cascade of 20 units with gains of 2, 5 and 20: V(h*) = 0 and falls inside', () => {
    for (const gain of [2, 5, 20]) {
      const A = identity(20, -1).map((row, i) => row.map((x, j) => (i === j + 1 ? gain : x)));
      const { P, level, semiAxes } = quadraticLyapunovFunction({ A, W: identity(20, 0.01), rays: 50 });
      expect(P.flat().every(Number.isFinite)).toBe(true);
      expect(level).toBeGreaterThan(0);
      for (const [i, axis] of semiAxes.entries()) {
        expect(axis).toBeGreaterThan(0);
        if (i > 0) expect(axis).toBeLessThanOrEqual(semiAxes[i - 1]!);
      }
    }
  });

  it('are refused when singular: λ₁ + λ₂ = 0, λ₁ λ₂ = 1, or nearly', () => {
    expect(() =>
      solveLyapunov(
        [
          [0, 1],
          [-1, 0],
        ],
        identity(2),
      ),
    ).toThrow(SingularSystemError);
    expect(() =>
      solveLyapunov(
        [
          [3, 5],
          [0, -3],
        ],
        identity(2),
      ),
    ).toThrow(/λᵢ \+ λⱼ = 0/);
    expect(() =>
      solveDiscreteLyapunov(
        [
          [2, 1],
          [0, 0.5],
        ],
        identity(2),
      ),
    ).toThrow(SingularSystemError);
    expect(() =>
      solveDiscreteLyapunov(
        [
          [0, 1],
          [-1, 0],
        ],
        identity(2),
      ),
    ).toThrow(/λᵢ λⱼ = 1/);
    expect(() =>
      solveLyapunov(
        [
          [1e-15, 1],
          [-1, 0],
        ],
        identity(2),
      ),
    ).toThrow(SingularSystemError);
  });

  it('refuse sizes that differ', () => {
    expect(() => solveLyapunov(identity(2), identity(3))).toThrow(/Q of shape \[2, 2\]/);
    expect(() => solveDiscreteLyapunov([[1, 2]], identity(2))).toThrow(/A to be square/);
  });
});
