import { describe, expect, it } from 'vitest';
import { checkTheorem1, StabilityError } from '../src/index.js';
import { fixture } from './fixture.js';
import { identity } from './random.js';

const systemOf = ({ A, W, lipschitzConstant }: (typeof fixture.theorem1)[number]) => ({
  A,
  W,
  lipschitzConstant,
});

describe('checkTheorem1', () => {
  it.each(fixture.theorem1.map((c) => [c.label, c] as const))(
    'gives the fixture outcome, figures to 1e-13: %s',
    (_, c) => {
      const { premise, conditionA, conditionB, holds, verdict } = checkTheorem1(systemOf(c));
      const expected = c.report;
      expect(premise.maxEigAsym).toBeCloseTo(expected.premise.maxEigAsym, 13);
      expect(premise.sigmaMinW).toBeCloseTo(expected.premise.sigmaMinW, 13);
      expect(conditionA.sigmaMinAsym).toBeCloseTo(expected.a.sigmaMinAsym, 13);
      expect(conditionA.M_sigmaMaxW).toBeCloseTo(expected.a.M_sigmaMaxW, 13);
      expect(conditionB.maxEigWplusWT).toBeCloseTo(expected.b.maxEigWplusWT, 13);
      expect(conditionB.minEigATWplusWTA).toBeCloseTo(expected.b.minEigATWplusWTA, 13);
      expect({ premise: premise.holds, a: conditionA.holds, b: conditionB.holds, holds }).toEqual({
        premise: expected.premise.holds,
        a: expected.a.holds,
        b: expected.b.holds,
        holds: expected.holds,
      });
      expect(holds).toBe(verdict === 'holds');
    },
  );

  it('margins are signed distances in the theorem units', () => {
    const { premise, conditionA, conditionB } = checkTheorem1({
      A: identity(2, -3),
      W: identity(2, -1),
      lipschitzConstant: 2,
    });
    expect(premise.margin).toBeCloseTo(1, 14); // σ_min(W) = 1 is tighter than -λ_max(A_sym) = 3
    expect(conditionA.margin).toBeCloseTo(1, 14); // 3 - 2·1
    expect(conditionB.margin).toBeCloseTo(2, 14); // -λ_max(W + Wᵀ) = 2, λ_min(AᵀW + WᵀA) = 6
    const failing = checkTheorem1({ A: identity(2, -1), W: identity(2, 3) });
    expect(failing.conditionA.margin).toBeCloseTo(-2, 14);
    expect(failing.conditionB.margin).toBeCloseTo(-6, 14);
    expect(failing.verdict).toBe('fails');
  });

  it('is undecided, and does not hold, when (a) is an equality to rounding', () => {
    const tie = checkTheorem1({ A: identity(3, -0.3), W: identity(3, 0.1 + 0.2) });
    expect(tie.conditionA.verdict).toBe('undecided');
    expect(tie.conditionA.holds).toBe(false);
    expect(tie.holds).toBe(false);
    expect(tie.summary).toMatch(/undecided|does not apply/);
    const clear = checkTheorem1({ A: identity(3, -0.3 - 1e-12), W: identity(3, 0.3) });
    expect(clear.conditionA.verdict).toBe('holds');
  });

  it('is undecided on a critical premise and on a numerically singular W, and fails on W = 0', () => {
    const skew = [
      [0, 1],
      [-1, 0],
    ];
    expect(checkTheorem1({ A: skew, W: identity(2) }).premise.verdict).toBe('undecided');
    const singular = [
      [0.1, 0.2],
      [0.3, 0.6],
    ];
    expect(checkTheorem1({ A: identity(2, -9), W: singular }).premise.verdict).toBe('undecided');
    expect(checkTheorem1({ A: identity(2, -9), W: identity(2, 0) }).premise.verdict).toBe('fails');
  });

  it('does not grant (b) to an activation that is not monotone', () => {
    const c = fixture.theorem1.find(({ label }) => label === 'holds by (b) alone')!;
    expect(checkTheorem1({ ...systemOf(c), monotone: false }).holds).toBe(false);
    expect(checkTheorem1({ ...systemOf(c), monotone: false }).summary).toMatch(/not monotone/);
  });

  it('says in one sentence what holds and why', () => {
    const { summary } = checkTheorem1({ A: identity(2, -3), W: identity(2, 1) });
    expect(checkTheorem1({ A: identity(2, -1), W: identity(2, 3) }).summary).toMatch(
      /\(a\) .* fails by 2\.00; \(b\) .* fails by 6\.00\.$/,
    );
    expect(checkTheorem1({ A: identity(2, 1), W: identity(2, 3) }).summary).toMatch(
      /the premise fails: .* fails by 1\.00\.$/,
    );
    expect(checkTheorem1({ A: identity(2, 0), W: identity(2, 3) }).summary).toMatch(
      /the premise fails: λ_max\(A_sym\) < 0 fails, since it is an equality\.$/,
    );
    expect(summary).toMatch(/^Globally exponentially stable .*\(a\).*margin of 2\.00\.$/);
  });

  it.each([
    ['sizes that differ', { A: identity(2, -1), W: identity(3) }, /W of shape \[2, 2\], got \[3, 3\]/],
    ['a rectangular A', { A: [[1, 2]], W: identity(1) }, /A to be square/],
    ['a NaN in W', { A: identity(1), W: [[Number.NaN]] }, /finite numbers in W/],
    [
      'a Lipschitz constant of zero',
      { A: identity(1), W: identity(1), lipschitzConstant: 0 },
      /above 0, got 0/,
    ],
    [
      'an infinite Lipschitz constant',
      { A: identity(1), W: identity(1), lipschitzConstant: Infinity },
      /Infinity/,
    ],
  ])('refuses %s', (_, input, message) => {
    expect(() => checkTheorem1(input)).toThrow(StabilityError);
    expect(() => checkTheorem1(input)).toThrow(message);
  });
});
