import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clipSingularValues,
  endToEndJacobian,
  infinityNorm,
  linearContractionFactor,
  lstmContractionFactor,
  lstmMap,
  projectLSTM,
  projectRowsToL1Ball,
  residualContractionFactor,
  StabilityError,
  searchViolation,
  singularValues,
  spectralNorm,
  vanillaContractionFactor,
  vanillaMap,
} from '../src/index.js';
import { gap } from './fixture.js';
import { gaussian, identity, seeds } from './random.js';

const lstm = (seed: number, { units = 3, inputs = 2, scale = 1 } = {}) => ({
  kernel: gaussian(inputs, 4 * units, { seed, scale }),
  recurrentKernel: gaussian(units, 4 * units, { seed: seed + 1, scale }),
  bias: gaussian(1, 4 * units, { seed: seed + 2, scale: 0.3 })[0]!,
});

describe('linear and vanilla contraction factors', () => {
  it('are stable below 1 beyond rounding only: at 1 - 1e-12, not at 1 - 1e-16', () => {
    const factor = (value: number) => vanillaContractionFactor({ W: identity(3, value) });
    expect(factor(1 - 1e-12).stable).toBe(true);
    expect(factor(1 - 1e-16)).toMatchObject({ stable: false, margin: 2 ** -53 });
    expect(residualContractionFactor({ A: [[-1]], W: [[1 - 1e-16]], step: 0.5 }).stable).toBe(false);
  });

  it('are ‖W‖₂ and L‖W‖₂, and the adversary comes within 1% of them but not above', () => {
    for (let seed = 1; seed <= 4; seed++) {
      const W = gaussian(3, 3, { seed, scale: 0.5 });
      const U = gaussian(3, 2, { seed: seed + 1 });
      const { factor, norm } = linearContractionFactor({ W });
      expect(factor).toBeCloseTo(spectralNorm(W), 14);
      const linear = searchViolation(vanillaMap({ W, U, activation: 'linear' }), {
        factor,
        norm,
        inputBound: 1,
      });
      expect(linear.violated).toBe(false);
      expect(linear.worstRatio).toBeGreaterThan(0.99 * factor);
      const tanh = searchViolation(vanillaMap({ W, U }), { factor, norm, inputBound: 1 });
      expect(tanh.violated).toBe(false);
      expect(tanh.worstRatio).toBeGreaterThan(0.9 * factor);
      expect(vanillaContractionFactor({ W, lipschitzConstant: 0.25 }).factor).toBeCloseTo(factor / 4, 14);
    }
  });

  it('the adversary finds a violation of a factor that is 5% too small', () => {
    const W = gaussian(3, 3, { seed: 1, scale: 0.5 });
    const claim = { factor: 0.95 * spectralNorm(W), norm: '2', inputBound: 1 } as const;
    const found = searchViolation(
      vanillaMap({ W, U: gaussian(3, 2, { seed: 2 }), activation: 'linear' }),
      claim,
    );
    expect(found.violated).toBe(true);
  });
});

