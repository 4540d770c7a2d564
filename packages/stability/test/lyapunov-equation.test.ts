import fc from 'fast-check';
import { Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import {
  SingularSystemError,
  solveDiscreteLyapunov,
  solveLyapunov,
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
    expect(() => solveLyapunov(identity(2), identity(3))).toThrow(/Q to be 2 x 2/);
    expect(() => solveDiscreteLyapunov([[1, 2]], identity(2))).toThrow(/A to be square/);
  });
});
