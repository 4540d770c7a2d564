import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBoundedReal } from '../src/bounded-real.js';
import {
  type ActivationLike,
  certifyContraction,
  certifyEulerContraction,
  checkTheorem1,
  StabilityError,
  simulate,
  verifyContraction,
} from '../src/index.js';
import { lureSystem } from '../src/lure.js';
import { lureForm } from '../src/lure-form.js';
import { gaussian, identity, seeds, symmetricSkew } from './random.js';

const euler = { a: [[]], b: [1] };

/** The Lipschitz RNN's family at a spread where some systems are certified and some are not. */
function randomSystem(seed: number, n: number) {
  const scale = 0.5 / Math.sqrt(n);
  return {
    A: symmetricSkew(gaussian(n, n, { seed, scale }), { beta: 0.7, gamma: 0.9 }),
    W: symmetricSkew(gaussian(n, n, { seed: seed + 1, scale }), { beta: 0.7, gamma: 0.1 }),
  };
}

/** Largest ‖δ(t)‖ / (overshoot e^(-rate t) ‖δ(0)‖) over two simulated trajectories. */
function worstExcess(
  system: { A: number[][]; W: number[][]; drive: number[]; activation?: ActivationLike },
  {
    rate,
    overshoot,
    step,
    seed,
    scheme,
  }: { rate: number; overshoot: number; step: number; seed: number; scheme?: typeof euler },
): number {
  const n = system.A.length;
  const [start, other] = gaussian(2, n, { seed, scale: 3 });
  const run = (from: number[]) =>
    simulate({ ...system, start: from, step, steps: 300, ...(scheme && { scheme }) });
  const one = run(start!);
  const two = run(other!);
  const distances = one.map((h, k) => Math.hypot(...h.map((x, i) => x - two[k]![i]!)));
  return Math.max(
    ...distances.map((x, k) => x / (overshoot * Math.exp(-rate * k * step) * distances[0]! + 1e-12)),
  );
}