describe('lstmContractionFactor', () => {
  it('has the closed form of one unit, to 1e-14, with the gates in the order i, f, c, o', () => {
    const report = lstmContractionFactor({
      kernel: [[0.7, 0.2, 0.9, 0.8]],
      recurrentKernel: [[0.1, -0.05, 0.06, 0.2]],
      bias: [5, -0.3, 5, 5],
      inputBound: 2,
    });
    const forget = 1 / (1 + Math.exp(-(0.05 + 0.4 + 0.3)));
    expect(report.forgetBound).toBeCloseTo(forget, 14);
    expect(report.factor).toBeCloseTo(forget + 0.05 / (4 * (1 - forget)) + 0.06 + 0.1 / 4 + 0.2 / 4, 14);
    expect(report.rowNorms).toEqual({ i: 0.1, f: 0.05, c: 0.06, o: 0.2 });
  });

  it('follows hard gates: slope 1/5, closed form to 1e-14, and no certificate when a gate may saturate', () => {
    const weights = {
      kernel: [[0.7, 0.2, 0.9, 0.8]],
      recurrentKernel: [[0.1, -0.05, 0.06, 0.2]],
      recurrentActivation: 'hardSigmoid',
    } as const;
    const forget = 0.5 + 0.2 * (0.05 + 0.4);
    const report = lstmContractionFactor({ ...weights, inputBound: 2 });
    expect(report.factor).toBeCloseTo(forget + (0.2 * 0.05) / (1 - forget) + 0.06 + 0.2 * 0.3, 14);
    expect(lstmContractionFactor({ ...weights, inputBound: 20 })).toMatchObject({
      factor: Infinity,
      stable: false,
    });
    const projected = projectLSTM({ ...weights, inputBound: 20 });
    expect(
      lstmContractionFactor({ ...projected, recurrentActivation: 'hardSigmoid', inputBound: 20 })
        .conditionsHold,
    ).toBe(true);
    const map = lstmMap({ ...projected, recurrentActivation: 'hardSigmoid', cellBound: 3 });
    expect(searchViolation(map, { factor: 1, norm: 'infinity', inputBound: 20, restarts: 5 }).violated).toBe(
      false,
    );
  });

  it('sums over rows of W (columns of the recurrent kernel), not the other way round', () => {
    const zero = [[0, 0, 0, 0, 0, 0, 0, 0]];
    // row 0 of W_c is (0.3, 0.3); its columns have l1-norm 0.3 only
    const recurrentKernel = [
      [0, 0, 0, 0, 0.3, 0, 0, 0],
      [0, 0, 0, 0, 0.3, 0, 0, 0],
    ];
    expect(lstmContractionFactor({ kernel: zero, recurrentKernel, inputBound: 1 }).rowNorms.c).toBeCloseTo(
      0.6,
      15,
    );
  });

  it('the published conditions imply a factor below 1', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0.01, max: 0.2, noNaN: true }), (seed, scale) => {
        const report = lstmContractionFactor({ ...lstm(seed, { scale }), inputBound: 1 });
        if (report.conditionsHold) expect(report.stable).toBe(true);
      }),
      { numRuns: 200, seed: 6 },
    );
  });

  it('projected LSTMs of any size meet the conditions, and no adversary breaks their factor', () => {
    for (let seed = 1; seed <= 6; seed++) {
      const inputBound = seed / 2;
      const stable = projectLSTM({ ...lstm(seed, { scale: 3 }), inputBound });
      const report = lstmContractionFactor({ ...stable, inputBound });
      expect(report.conditionsHold).toBe(true);
      expect(report.forgetBound).toBeLessThanOrEqual(0.64);
      const map = lstmMap({ ...stable, cellBound: 1 / (1 - report.forgetBound) });
      const found = searchViolation(map, { ...report, inputBound, restarts: 10 });
      expect(found.violated).toBe(false);
      expect(found.worstRatio).toBeGreaterThan(0.3);
    }
  });

  it('the adversary finds an expanding pair in an unprojected LSTM of large weights', () => {
    const weights = lstm(1, { scale: 3 });
    expect(lstmContractionFactor({ ...weights, inputBound: 1 }).stable).toBe(false);
    const found = searchViolation(lstmMap({ ...weights, cellBound: 3 }), {
      factor: 1,
      norm: 'infinity',
      inputBound: 1,
    });
    expect(found.violated).toBe(true);
  });

  it('projecting columns of W instead of its rows does not certify; projecting rows does', () => {
    const n = 12;
    const zero = Array.from({ length: n }, () => Array<number>(n).fill(0));
    // every column of W_c has l1-norm 0.05, row 0 has 12 times that
    const W = zero.map((row, i) => row.map(() => (i === 0 ? 0.05 : 0)));
    const kernelOf = (Wc: number[][]) =>
      zero.map((_, j) => [...zero[j]!, ...zero[j]!, ...Wc.map((row) => row[j]!), ...zero[j]!]);
    const report = (Wc: number[][]) =>
      lstmContractionFactor({
        kernel: [Array<number>(4 * n).fill(0)],
        recurrentKernel: kernelOf(Wc),
        inputBound: 1,
      });
    expect(report(W).conditionsHold).toBe(false);
    expect(report(projectRowsToL1Ball(W, 0.05)).conditionsHold).toBe(true);
  });

  it('lstmMap is one tf.layers step: closed form of one unit, to 1e-15', () => {
    const map = lstmMap({
      kernel: [[0.1, 0.2, 0.3, 0.4]],
      recurrentKernel: [[0.5, 0.6, 0.7, 0.8]],
      bias: [0, 1, 0, 0],
      cellBound: 3,
    });
    const [c, h, x] = [0.4, -0.2, 0.9];
    const logistic = (z: number) => 1 / (1 + Math.exp(-z));
    const cell =
      logistic(0.6 * h + 0.2 * x + 1) * c + logistic(0.5 * h + 0.1 * x) * Math.tanh(0.7 * h + 0.3 * x);
    const hidden = logistic(0.8 * h + 0.4 * x) * Math.tanh(cell);
    expect(
      gap([Array.from(map.step(Float64Array.of(c, h), Float64Array.of(x)))], [[cell, hidden]]),
    ).toBeLessThan(1e-15);
  });

  it.each([
    [
      'a kernel that is not an LSTM',
      () => lstmContractionFactor({ kernel: [[1, 2]], recurrentKernel: [[1, 2]], inputBound: 1 }),
      /4·units/,
    ],
    ['a negative input bound', () => lstmContractionFactor({ ...lstm(1), inputBound: -1 }), /inputBound/],
    [
      'a bias of another length',
      () => lstmContractionFactor({ ...lstm(1), bias: [1], inputBound: 1 }),
      /bias of length 12/,
    ],
    [
      'a forget bound that leaves no room',
      () => projectLSTM({ ...lstm(1), inputBound: 1, forgetBound: 0.51 }),
      /σ⁻¹/,
    ],
    ['a negative radius', () => projectRowsToL1Ball([[1]], -1), /radius/],
    ['an infinite bound', () => clipSingularValues([[1]], Infinity), /bound/],
    [
      'a Lipschitz constant of zero',
      () => vanillaContractionFactor({ W: [[1]], lipschitzConstant: 0 }),
      /lipschitzConstant/,
    ],
    [
      'no climbing budget',
      () =>
        searchViolation(vanillaMap({ W: [[1]], U: [[1]] }), {
          factor: 1,
          norm: '2',
          inputBound: 1,
          restarts: 0,
        }),
      /restarts/,
    ],
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrow(StabilityError);
    expect(run).toThrow(message);
  });
});

