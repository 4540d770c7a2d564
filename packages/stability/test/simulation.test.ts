import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkTheorem1,
  findEquilibria,
  findEquilibrium,
  quadraticLyapunovFunction,
  StabilityError,
  simulate,
  simulateConvergence,
  solveLyapunov,
  theorem1Requirements,
} from '../src/index.js';
import { fixture, gap } from './fixture.js';
import { gaussian, identity, seeds, symmetricSkew } from './random.js';

describe('simulate', () => {
  it('has order 4 by default: halving the step divides the error by 16, slope 4 to 0.1', () => {
    const system = {
      A: [
        [-1, 2],
        [-2, -1],
      ],
      W: [
        [0.5, 0.3],
        [0.1, -0.4],
      ],
      drive: [0.3, -0.2],
      start: [1, 2],
    };
    const exact = simulate({ ...system, step: 1 / 2048, steps: 2048 }).at(-1)!;
    const error = (steps: number) =>
      Math.hypot(
        ...simulate({ ...system, step: 1 / steps, steps })
          .at(-1)!
          .map((x, i) => x - exact[i]!),
      );
    expect(Math.abs(Math.log2(error(16) / error(32)) - 4)).toBeLessThan(0.1);
  });

  it('refuses a trajectory that overflows, and bad options', () => {
    expect(() => simulate({ A: [[50]], W: [[0]], start: [1], step: 1, steps: 200 })).toThrow(
      /overflow at step/,
    );
    expect(() => simulate({ W: [[1]], start: [1], step: -1, steps: 2 })).toThrow(StabilityError);
    expect(() => simulate({ W: [[1]], start: [1, 2], step: 1, steps: 2 })).toThrow(/start of length 1/);
  });
});

describe('simulateConvergence', () => {
  it('sees what Theorem 1 promises: random systems that meet (a) converge from random starts', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 6 }), (seed, n) => {
        const W = gaussian(n, n, { seed, scale: 1 / Math.sqrt(n) });
        const M = gaussian(n, n, { seed: seed + 1, scale: 0.5 });
        const { gammaA } = theorem1Requirements({ A: symmetricSkew(M, { beta: 0.7, gamma: 0 }), W });
        const A = symmetricSkew(M, { beta: 0.7, gamma: gammaA + 0.05 });
        expect(checkTheorem1({ A, W }).conditionA.holds).toBe(true);
        const drive = gaussian(1, n, { seed: seed + 2 })[0]!;
        expect(simulateConvergence({ A, W, drive, trajectories: 3, time: 400 }).converged).toBe(true);
      }),
      { numRuns: 15, seed: 2 },
    );
  });

  it('sees it fail for a bistable unit, and refuses an equilibrium that does not attract without a time', () => {
    const bistable = { A: [[-1]], W: [[2]] };
    expect(simulateConvergence({ ...bistable, drive: [0], time: 20 }).converged).toBe(false);
    expect(() => simulateConvergence(bistable)).toThrow(/attracting equilibrium/);
  });
});

describe('findEquilibria', () => {
  it('finds all nine equilibria of two uncoupled bistable units, and their kinds', () => {
    const { equilibria } = findEquilibria({ A: identity(2, -1), W: identity(2, 2), randomStarts: 200 });
    expect(equilibria).toHaveLength(9);
    const kinds = equilibria.map(({ classification }) => classification);
    expect(kinds.filter((kind) => kind === 'attracting')).toHaveLength(4);
    expect(kinds.filter((kind) => kind === 'saddle')).toHaveLength(4);
    expect(kinds.filter((kind) => kind === 'repelling')).toHaveLength(1);
    for (const { residual } of equilibria) expect(residual).toBeLessThan(1e-12);
  });

  it('finds exactly one where Theorem 1 holds', () => {
    const { A, W, drive } = fixture.equilibrium;
    expect(checkTheorem1({ A, W }).holds).toBe(true);
    const { equilibria, failedStarts } = findEquilibria({ A, W, drive });
    expect(equilibria).toHaveLength(1);
    expect(failedStarts).toBe(0);
  });

  it('counts starts that fail, and finds none where there is none', () => {
    const { equilibria, failedStarts, starts } = findEquilibria({ W: [[0]], drive: [1], starts: [[4]] });
    expect(equilibria).toHaveLength(0);
    expect(failedStarts).toBe(starts);
    expect(starts).toBe(34);
  });

  it('refuses bad options', () => {
    expect(() => findEquilibria({ W: [[1]], randomStarts: 0.5 })).toThrow(/randomStarts/);
    expect(() => findEquilibria({ W: [[1]], starts: [[1, 2]] })).toThrow(/starts\[0\] of length 1/);
  });
});

