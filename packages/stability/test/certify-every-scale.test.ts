import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  certifyContraction,
  certifyEulerContraction,
  checkTheorem1,
  verifyContraction,
} from '../src/index.js';
import { lureSystem } from '../src/lure.js';
import { lureForm } from '../src/lure-form.js';
import { bestCandidate, QUESTIONS } from '../src/multiplier-search.js';
import { gaussian, identity, seeds } from './random.js';

interface Fixture {
  readonly systems: {
    readonly id: string;
    readonly A: number[][];
    readonly W: number[][];
    readonly flow: { readonly verdict: string; readonly rate: number; readonly unreachable?: number };
    readonly map: { readonly step: number; readonly verdict: string; readonly unreachable?: number };
  }[];
}

const { systems } = JSON.parse(
  readFileSync(new URL('./fixtures/certificates.json', import.meta.url), 'utf8'),
) as Fixture;

const times = (M: number[][], c: number): number[][] => M.map((row) => row.map((x) => c * x));

/** T M T⁻¹ with T diagonal. */
const inUnits = (M: number[][], t: readonly number[]): number[][] =>
  M.map((row, i) => row.map((x, j) => (t[i]! * x) / t[j]!));

/** A triangular pair, upper or lower, that meets Theorem 1 (a) by `margin` times its size. */
function triangularPair(seed: number, n: number, margin: number) {
  const scale = 1 / Math.sqrt(n);
  const triangle = (M: number[][]) =>
    M.map((row, i) => row.map((x, j) => ((seed % 2 === 0 ? j >= i : j <= i) ? x : 0)));
  const A = triangle(gaussian(n, n, { seed, scale }));
  const W = triangle(gaussian(n, n, { seed: seed + 1, scale: scale / 2 }));
  const { conditionA, premise } = checkTheorem1({ A, W });
  const shift = premise.maxEigAsym + conditionA.M_sigmaMaxW;
  const lowered = A.map((row, i) =>
    row.map((x, j) => (i === j ? x - shift - margin * (1 + Math.abs(shift)) : x)),
  );
  return { A: lowered, W };
}

const meetsA = (system: { A: number[][]; W: number[][]; lipschitzConstant?: number; monotone?: boolean }) => {
  const { premise, conditionA } = checkTheorem1(system);
  return conditionA.holds && premise.inequalities[0]!.verdict === 'holds';
};

describe('Theorem 1 (a) implies a certificate', () => {
  it('of the two-unit system with A = [[-1, 0], [1/2, -1]] and W = I/10', () => {
    const A = [
      [-1, 0],
      [0.5, -1],
    ];
    const found = certifyContraction({ A, W: identity(2, 0.1) });
    expect(found.holds && found.rate).toBeGreaterThan(0.8); // no rate above 0.9 = 1 - 0.1 exists
  });

  it('of 200 random triangular systems, margins from 1e-13 to 1, up to 8 units', () => {
    let met = 0;
    for (let k = 0; met < 200; k++) {
      const system = triangularPair(1000 + k, 2 + (k % 7), 10 ** (-13 * ((k * 0.618) % 1)));
      if (!meetsA(system)) continue;
      met++;
      const found = certifyContraction({ ...system, multipliers: k % 3 === 0 ? 'diagonal' : 'scalar' });
      expect(found.holds).toBe(true);
      if (found.holds) expect(verifyContraction({ ...system, ...found }).holds).toBe(true);
    }
  });

  it('of one of 32 units, full, of any slopes, right beyond the rounding error of (a)', () => {
    for (const monotone of [true, false]) {
      for (const lipschitzConstant of [0.25, 1]) {
        const n = 32;
        const W = gaussian(n, n, { seed: 5, scale: 0.1 });
        const skew = gaussian(n, n, { seed: 6, scale: 0.3 });
        const { conditionA } = checkTheorem1({ A: identity(n, -1), W, lipschitzConstant });
        const edge = conditionA.M_sigmaMaxW + 1.5 * conditionA.tolerance;
        const A = skew.map((row, i) => row.map((x, j) => (i === j ? -edge : x - skew[j]![i]!)));
        const system = { A, W, lipschitzConstant, monotone };
        if (!meetsA(system)) continue;
        const found = certifyContraction({ ...system, multipliers: 'scalar' });
        expect(found.holds).toBe(true);
        if (found.holds) expect(verifyContraction({ ...system, ...found }).holds).toBe(true);
      }
    }
  });
});