describe('projections', () => {
  it('clip singular values at the bound and keep the others, to 1e-13; inside, nothing changes', () => {
    for (const [rows, columns] of [
      [4, 4],
      [5, 3],
      [3, 5],
    ] as const) {
      const W = gaussian(rows, columns, { seed: 3 });
      const expected = singularValues(W).map((x) => Math.min(x, 1.2));
      expect(gap([singularValues(clipSingularValues(W, 1.2))], [expected])).toBeLessThan(1e-13);
      expect(clipSingularValues(W, 100)).toEqual(W);
    }
  });

  it('no point of the l1-ball is nearer than the projection (variational inequality to 1e-12)', () => {
    const vector = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(vector, vector, fc.double({ min: 0.1, max: 4, noNaN: true }), (row, other, radius) => {
        const projected = projectRowsToL1Ball([row], radius)[0]!;
        const size = other.reduce((sum, x) => sum + Math.abs(x), 0);
        const inside = other.map((x) => (size > radius ? (x * radius) / size : x));
        expect(infinityNorm([projected])).toBeLessThanOrEqual(radius * (1 + 1e-12));
        const product = row.reduce(
          (sum, x, i) => sum + (x - projected[i]!) * (inside[i]! - projected[i]!),
          0,
        );
        expect(product).toBeLessThan(1e-12);
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  it('rows projected onto the l1-ball are exact at its edges: radius 0, ratios of 1e16, 1e308, subnormals', () => {
    const least = Number.MIN_VALUE;
    expect(
      projectRowsToL1Ball(
        [
          [3, 0],
          [0, 0],
          [-2, 2],
        ],
        0,
      ),
    ).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(projectRowsToL1Ball([[1e16, 1]], 1)).toEqual([[1, 0]]);
    expect(projectRowsToL1Ball([[-1e300, 1e-300]], 1e-200)).toEqual([[-1e-200, 0]]);
    expect(projectRowsToL1Ball([[1e308, 1e308, -1e308]], 3)).toEqual([[1, 1, -1]]);
    expect(projectRowsToL1Ball([[1.7e308, 1.7e308]], 1.7e308)).toEqual([[0.85e308, 0.85e308]]);
    expect(projectRowsToL1Ball([[6 * least, -2 * least]], 4 * least)).toEqual([[4 * least, 0]]);
    expect(projectRowsToL1Ball([[6 * least, -4 * least]], 4 * least)).toEqual([[3 * least, -least]]);
    expect(projectRowsToL1Ball([[0.1, 0.2]], 0.1 + 0.2)).toEqual([[0.1, 0.2]]);
  });

  it('projected rows meet the KKT conditions at every scale: one threshold θ, and l1-norm radius to n ε', () => {
    const entry = fc.tuple(
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.constantFrom(1e-300, 1e-16, 1e-8, 1e-3, 1, 1, 1, 1e8, 1e16),
    );
    const rows = fc.array(entry, { minLength: 1, maxLength: 30 });
    const radii = fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(0, 1e-200, 1e-16, 1e-3, 1, 10, 1e8),
    );
    fc.assert(
      fc.property(rows, radii, fc.integer({ min: -280, max: 280 }), (pairs, [share, size], k) => {
        const row = pairs.map(([x, y]) => x * y * 10 ** k);
        const radius = share * size * 10 ** k;
        const projected = projectRowsToL1Ball([row], radius)[0]!;
        const norm = (v: number[]) =>
          v
            .map(Math.abs)
            .sort((a, b) => a - b)
            .reduce((sum, x) => sum + x, 0);
        const rounding = 4 * row.length * Number.EPSILON;
        expect(norm(projected)).toBeLessThanOrEqual(radius * (1 + rounding));
        if (norm(row) <= radius * (1 - rounding)) {
          expect(projected).toEqual(row);
          return;
        }
        const least = row.length * 2 ** -1074; // rounding of results that are subnormal
        expect(norm(projected)).toBeGreaterThanOrEqual(radius * (1 - rounding) - least);
        // |x| - |p| is θ where p is not 0, and at most θ where it is, to rounding
        const taken = row.map((x, i) => Math.abs(x) - Math.abs(projected[i]!));
        const kept = taken.filter((_, i) => projected[i] !== 0);
        const theta = Math.max(...(kept.length > 0 ? kept : taken));
        taken.forEach((t, i) => {
          const tolerance = rounding * (Math.abs(row[i]!) + radius) + least;
          if (projected[i] !== 0) expect(theta - t).toBeLessThanOrEqual(rounding * theta + tolerance);
          else expect(t).toBeLessThanOrEqual(theta + rounding * theta + tolerance);
          expect(projected[i]! * row[i]!).toBeGreaterThanOrEqual(0);
        });
      }),
      { numRuns: 1000 },
    );
  });

  it('clipped matrices have σ = min(σ, bound), to 1e-13 of σ₁, for bounds from 1e-12 to 1 and ranks below full', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: -12, max: 0 }),
        (seed, rank, k) => {
          const [left, right] = [gaussian(7, rank, { seed }), gaussian(rank, 5, { seed: seed + 1 })];
          const W = left.map((row) =>
            right[0]!.map((_, j) => row.reduce((sum, x, r) => sum + x * right[r]![j]!, 0)),
          );
          const sigma = singularValues(W);
          const bound = 10 ** k * sigma[0]!;
          const clipped = singularValues(clipSingularValues(W, bound));
          clipped.forEach((value, i) => {
            expect(Math.abs(value - Math.min(sigma[i]!, bound))).toBeLessThan(
              1e-13 * bound + 1e-14 * sigma[0]! * 10 ** k + 1e-15 * sigma[0]!,
            );
          });
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('endToEndJacobian', () => {
  it('of a rotation with damping: log singular values T log r, moduli mean r^T and spread 0, to 1e-12', () => {
    const r = 0.9;
    const J = [
      [r * Math.cos(1), -r * Math.sin(1)],
      [r * Math.sin(1), r * Math.cos(1)],
    ];
    const report = endToEndJacobian(Array.from({ length: 50 }, () => J));
    for (const value of [...report.logSingularValues, ...report.logModuli])
      expect(value).toBeCloseTo(50 * Math.log(r), 10);
    expect(report.meanModulus / r ** 50).toBeCloseTo(1, 10);
    expect(report.stdModulus / r ** 50).toBeLessThan(1e-10);
    expect(report.logNorms).toHaveLength(50);
    expect(report.logNorms[9]).toBeCloseTo(10 * Math.log(r) + Math.log(2) / 2, 12);
  });

  it('matches the plain product where that is possible, and the order of time matters, to 1e-12', () => {
    const steps = [gaussian(3, 3, { seed: 1 }), gaussian(3, 3, { seed: 2 }), gaussian(3, 3, { seed: 3 })];
    const multiply = (x: number[][], y: number[][]) =>
      x.map((row) => y[0]!.map((_, j) => row.reduce((s, v, k) => s + v * y[k]![j]!, 0)));
    const product = multiply(steps[2]!, multiply(steps[1]!, steps[0]!));
    const { matrix, logScale } = endToEndJacobian(steps);
    expect(
      gap(
        matrix.map((row) => row.map((x) => x * Math.exp(logScale))),
        product,
      ),
    ).toBeLessThan(1e-12);
  });

  it('of an LSTM is the derivative of the whole run: central differences to 1e-8', () => {
    const map = lstmMap({ ...lstm(5, { scale: 0.7 }), cellBound: 5 });
    const inputs = gaussian(6, 2, { seed: 9 }).map((x) => Float64Array.from(x));
    const start = Float64Array.from(gaussian(1, 6, { seed: 10, scale: 0.5 })[0]!);
    const difference = (run: (state: Float64Array) => Float64Array, at: Float64Array) => {
      const columns = Array.from(at, (_, j) => {
        const moved = (by: number) => run(at.map((x, i) => (i === j ? x + by : x)));
        const [up, down] = [moved(1e-5), moved(-1e-5)];
        return Array.from(up, (x, i) => (x - down[i]!) / 2e-5);
      });
      return columns[0]!.map((_, i) => columns.map((column) => column[i]!));
    };
    const steps: number[][][] = [];
    let state: Float64Array = start;
    for (const x of inputs) {
      steps.push(difference((h) => map.step(h, x), state));
      state = map.step(state, x);
    }
    const whole = difference((h) => inputs.reduce((s: Float64Array, x) => map.step(s, x), h), start);
    const { matrix, logScale, logModuli } = endToEndJacobian(steps);
    expect(
      gap(
        matrix.map((row) => row.map((x) => x * Math.exp(logScale))),
        whole,
      ),
    ).toBeLessThan(1e-8);
    expect(logModuli).toHaveLength(6);
  });

  it('neither overflows nor underflows over 20 000 steps: logs finite, exact to 1e-9 relative', () => {
    for (const rate of [3, 1 / 3]) {
      const report = endToEndJacobian(Array.from({ length: 20_000 }, () => identity(2, rate)));
      expect(Math.abs(report.logModuli[0]! / (20_000 * Math.log(rate)) - 1)).toBeLessThan(1e-9);
      expect(Math.abs(report.logMeanModulus / (20_000 * Math.log(rate)) - 1)).toBeLessThan(1e-9);
    }
    expect(endToEndJacobian(Array.from({ length: 20_000 }, () => identity(2, 3))).meanModulus).toBe(Infinity);
  });

  it('says how many singular values it resolves, and survives a product that is zero', () => {
    const steps = Array.from({ length: 60 }, () => [
      [1, 0],
      [0, 0.5],
    ]);
    expect(endToEndJacobian(steps).resolved).toBe(1);
    const nilpotent = [
      [0, 1],
      [0, 0],
    ];
    expect(endToEndJacobian([nilpotent, nilpotent])).toMatchObject({
      logScale: -Infinity,
      meanModulus: 0,
      resolved: 0,
    });
  });

  it('refuses no step and sizes that differ', () => {
    expect(() => endToEndJacobian([])).toThrow(/at least one step/);
    expect(() => endToEndJacobian([identity(2), identity(3)])).toThrow(
      /stepJacobians\[1\] of shape \[2, 2\]/,
    );
  });
});