describe('certifyContraction', () => {
  it.each([
    [1, 0.4, 0.6],
    [1, -3, 1],
    [0.3, -0.1, 0.3],
  ])('finds the exact rate min(a, a - w) of one unit to 2%%: a = %d, w = %d', (a, w, best) => {
    const found = certifyContraction({ A: [[-a]], W: [[w]] });
    expect(found.holds).toBe(true);
    if (!found.holds) return;
    expect(found.rate).toBeLessThan(best);
    expect(found.rate).toBeGreaterThan(0.98 * best);
  });

  it('takes the slopes from the Lipschitz constant and monotonicity: the exact rate of one unit, to 2%', () => {
    const rate = (options: object) => {
      const found = certifyContraction({ A: [[-1]], W: [[-0.5]], ...options });
      return found.holds ? found.rate : 0;
    };
    expect(rate({ lipschitzConstant: 0.25 })).toBeCloseTo(1, 1); // slopes [0, 1/4]: min(1, 1.125)
    expect(rate({ monotone: false })).toBeGreaterThan(0.98 * 0.5); // slopes [-1, 1]: 1 - 0.5
    expect(rate({ monotone: false })).toBeLessThan(0.5);
    expect(rate({ monotone: false, lipschitzConstant: 2.5 })).toBe(0); // 1 - 1.25 < 0
  });

  it('certifies every random system that meets Theorem 1 (a), and more', () => {
    let theorem = 0;
    let certified = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const system = randomSystem(7 * seed, 5);
      const { conditionA, premise } = checkTheorem1(system);
      const { holds } = certifyContraction({ ...system, multipliers: 'scalar', rateTolerance: 0.1 });
      if (premise.holds && conditionA.holds) {
        theorem++;
        expect(holds).toBe(true);
      }
      if (holds) certified++;
    }
    expect(theorem).toBeGreaterThan(0);
    expect(certified).toBeGreaterThan(2 * theorem);
  });

  it('is never contradicted: simulated tanh trajectories stay within overshoot · e^(-rate t), to 1e-6', () => {
    let certified = 0;
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 6 }), (seed, n) => {
        const system = randomSystem(seed, n);
        const found = certifyContraction(system);
        if (!found.holds) return;
        certified++;
        const drive = gaussian(1, n, { seed: seed + 2 })[0]!;
        const { rate, overshoot } = found;
        expect(
          worstExcess({ ...system, drive }, { rate, overshoot, step: 0.05, seed: seed + 3 }),
        ).toBeLessThan(1 + 1e-6);
      }),
      { numRuns: 30, seed: 5 },
    );
    expect(certified).toBeGreaterThan(5);
  });

  it('is never contradicted by a σ that is not monotone: sin, slopes in [-1, 1]', () => {
    let certified = 0;
    for (let seed = 1; seed <= 15; seed++) {
      const system = randomSystem(seed, 4);
      const found = certifyContraction({ ...system, monotone: false });
      if (!found.holds) continue;
      certified++;
      const sine = { value: Math.sin, derivative: Math.cos };
      const flow = { ...system, drive: gaussian(1, 4, { seed: seed + 2 })[0]!, activation: sine };
      const { rate, overshoot } = found;
      expect(worstExcess(flow, { rate, overshoot, step: 0.05, seed })).toBeLessThan(1 + 1e-6);
    }
    expect(certified).toBeGreaterThan(2);
  });

  it('diagonal multipliers certify what a scalar one cannot, and never less', () => {
    const A = identity(2, -1);
    const W = [
      [0, 8],
      [-0.02, 0],
    ];
    const scalar = certifyContraction({ A, W, multipliers: 'scalar' });
    const diagonal = certifyContraction({ A, W });
    expect(scalar.verdict).toBe('fails');
    expect(diagonal.holds && diagonal.multiplierKind).toBe('diagonal');
    for (let seed = 1; seed <= 10; seed++) {
      const system = randomSystem(seed, 4);
      const one = certifyContraction({ ...system, multipliers: 'scalar' });
      const many = certifyContraction(system);
      if (one.holds) expect(many.holds && many.rate >= 0.98 * one.rate).toBe(true);
    }
  });

  it('finds the best diagonal scaling of two units, within 3% of a search over all of them', () => {
    for (let seed = 1; seed <= 6; seed++) {
      const system = randomSystem(seed, 2);
      const lure = lureSystem('test', system);
      const form = lureForm('test', lure);
      const feasible = (rate: number) =>
        Array.from({ length: 121 }, (_, k) => Math.exp((k - 60) / 15)).some(
          (ratio) => isBoundedReal(form.stateSpace(rate, [1, ratio])).verdict === 'holds',
        );
      const found = certifyContraction(system);
      const rate = found.holds ? found.rate / lure.frequency : 0;
      const beyond = rate * 1.03 + 0.01;
      if (beyond < form.bound.rate) expect(feasible(beyond)).toBe(false);
    }
  });

  it('an infeasible inequality is an answer: a bistable system fails with a negative rate bound', () => {
    const found = certifyContraction({ A: identity(2, -1), W: identity(2, 1.5) });
    expect(found).toMatchObject({ holds: false, verdict: 'fails' });
    if (!found.holds) expect(found.rateBound).toBeCloseTo(-0.5, 12);
    expect(found.summary).toBe(
      'Not certified, since with σ of constant slope 1 distances grow at the rate 0.500.',
    );
  });

  it.each([
    ['neither fall nor grow, to rounding', 1, undefined, 1],
    ['grow at the rate 1.00e-7', 1 + 1e-7, undefined, 1],
    ['fall at the rate 0.500 only, and 0.7 is asked for', 0.5, 0.7, 1],
    ['fall at the rate 0.49999 only, and 0.5 is asked for', 0.50001, 0.5, 1],
    ['fall at the rate 0.5 that is asked for and no faster, to rounding', 0.5, 0.5, 1],
    ['fall at the rate 5.00e-8 only, and 7e-8 is asked for', 0.5, 0.7, 1e-7],
  ])('says of a bound that distances %s', (words, gain, rate, pace) => {
    const system = { A: [[-pace]], W: [[gain * pace]], ...(rate !== undefined && { rate: rate * pace }) };
    expect(certifyContraction(system).summary).toContain(`distances ${words}.`);
  });

  it.each([
    [0.9, 'holds'],
    [1, 'undecided'],
    [1.1, 'fails'],
  ])('a loop gain of %d: Hamiltonian eigenvalues off, on and across the axis give %s', (gain, verdict) => {
    const rotation = [
      [0, gain],
      [-gain, 0],
    ];
    expect(certifyContraction({ A: identity(2, -1), W: rotation, monotone: false }).verdict).toBe(verdict);
  });

  it.each([
    [0.99, 'holds'],
    [1, 'undecided'],
    [1.001, 'fails'],
  ])('the same for a gain of %d that peaks away from frequency 0', (gain, verdict) => {
    const A = [
      [-1, 5],
      [-5, -1],
    ];
    const W = [
      [0, gain],
      [-gain, 0],
    ];
    expect(certifyContraction({ A, W, monotone: false }).verdict).toBe(verdict);
  });

  it('is undecided at the very boundary of linear stability', () => {
    expect(certifyContraction({ A: [[-1]], W: [[1]] }).verdict).toBe('undecided');
  });

  it('certifies a given rate, refuses one beyond the bound, and treats W = 0 as the linear system it is', () => {
    const system = { A: identity(2, -1), W: identity(2, 0.5) };
    const found = certifyContraction({ ...system, rate: 0.3 });
    expect(found.holds && found.rate).toBe(0.3);
    expect(certifyContraction({ ...system, rate: 0.51 }).verdict).toBe('fails');
    const linear = certifyContraction({
      A: [
        [-1, 5],
        [0, -2],
      ],
      W: identity(2, 0),
    });
    expect(linear.holds && linear.rate).toBeGreaterThan(0.95);
  });

  it('certifies 128 units', () => {
    const system = {
      A: symmetricSkew(gaussian(128, 128, { seed: 1, scale: 0.02 }), { beta: 0.75, gamma: 0.8 }),
      W: symmetricSkew(gaussian(128, 128, { seed: 2, scale: 0.05 }), { beta: 0.75, gamma: 0.1 }),
    };
    const found = certifyContraction({ ...system, rate: 0.01, multipliers: 'scalar' });
    expect(checkTheorem1(system).holds).toBe(false);
    expect(found.holds && found.margin > 100 * found.tolerance).toBe(true);
  });
});

