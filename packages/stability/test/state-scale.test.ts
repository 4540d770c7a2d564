import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Activation,
  findEquilibria,
  findEquilibrium,
  quadraticLyapunovFunction,
  simulateConvergence,
} from '../src/index.js';
import { gaussian, identity, seeds } from './random.js';

const times = (M: number[][], c: number): number[][] => M.map((row) => row.map((x) => x * c));
const powers = fc.integer({ min: -120, max: 120 }).map((k) => 2 ** k);

interface System {
  A?: number[][];
  W: number[][];
  drive: number[];
}

/** The system of s h in the time t / pace: A and the values of σ as many times faster, W as many times smaller. */
function measuredAnew({ A, W, drive }: System, { s, pace }: { s: number; pace: number }) {
  const tanh: Activation = {
    value: (x) => s * pace * Math.tanh(x),
    derivative: (x) => s * pace * (1 - Math.tanh(x) ** 2),
  };
  return { ...(A && { A: times(A, pace) }), W: times(W, 1 / s), drive, activation: tanh };
}

const systems = fc
  .record({
    seed: seeds,
    n: fc.integer({ min: 1, max: 4 }),
    gain: fc.double({ min: 0.3, max: 4, noNaN: true }),
  })
  .chain(({ seed, n, gain }) => {
    const W = gaussian(n, n, { seed, scale: gain / Math.sqrt(n) });
    const A = times(identity(n), -1);
    return fc.constantFrom<System>(
      { A, W, drive: gaussian(1, n, { seed: seed + 1, scale: 0.3 })[0]! },
      { A, W, drive: new Array(n).fill(0) },
      { W, drive: gaussian(1, n, { seed: seed + 1, scale: 0.3 })[0]! },
    );
  });

describe('in other units of the state and of time, by powers of 2 up to 2^±120', () => {
  it('findEquilibria finds the same equilibria, to 1e-12, of the same kinds, from as many starts', () => {
    fc.assert(
      fc.property(systems, powers, powers, (system, s, pace) => {
        const usual = findEquilibria(measuredAnew(system, { s: 1, pace: 1 }));
        const other = findEquilibria(measuredAnew(system, { s, pace }));
        expect(other.failedStarts).toBe(usual.failedStarts);
        expect(other.equilibria.map(({ classification }) => classification)).toEqual(
          usual.equilibria.map(({ classification }) => classification),
        );
        other.equilibria.forEach(({ equilibrium }, k) => {
          const expected = usual.equilibria[k]!.equilibrium;
          const error = Math.hypot(...equilibrium.map((x, i) => x / s - expected[i]!));
          expect(error).toBeLessThanOrEqual(1e-12 * Math.hypot(...expected));
        });
      }),
      { numRuns: 60 },
    );
  });

  it('of a relu system, whose units are those of the drive, too', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 4 }), powers, (seed, n, s) => {
        const A = times(identity(n), -1);
        const W = gaussian(n, n, { seed, scale: 2 / Math.sqrt(n) });
        const drive = gaussian(1, n, { seed: seed + 1 })[0]!;
        const usual = findEquilibria({ A, W, drive, activation: 'relu' });
        const other = findEquilibria({ A, W, drive: drive.map((x) => s * x), activation: 'relu' });
        expect(other.equilibria.map(({ equilibrium }) => equilibrium.map((x) => x / s))).toEqual(
          usual.equilibria.map(({ equilibrium }) => equilibrium),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('simulateConvergence and the basin of quadraticLyapunovFunction say the same, to 1e-9', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        powers,
        powers,
        fc.constantFrom(0.3, 2),
        (n, s, pace, gain) => {
          const W = times(identity(n), gain);
          const start = new Array(n).fill(0.9);
          const A = times(identity(n), -1);
          const of = (units: { s: number; pace: number }) => {
            const given = measuredAnew({ A, W, drive: new Array(n).fill(0) }, units);
            const { semiAxes } = quadraticLyapunovFunction({
              ...given,
              start: start.map((x) => x * units.s),
              rays: 20,
            });
            const { converged } = simulateConvergence({
              ...given,
              time: 40 / units.pace,
              step: 0.1 / units.pace,
            });
            return { converged, semiAxes: semiAxes.map((x) => x / units.s) };
          };
          const usual = of({ s: 1, pace: 1 });
          const other = of({ s, pace });
          expect(other.converged).toBe(usual.converged);
          other.semiAxes.forEach((axis, i) => {
            const expected = usual.semiAxes[i]!;
            if (expected === Infinity) expect(axis).toBe(Infinity);
            else expect(Math.abs(axis / expected - 1)).toBeLessThan(1e-9);
          });
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('named functions with states far from 1', () => {
  it.each([1e-9, 1e-3, 1, 1e3, 1e9])(
    'the bistable unit h = tanh(2h/s)·s of weak damping: all three equilibria at s = %d, to 1e-8',
    (s) => {
      // dh/dt = -h/s + tanh(2h/s)
      const { equilibria } = findEquilibria({ A: [[-1 / s]], W: [[2 / s]], randomStarts: 8 });
      const found = equilibria.map(({ equilibrium }) => equilibrium[0]! / s).sort((a, b) => a - b);
      expect(found).toHaveLength(3);
      for (const [i, x] of [-0.957504024, 0, 0.957504024].entries()) expect(found[i]).toBeCloseTo(x, 8);
    },
  );

  it('a strong recurrence: rest points at 0 and ±1, where A h balances σ, though W h bends at 1e-6', () => {
    expect(findEquilibria({ A: [[-1]], W: [[1e6]], randomStarts: 8 }).equilibria).toHaveLength(3);
  });

  it('a small state is no rest point for being small: dh/dt = -h + relu(1e-30)', () => {
    const { equilibrium } = findEquilibrium({ A: [[-1]], W: [[0.5]], drive: [1e-30], activation: 'relu' });
    expect(equilibrium[0]! / 2e-30).toBeCloseTo(1, 12);
    const far = findEquilibrium({
      W: [[2]],
      drive: [1],
      activation: { value: (x) => 1e-20 * Math.tanh(x), derivative: (x) => 1e-20 / Math.cosh(x) ** 2 },
    });
    expect(far.equilibrium[0]).toBeCloseTo(-0.5, 12);
  });

  it('counts a degenerate equilibrium, and a line of equilibria, once', () => {
    // -h + tanh(h) has a root of order 3, from which Newton's method stops at some 1e-6.
    expect(findEquilibria({ A: [[-1]], W: [[1]] }).equilibria).toHaveLength(1);
    const line = {
      A: identity(2, -1),
      W: [
        [0.5, 0.5],
        [0.5, 0.5],
      ],
      activation: 'linear' as const,
    };
    const starts = [
      [1, 1],
      [2, 2],
      [-3, -3],
    ];
    expect(findEquilibria({ ...line, starts, randomStarts: 0 }).equilibria).toHaveLength(1);
  });
});
