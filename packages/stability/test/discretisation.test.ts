import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Complex,
  checkDiscretisation,
  flowJacobians,
  largestStableStep,
  planarSystems,
  type Scheme,
  StabilityError,
  simulate,
  simulatePlanarSystem,
} from '../src/index.js';

const euler = { a: [[]], b: [1], c: [0] };
const midpoint = { a: [[], [0.5]], b: [0, 1], c: [0, 0.5] };
const rk4 = { a: [[], [0.5], [0, 0.5], [0, 0, 1]], b: [1 / 6, 1 / 3, 1 / 3, 1 / 6] };
const implicitEuler = ({ re, im }: Complex): Complex => {
  const size = (1 - re) ** 2 + im ** 2;
  return { re: (1 - re) / size, im: im / size };
};

describe('largestStableStep', () => {
  it.each([
    ['Euler at λ = -1: 2', euler, { re: -1, im: 0 }, 2],
    ['Euler at λ = -4: 1/2', euler, { re: -4, im: 0 }, 0.5],
    ['Euler at λ = -1 + 3i: 2/10', euler, { re: -1, im: 3 }, 0.2],
    ['Euler at λ = -1e-6 + i: 2e-6', euler, { re: -1e-6, im: 1 }, 2e-6],
    ['Euler on a pure rotation: never', euler, { re: 0, im: 2 }, 0],
    ['midpoint on a pure rotation: never', midpoint, { re: 0, im: 2 }, 0],
    ['midpoint at λ = -1: 2', midpoint, { re: -1, im: 0 }, 2],
    ['RK4 at λ = i: 2√2', rk4, { re: 0, im: 1 }, 2 * Math.SQRT2],
    ['RK4 at λ = -1: 2.785', rk4, { re: -1, im: 0 }, 2.7852935634052818],
    ['any scheme at Re λ > 0: never', rk4, { re: 0.1, im: 1 }, 0],
    ['λ = 0: no limit', euler, { re: 0, im: 0 }, Infinity],
    ['implicit Euler at λ = -1 + i: no limit', implicitEuler, { re: -1, im: 1 }, Infinity],
  ] as [string, Scheme, Complex, number][])('%s, to 1e-9', (_, scheme, value, expected) => {
    const found = largestStableStep({ eigenvalues: [value], scheme });
    if (Number.isFinite(expected))
      expect(Math.abs(found - expected)).toBeLessThan(1e-9 * (1 + expected) * (expected < 1e-3 ? 1e-3 : 1));
    else expect(found).toBe(expected);
  });

  it('of several eigenvalues is the least of theirs, and the closed form -2 Re λ/|λ|² for Euler, to 1e-9', () => {
    const value = fc.record({
      re: fc.double({ min: -3, max: -0.01, noNaN: true }),
      im: fc.double({ min: -3, max: 3, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 6 }), (eigenvalues) => {
        const expected = Math.min(...eigenvalues.map(({ re, im }) => (-2 * re) / (re * re + im * im)));
        expect(Math.abs(largestStableStep({ eigenvalues, scheme: euler }) / expected - 1)).toBeLessThan(1e-9);
      }),
      { numRuns: 50, seed: 1 },
    );
  });
});