describe('certifyEulerContraction', () => {
  it.each([
    [1, 0.4, 0.1],
    [1, -3, 0.4],
    [2, 0.5, 0.9],
  ])(
    'finds the exact factor max(|1 - εa|, |1 - ε(a - w)|) of one unit to 0.02: a = %d, w = %d, ε = %d',
    (a, w, step) => {
      const best = Math.max(Math.abs(1 - step * a), Math.abs(1 - step * (a - w)));
      const found = certifyEulerContraction({ A: [[-a]], W: [[w]], step });
      expect(found.holds).toBe(true);
      if (!found.holds) return;
      expect(found.factor).toBeGreaterThan(best);
      expect(found.factor).toBeLessThan(best + 0.02);
    },
  );

  it('is never contradicted: Euler runs stay within overshoot · factorᵏ, to 1e-9', () => {
    let certified = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const n = 2 + (seed % 4);
      const system = randomSystem(11 * seed, n);
      const step = 0.1 + 0.05 * (seed % 5);
      const found = certifyEulerContraction({ ...system, step });
      if (!found.holds) continue;
      certified++;
      const flow = { ...system, drive: gaussian(1, n, { seed: seed + 2 })[0]! };
      const { rate, overshoot } = found;
      expect(worstExcess(flow, { rate, overshoot, step, seed, scheme: euler })).toBeLessThan(1 + 1e-9);
    }
    expect(certified).toBeGreaterThan(5);
  });

  it('refuses a step at which Euler is unstable although the flow is certified', () => {
    const system = {
      A: [
        [-1, 4],
        [-4, -1],
      ],
      W: identity(2, 0.1),
    };
    expect(certifyContraction(system).holds).toBe(true);
    expect(certifyEulerContraction({ ...system, step: 0.05 }).holds).toBe(true);
    expect(certifyEulerContraction({ ...system, step: 0.2 }).verdict).toBe('fails'); // |1 + 0.2(-1 + 4i)| > 1
  });

  it('approaches the rate of the flow as the step shrinks, to 3%', () => {
    const system = randomSystem(3, 4);
    const flow = certifyContraction(system);
    const map = certifyEulerContraction({ ...system, step: 1e-3 });
    expect(flow.holds && map.holds).toBe(true);
    if (flow.holds && map.holds) expect(Math.abs(map.rate / flow.rate - 1)).toBeLessThan(0.03);
  });
});

