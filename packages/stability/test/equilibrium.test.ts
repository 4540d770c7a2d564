import { describe, expect, it } from 'vitest';
import { ConvergenceError, findEquilibrium, SingularSystemError, StabilityError } from '../src/index.js';
import { fixture, gap, spectrumGap } from './fixture.js';
import { gaussian, identity } from './random.js';

describe('findEquilibrium', () => {
  it('matches the fixture: point and Jacobian to 1e-13, eigenvalues to 1e-12', () => {
    const { A, W, drive, ...expected } = fixture.equilibrium;
    const found = findEquilibrium({ A, W, drive });
    expect(gap([found.equilibrium], [expected.equilibrium])).toBeLessThan(1e-13);
    expect(gap(found.jacobian, expected.jacobian)).toBeLessThan(1e-13);
    const values = expected.eigenvalues.re.map((re, i) => ({ re, im: expected.eigenvalues.im[i]! }));
    expect(spectrumGap(found.eigenvalues, values)).toBeLessThan(1e-12);
    expect(found.residual).toBeLessThan(1e-14);
    expect(found.classification).toBe('attracting');
  });

  it('its Jacobian is the central difference of the field, to 1e-9', () => {
    const A = gaussian(4, 4, { seed: 1, scale: 0.2 }).map((row, i) =>
      row.map((x, j) => x - (i === j ? 2 : 0)),
    );
    const W = gaussian(4, 4, { seed: 2, scale: 0.4 });
    const drive = [0.3, -0.5, 0.2, 0.7];
    const { equilibrium, jacobian } = findEquilibrium({ A, W, drive });
    const field = (h: number[]) =>
      A.map((row, i) => {
        const dot = (r: number[]) => r.reduce((sum, x, j) => sum + x * h[j]!, 0);
        return dot(row) + Math.tanh(dot(W[i]!) + drive[i]!);
      });
    const numeric = jacobian.map((row, i) =>
      row.map((_, j) => {
        const shifted = (by: number) => equilibrium.map((x, k) => (k === j ? x + by : x));
        return (field(shifted(1e-5))[i]! - field(shifted(-1e-5))[i]!) / 2e-5;
      }),
    );
    expect(gap(jacobian, numeric)).toBeLessThan(1e-9);
  });

  it.each([
    ['attracting', identity(2, -1), identity(2, 0.5)],
    ['repelling', identity(2, -1), identity(2, 3)],
    [
      'saddle',
      identity(2, -1),
      [
        [3, 0],
        [0, 0.5],
      ],
    ],
    [
      'centre',
      identity(2, -1),
      [
        [1, 2],
        [-2, 1],
      ],
    ],
    [
      'undecided',
      identity(2, -1),
      [
        [1, 0],
        [0, 0.5],
      ].map((row) => row.map((x) => x * (1 + 1e-15))),
    ],
  ])('calls the origin %s', (kind, A, W) => {
    // started on the equilibrium: a singular Jacobian there does not matter
    expect(findEquilibrium({ A, W }).classification).toBe(kind);
  });

  it('finds the wing h = tanh(2h) of the bistable unit from a start on its side, to 1e-12', () => {
    const { equilibrium } = findEquilibrium({ A: [[-1]], W: [[2]], start: [1] });
    expect(Math.abs(equilibrium[0]! - Math.tanh(2 * equilibrium[0]!))).toBeLessThan(1e-12);
    expect(equilibrium[0]).toBeCloseTo(0.957504, 6);
  });

  it('takes A as zero when absent: dh/dt = tanh(W h + c) rests at -W⁻¹c', () => {
    const { equilibrium } = findEquilibrium({
      W: [
        [0, 2],
        [-2, 0],
      ],
      drive: [1, 3],
    });
    expect(gap([equilibrium], [[1.5, -0.5]])).toBeLessThan(1e-12);
  });

  it('is a typed error when the Jacobian is singular, when no equilibrium exists, and on bad input', () => {
    expect(() => findEquilibrium({ W: [[0]], drive: [1] })).toThrow(SingularSystemError);
    expect(() =>
      findEquilibrium({
        A: [[0]],
        W: [[1]],
        drive: [0],
        activation: { value: (x) => x * x + 1, derivative: (x) => 2 * x },
        start: [3],
      }),
    ).toThrow(ConvergenceError);
    expect(() => findEquilibrium({ A: identity(2), W: identity(3) })).toThrow(/A of shape \[3, 3\]/);
    expect(() => findEquilibrium({ W: identity(2), drive: [1] })).toThrow(/drive of length 2, got length 1/);
    expect(() => findEquilibrium({ W: identity(2), drive: [1, Number.NaN] })).toThrow(/drive\[1\] = NaN/);
    expect(() => findEquilibrium({ W: identity(2), start: [1] })).toThrow(/start of length 2/);
    expect(() => findEquilibrium({ W: identity(2), tolerance: 0 })).toThrow(/tolerance/);
    expect(() => findEquilibrium({ W: identity(2), maxIterations: 1.5 })).toThrow(StabilityError);
    expect(() => findEquilibrium({ W: identity(2), activation: 'swish' as never })).toThrow(/one of tanh/);
  });
});