describe('a triangular system, however far from normal', () => {
  it('of 8 units, -1 on the diagonal, 2 above, W = I/10: 98% of the exact rate 0.9', () => {
    const A = identity(8, -1).map((row, i) => row.map((x, j) => (j > i ? 2 : x)));
    const system = { A, W: identity(8, 0.1) };
    const found = certifyContraction(system);
    expect(found.holds && found.rate).toBeGreaterThan(0.98 * 0.9);
    expect(found.holds && found.rate).toBeLessThan(0.9);
    if (found.holds) expect(verifyContraction({ ...system, ...found }).holds).toBe(true);
  });

  it('of up to 24 units: 98% of the exact rate -max(aᵢᵢ, aᵢᵢ + wᵢᵢ), and never more; the same for Euler', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 24 }), (seed, n) => {
        const upper = (M: number[][], diagonal: (x: number) => number) =>
          M.map((row, i) => row.map((x, j) => (j > i ? x : j < i ? 0 : diagonal(x))));
        const A = upper(gaussian(n, n, { seed, scale: 2 }), (x) => -0.5 - Math.abs(x));
        const W = upper(gaussian(n, n, { seed: seed + 1, scale: 2 }), (x) => -Math.abs(x) + 0.1);
        const rates = A.map((row, i) => -Math.max(row[i]!, row[i]! + W[i]![i]!));
        const exact = Math.min(...rates);
        const found = certifyContraction({ A, W });
        expect(found.holds && found.rate).toBeGreaterThan(0.98 * exact);
        expect(found.holds && found.rate).toBeLessThan(exact);
        const step = 0.02;
        const factors = A.flatMap((row, i) => [1 + step * row[i]!, 1 + step * (row[i]! + W[i]![i]!)]);
        const best = -Math.log(Math.max(...factors.map(Math.abs))) / step;
        const map = certifyEulerContraction({ A, W, step });
        expect(map.holds && map.rate).toBeGreaterThan(0.98 * best);
        expect(map.holds && map.rate).toBeLessThan(best);
      }),
      { numRuns: 12 },
    );
  });
});

describe('the search ends', () => {
  it('after at most QUESTIONS questions to the Hamiltonian and to responses, on systems that are hard for it', () => {
    for (const n of [3, 8, 12]) {
      for (const [diagonal, coupling] of [
        [-1, 2],
        [-1e-3, 50],
        [-1, -1e4],
      ] as const) {
        const A = identity(n, diagonal).map((row, i) => row.map((x, j) => (j > i ? coupling : x)));
        A[n - 1]![0] = 1e-9;
        const form = lureForm('test', lureSystem('test', { A, W: identity(n, 0.1) }));
        let questions = 0;
        const watched: typeof form = {
          ...form,
          stateSpace: (...args) => {
            questions++;
            return form.stateSpace(...args);
          },
          response: (...args) => {
            questions++;
            return form.response(...args);
          },
        };
        bestCandidate(watched, { multipliers: 'diagonal', rateTolerance: 1e-6 });
        expect(questions).toBeLessThanOrEqual(QUESTIONS);
      }
    }
  });
});

describe('systems with independent semidefinite programmes', () => {
  it.each(systems.map((each) => [each.id, each] as const))(
    '%s: certified exactly when a quadratic certificate exists, never beyond what is proved unreachable',
    (_, { A, W, flow, map }) => {
      const found = certifyContraction({ A, W });
      expect(found.holds).toBe(flow.verdict === 'contracting');
      if (found.holds) expect(found.rate).toBeLessThan(flow.unreachable ?? Infinity);
      const { step } = map;
      const stepped = certifyEulerContraction({ A, W, step });
      expect(stepped.holds).toBe(map.verdict === 'contracting');
      if (stepped.holds) expect(stepped.factor).toBeGreaterThan(map.unreachable ?? 0);
    },
  );
});

describe('verdicts do not depend on units', () => {
  const powers = fc.constantFrom(-300, -150, -30, -6, 6, 30, 150, 280);
  const some = fc.constantFrom(...systems.filter(({ A }) => A.length <= 5));

  it('of time: c (A, W) has c times the rate, to 1e-9 for c = 2^k; its Euler map with step/c the same factor', () => {
    fc.assert(
      fc.property(some, powers, ({ A, W, map }, power) => {
        const c = 2 ** Math.round(power * 3.32);
        const scaled = { A: times(A, c), W: times(W, c) };
        const [one, other] = [certifyContraction({ A, W }), certifyContraction(scaled)];
        expect(other.verdict).toBe(one.verdict);
        expect(other.rateBound / c / one.rateBound).toBeCloseTo(1, 9);
        if (one.holds && other.holds) expect(other.rate / c / one.rate).toBeCloseTo(1, 9);
        if (Math.abs(power) > 150) return; // ε²P leaves float64
        const { step } = map;
        const [map1, map2] = [
          certifyEulerContraction({ A, W, step }),
          certifyEulerContraction({ ...scaled, step: step / c }),
        ];
        expect(map2.verdict).toBe(map1.verdict);
        if (!map1.holds || !map2.holds) return;
        expect(map2.factor).toBeCloseTo(map1.factor, 9);
        expect(verifyContraction({ ...scaled, ...map2, step: step / c }).holds).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('of time, for c = 10^k: the same verdict, and verified in its own units', () => {
    fc.assert(
      fc.property(some, fc.constantFrom(-150, -6, -3, 3, 6, 150), ({ A, W }, power) => {
        const scaled = { A: times(A, 10 ** power), W: times(W, 10 ** power) };
        const found = certifyContraction(scaled);
        expect(found.verdict).toBe(certifyContraction({ A, W }).verdict);
        if (found.holds) expect(verifyContraction({ ...scaled, ...found }).holds).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('of states: T A T⁻¹, T W T⁻¹ has the same verdict for T diagonal from 1e-8 to 1e8', () => {
    fc.assert(
      fc.property(some, seeds, ({ A, W }, seed) => {
        const t = gaussian(1, A.length, { seed, scale: 4 })[0]!.map(
          (x) => 10 ** Math.max(-8, Math.min(8, x)),
        );
        const turned = { A: inUnits(A, t), W: inUnits(W, t) };
        const found = certifyContraction(turned);
        expect(found.holds).toBe(certifyContraction({ A, W }).holds);
        if (found.holds) expect(verifyContraction({ ...turned, ...found }).holds).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