describe('verifyContraction', () => {
  const system = randomSystem(3, 4);
  const found = certifyContraction(system);
  if (!found.holds) throw new Error('the example must be certified');
  const { P, multipliers, rate } = found;

  it('accepts what the search returns, and refuses any part that is tampered with', () => {
    expect(verifyContraction({ ...system, P, multipliers, rate }).holds).toBe(true);
    expect(verifyContraction({ ...system, P, multipliers, rate: 1.1 * rate + 0.05 }).verdict).toBe('fails');
    expect(
      verifyContraction({ ...system, P: P.map((row) => row.map((x) => -x)), multipliers, rate }).verdict,
    ).toBe('fails');
    expect(verifyContraction({ ...system, P, multipliers: multipliers.map((x) => -x), rate }).verdict).toBe(
      'fails',
    );
    expect(verifyContraction({ ...system, P: identity(4), multipliers: [9, 9, 9, 9], rate }).verdict).toBe(
      'fails',
    );
    expect(
      verifyContraction({ ...system, W: system.W.map((row) => row.map((x) => 3 * x)), P, multipliers, rate })
        .holds,
    ).toBe(false);
  });

  it('counts negative slopes when σ is not monotone: -1 - 0.9 s decays at 0.1 only, for s in [-1, 1]', () => {
    const unit = { A: [[-1]], W: [[0.9]], monotone: false, P: [[1]] };
    for (const multiplier of [0.1, 0.5, 0.55, 0.6, 1, 10]) {
      const claim = { ...unit, multipliers: [multiplier], rate: 0.11 };
      expect(verifyContraction(claim).holds).toBe(false);
      expect(verifyContraction({ ...claim, step: 0.01 }).holds).toBe(false);
    }
    expect(verifyContraction({ ...unit, multipliers: [1 / 1.8], rate: 0.09 }).holds).toBe(true);
  });

  it('accepts an Euler certificate with its step, and not with a much longer one', () => {
    const map = certifyEulerContraction({ ...system, step: 0.1 });
    expect(map.holds).toBe(true);
    if (!map.holds) return;
    expect(verifyContraction({ ...system, ...map, step: 0.1 }).holds).toBe(true);
    expect(verifyContraction({ ...system, ...map, step: 3 }).holds).toBe(false);
  });

  it.each([
    [
      'sizes that differ',
      () => certifyContraction({ A: identity(2, -1), W: identity(3) }),
      /W of shape \[2, 2\]/,
    ],
    [
      'a negative rate',
      () => certifyContraction({ ...system, rate: -1 }),
      /rate to be a finite number, at least 0/,
    ],
    ['a NaN tolerance', () => certifyContraction({ ...system, rateTolerance: Number.NaN }), /rateTolerance/],
    [
      'a step of zero',
      () => certifyEulerContraction({ ...system, step: 0 }),
      /step to be a finite number, above 0/,
    ],
    [
      'unknown multipliers',
      () => certifyContraction({ ...system, multipliers: 'full' as never }),
      /'scalar' or 'diagonal'/,
    ],
    [
      'a P that is not symmetric',
      () => verifyContraction({ ...system, P: gaussian(4, 4, { seed: 1 }), multipliers, rate }),
      /P to be symmetric/,
    ],
    [
      'too few multipliers',
      () => verifyContraction({ ...system, P, multipliers: [1], rate }),
      /length 4, got length 1/,
    ],
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrow(StabilityError);
    expect(run).toThrow(message);
  });
});