describe('theorem1Requirements', () => {
  it('γ_A is the threshold of condition (a): it holds 1e-9 above and fails 1e-9 below', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 6 }), (seed, n) => {
        const W = gaussian(n, n, { seed });
        const M = gaussian(n, n, { seed: seed + 1 });
        const at = (gamma: number) => symmetricSkew(M, { beta: 0.6, gamma });
        const { gammaA } = theorem1Requirements({ A: at(0.3), W, lipschitzConstant: 0.7, gammaA: 0.3 });
        const holds = (gamma: number) =>
          checkTheorem1({ A: at(gamma), W, lipschitzConstant: 0.7 }).conditionA.holds;
        expect(holds(gammaA + 1e-9)).toBe(true);
        expect(holds(gammaA - 1e-9)).toBe(false);
      }),
      { numRuns: 30, seed: 3 },
    );
  });

  it('the uniform shift is the threshold of (b): it holds 1e-6 above; below, no shift on a grid does', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 5 }), (seed, n) => {
        const W = gaussian(n, n, { seed });
        const A = gaussian(n, n, { seed: seed + 1 });
        const shifted = (M: number[][], s: number) =>
          M.map((row, i) => row.map((x, j) => x - (i === j ? s : 0)));
        const holds = (s: number) => {
          const { premise, conditionB } = checkTheorem1({ A: shifted(A, s), W: shifted(W, s) });
          return premise.maxEigAsym < 0 && conditionB.holds;
        };
        const { uniformShiftForB } = theorem1Requirements({ A, W });
        expect(holds(uniformShiftForB + 1e-6)).toBe(true);
        if (uniformShiftForB === 0) return;
        for (let k = 0; k < 50; k++) expect(holds((k / 50) * (uniformShiftForB - 1e-6))).toBe(false);
      }),
      { numRuns: 20, seed: 4 },
    );
  });

  it('is 0 for a system that meets (b) already, and says how much γ is to spare', () => {
    const report = theorem1Requirements({ A: identity(2, -3), W: identity(2, -1) });
    expect(report.uniformShiftForB).toBe(0);
    expect(report.shiftForA).toBeCloseTo(-2, 14);
    expect(report.summary).toMatch(/2\.00 of γ_A to spare/);
    const equality = theorem1Requirements({ A: identity(2, -1), W: identity(2, -1) });
    expect(equality.summary).toBe('Raise γ_A by anything for condition (a), or both γ by anything for (b).');
    expect(() => theorem1Requirements({ A: identity(2), W: identity(3) })).toThrow(/W of shape \[2, 2\]/);
  });
});

describe('quadraticLyapunovFunction', () => {
  it('estimates the basin of a bistable unit: V rises again at the other equilibrium, to 1e-6', () => {
    const { equilibrium } = findEquilibrium({ A: [[-1]], W: [[2]], start: [1] });
    const found = quadraticLyapunovFunction({ A: [[-1]], W: [[2]], start: [1] });
    expect(found.semiAxes[0]).toBeCloseTo(equilibrium[0]!, 6); // the repelling origin is the nearest rest point
  });

  it('solves the Lyapunov equation there, and dV/dt < 0 at random points inside the level', () => {
    const system = {
      A: identity(3, -1),
      W: gaussian(3, 3, { seed: 12, scale: 1.2 }),
      drive: [0.4, -0.2, 0.1],
    };
    const { equilibria } = findEquilibria(system);
    const start = equilibria.find(({ classification }) => classification === 'attracting')!;
    const { P, level } = quadraticLyapunovFunction({ ...system, start: start.equilibrium, rays: 2000 });
    expect(gap(P, solveLyapunov(start.jacobian, identity(3)))).toBeLessThan(1e-12);
    const bounded = Math.min(level, 4);
    for (const direction of gaussian(300, 3, { seed: 13 })) {
      const value = direction.reduce(
        (sum, x, i) => sum + x * P[i]!.reduce((s, p, j) => s + p * direction[j]!, 0),
        0,
      );
      const offset = direction.map((x) => x * 0.95 * Math.sqrt(bounded / value));
      const h = start.equilibrium.map((x, i) => x + offset[i]!);
      const next = simulate({ ...system, start: h, step: 1e-4, steps: 1 })[1]!;
      const V = (point: number[]) => {
        const e = point.map((x, i) => x - start.equilibrium[i]!);
        return e.reduce((sum, x, i) => sum + x * P[i]!.reduce((s, p, j) => s + p * e[j]!, 0), 0);
      };
      expect(V(next)).toBeLessThan(V(h));
    }
  });

  it('is infinite for a system that is globally stable', () => {
    expect(quadraticLyapunovFunction({ A: identity(2, -2), W: identity(2, 0.5), rays: 100 }).level).toBe(
      Infinity,
    );
  });

  it('refuses an equilibrium that does not attract and a Q that is not positive definite', () => {
    expect(() => quadraticLyapunovFunction({ A: [[-1]], W: [[2]] })).toThrow(
      /attracting equilibrium, got repelling/,
    );
    expect(() => quadraticLyapunovFunction({ A: [[-1]], W: [[0.5]], Q: [[-1]] })).toThrow(
      /positive definite/,
    );
  });
});