describe('checkDiscretisation', () => {
  it('reports |R|, margin, the room left and the critical criterion of a damped rotation', () => {
    const J = [
      [-0.2, -2],
      [2, -0.2],
    ];
    const report = checkDiscretisation({ jacobians: [J], scheme: euler, step: 0.05 });
    expect(report.largestModulus).toBeCloseTo(Math.hypot(1 - 0.01, 0.1), 14);
    expect(report.margin).toBeCloseTo(1 - Math.hypot(0.99, 0.1), 14);
    expect(report.largestStableStep).toBeCloseTo(0.4 / 4.04, 10);
    expect(report.stepRatio).toBeCloseTo(0.4 / 4.04 / 0.05, 8);
    expect(report.spectralAbscissa).toBeCloseTo(-0.2, 14);
    expect(report.criticality).toBeCloseTo(0.2 / Math.hypot(0.2, 2), 12);
    expect(report.holds).toBe(true);
    expect(checkDiscretisation({ jacobians: [J], scheme: euler, step: 0.1 }).verdict).toBe('fails');
    expect(checkDiscretisation({ jacobians: [J], scheme: euler, step: 0.1 }).summary).toMatch(
      /amplifies.*up to 0\.0990/,
    );
  });

  it('shows digits enough to tell |R| from 1 and the step from the largest one', () => {
    const slow = checkDiscretisation({ jacobians: [[[-1e-8]]], scheme: euler, step: 0.1 }).summary;
    expect(slow).toContain('damps every mode: max |R(Δt λ)| = 0.999999999 at');
    const long = checkDiscretisation({ jacobians: [[[-20]]], scheme: euler, step: 0.10001 }).summary;
    expect(long).toContain('max |R(Δt λ)| = 1.00020 at Δt = 0.10001; steps up to 0.10000 are stable');
  });

  it('takes the worst Jacobian along a trajectory, and is undecided on a mode that neither grows nor decays', () => {
    const jacobians = [[[-1]], [[-30]], [[-2]]];
    const report = checkDiscretisation({ jacobians, scheme: euler, step: 0.1 });
    expect(report.largestModulus).toBeCloseTo(2, 12);
    expect(report.worstEigenvalue.re).toBe(-30);
    expect(checkDiscretisation({ jacobians: [[[0]]], scheme: euler, step: 1 }).verdict).toBe('undecided');
    expect(checkDiscretisation({ jacobians: [[[-2]]], scheme: euler, step: 1 }).verdict).toBe('undecided');
  });

  it('agrees with the growth of the discretised linear system', () => {
    const J = [
      [-0.3, 2],
      [-2, -0.3],
    ];
    for (const step of [0.1, 0.14, 0.16, 0.3]) {
      const states = simulate({
        A: J,
        W: [
          [0, 0],
          [0, 0],
        ],
        start: [1, 0],
        step,
        steps: 200,
        scheme: euler,
      });
      const grew = Math.hypot(...states.at(-1)!) > 1;
      expect(checkDiscretisation({ jacobians: [J], scheme: euler, step }).holds).toBe(!grew);
    }
  });

  it.each([
    [
      'no Jacobian',
      () => checkDiscretisation({ jacobians: [], scheme: euler, step: 1 }),
      /at least one Jacobian/,
    ],
    ['a step of zero', () => checkDiscretisation({ jacobians: [[[1]]], scheme: euler, step: 0 }), /step/],
    [
      'an infinite step',
      () => checkDiscretisation({ jacobians: [[[1]]], scheme: euler, step: Infinity }),
      /step/,
    ],
    [
      'an implicit tableau',
      () => largestStableStep({ eigenvalues: [{ re: -1, im: 0 }], scheme: { a: [[1]], b: [1] } }),
      /strictly lower triangular/,
    ],
    [
      'weights that do not sum to 1',
      () => largestStableStep({ eigenvalues: [{ re: -1, im: 0 }], scheme: { a: [[]], b: [2] } }),
      /sum to 1, got 2/,
    ],
    [
      'a NaN eigenvalue',
      () => largestStableStep({ eigenvalues: [{ re: Number.NaN, im: 0 }], scheme: euler }),
      /finite eigenvalues/,
    ],
    ['no eigenvalue', () => largestStableStep({ eigenvalues: [], scheme: euler }), /got none/],
    [
      'a stability function that gives NaN',
      () =>
        largestStableStep({ eigenvalues: [{ re: -1, im: 0 }], scheme: () => ({ re: Number.NaN, im: 0 }) }),
      /NaN at/,
    ],
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrow(StabilityError);
    expect(run).toThrow(message);
  });
});

describe('the four planar systems of the AntisymmetricRNN paper', () => {
  const radius = (name: string, steps: number) => {
    const system = planarSystems.find((each) => each.name === name)!;
    return Math.hypot(...simulatePlanarSystem(system, { starts: [[0.5, -0.75]], steps })[0]!.at(-1)!);
  };
  const at = (name: string, step: number) => {
    const { W } = planarSystems.find((each) => each.name === name)!;
    return checkDiscretisation({ jacobians: flowJacobians({ W, states: [[0, 0]] }), scheme: euler, step });
  };

  it('leave, fall into, or circle the origin as their eigenvalues say', () => {
    expect(radius('unstable', 50)).toBeGreaterThan(3);
    expect(radius('stable', 50)).toBeLessThan(0.01);
  });

  it('undamped: Euler grows at any step, to radius 2.4 after 500 steps and 7.3 after 3000 (to 0.05)', () => {
    expect(at('rotation', 1e-4).largestStableStep).toBe(0);
    expect(at('rotation', 1e-4).verdict).toBe('fails');
    expect(Math.abs(radius('rotation', 500) - 2.4)).toBeLessThan(0.05);
    expect(Math.abs(radius('rotation', 3000) - 7.3)).toBeLessThan(0.05);
  });

  it('damped: violates the criterion at the origin, |R| = 1.0051 to 1e-4, yet settles on a cycle of radius 0.59', () => {
    expect(at('damped rotation', 0.1).largestModulus).toBeCloseTo(1.0051, 4);
    const late = [2000, 2005, 2010, 2015].map((steps) => radius('damped rotation', steps));
    expect(Math.min(...late)).toBeGreaterThan(0.55);
    expect(Math.max(...late)).toBeLessThan(0.63);
    // the closed form ω² ≤ γ(2 - εγ)/ε for the largest stable step: ε = 2γ/(γ² + ω²)
    expect(at('damped rotation', 0.1).largestStableStep).toBeCloseTo(0.3 / (0.15 ** 2 + 4), 10);
  });

  it('the largest step scales with the unit of time from 1e-300 to the largest number, to 1e-12', () => {
    const scheme = { a: [[]], b: [1] };
    for (const c of [1e-300, 1, 1e160, 1.7e308]) {
      const step = largestStableStep({ eigenvalues: [{ re: -c, im: c }], scheme });
      expect(Math.abs(step * c - 1)).toBeLessThan(1e-12);
    }
    const slow = [{ re: -Number.MIN_VALUE, im: 0 }];
    expect(() => largestStableStep({ eigenvalues: slow, scheme })).toThrow(/range of float64/);
    expect(largestStableStep({ eigenvalues: [...slow, { re: -1, im: 0 }], scheme })).toBeCloseTo(2, 12);
  });
});
