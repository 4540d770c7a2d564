import { describe, expect, it } from 'vitest';
import {
  finiteTimeExponents,
  henon,
  lyapunovSpectrum,
  lyapunovStepper,
  rnnSystem,
  untilStandardError,
} from '../src/index.js';
import { expectClose } from './expectations.js';
import { normalMatrix, normals } from './random.js';

const normal = normals(31);
const system = rnnSystem({ W: normalMatrix(4, 4, 0.7, normal), kernel: normalMatrix(1, 4, 1, normal) });
const inputs = normalMatrix(80, 1, 1, normal);

describe('lyapunovStepper', () => {
  it('fed one input at a time gives the spectrum of the whole sequence', () => {
    const stepper = lyapunovStepper(system, { qrInterval: 3 });
    for (const x of inputs.slice(0, 21)) stepper.push(x);
    stepper.discard();
    for (const x of inputs.slice(21)) stepper.push(x);
    expect(stepper.steps).toBe(59);
    const { exponents, perTrajectory } = lyapunovSpectrum(system, { inputs, warmup: 21, qrInterval: 3 });
    expect(stepper.estimate().exponents).toEqual(exponents);
    expect(stepper.estimate().perTrajectory).toEqual(perTrajectory);
  });

  it('can be read in between without changing the result, to 1e-13', () => {
    const stepper = lyapunovStepper(system, { qrInterval: 10 });
    for (const x of inputs) stepper.push(x).estimate();
    expectClose(stepper.estimate().exponents, lyapunovSpectrum(system, { inputs }).exponents, 1e-13);
  });

  it('starts anew after reset, also from other states', () => {
    const stepper = lyapunovStepper(henon());
    const first = stepper.run(500).estimate();
    expect(stepper.reset().run(500).estimate()).toEqual(first);
    const other = stepper.reset([0.2, -0.1]).run(500).estimate();
    expect(other.exponents).toEqual(
      lyapunovSpectrum(henon(), { initialState: [0.2, -0.1], steps: 500 }).exponents,
    );
    expect(other.exponents[0]).not.toBe(first.exponents[0]);
  });

  it('takes one input for all trajectories or one for each', () => {
    const each = lyapunovStepper(system, { batch: 2 });
    for (const x of inputs) each.push([x, x.map((v) => -v)]);
    const mirrored = inputs.map((x) => x.map((v) => -v));
    expect(each.estimate().exponents).toEqual(
      lyapunovSpectrum(system, { inputs: [inputs, mirrored] }).exponents,
    );
    const same = lyapunovStepper(system, { batch: 2 });
    for (const x of inputs) same.push(x);
    expect(same.estimate().standardError).toEqual([0, 0, 0, 0]);
    expect(same.currentStates()[0]).toEqual(same.currentStates()[1]);
  });
});

describe('finiteTimeExponents', () => {
  it('average over their windows to the spectrum, for windows of 1 and 7, to 1e-13', () => {
    for (const window of [1, 7]) {
      const rows = finiteTimeExponents(system, { inputs, warmup: 3, window })[0]!;
      expect(rows).toHaveLength(77 / window);
      const mean = rows[0]!.map((_, j) => rows.reduce((total, row) => total + row[j]! / rows.length, 0));
      const { exponents } = lyapunovSpectrum(system, { inputs, warmup: 3 });
      expectClose(
        mean.sort((a, b) => b - a),
        exponents,
        1e-13,
      );
    }
  });

  it('are log |f′(x)| along the orbit for a map of one variable, to 1e-14', () => {
    const local = finiteTimeExponents(
      { initialState: [0.3], step: ([x]) => [4 * x! * (1 - x!)], jacobian: ([x]) => [[4 - 8 * x!]] },
      { windows: 5 },
    )[0]!.flat();
    let x = 0.3;
    const wanted = local.map(() => {
      const value = Math.log(Math.abs(4 - 8 * x));
      x = 4 * x * (1 - x);
      return value;
    });
    expectClose(local, wanted, 1e-14);
  });
});

describe('untilStandardError', () => {
  it('stops at the tolerance, and the true exponent lies within 4 standard errors', () => {
    const report = untilStandardError(henon(), { standardError: 0.005, warmup: 100 });
    expect(report.converged).toBe(true);
    expect(report.stepsNeeded).toBe(report.steps);
    expect(Math.max(...report.standardError)).toBeLessThanOrEqual(0.005);
    expect(Math.abs(report.exponents[0]! - 0.4192)).toBeLessThan(4 * report.standardError[0]!);
    const early = lyapunovSpectrum(henon(), { steps: report.steps - 100, warmup: 100 });
    expect(Math.max(...early.standardError)).toBeGreaterThan(0.005);
  });

  it('says how many steps it would take when the inputs end first', () => {
    const report = untilStandardError(system, { inputs, standardError: 1e-4 });
    expect(report.converged).toBe(false);
    expect(report.steps).toBe(80);
    const worst = Math.max(...report.standardError);
    expect(report.stepsNeeded).toBe(Math.ceil(80 * (worst / 1e-4) ** 2));
  });
});

it('the standard error of one trajectory predicts the scatter of 40 others, within a factor 1.6', () => {
  const steps = 3000;
  const runs = Array.from({ length: 40 }, (_, i) =>
    lyapunovSpectrum(henon(), { steps, warmup: 50, initialState: [0.01 * i, 0.1], exponents: 1 }),
  );
  const mean = runs.reduce((total, { exponents }) => total + exponents[0]! / 40, 0);
  const scatter = Math.sqrt(
    runs.reduce((total, { exponents }) => total + (exponents[0]! - mean) ** 2, 0) / 39,
  );
  const predicted = runs.reduce((total, { standardError }) => total + standardError[0]! / 40, 0);
  expect(predicted / scatter).toBeGreaterThan(1 / 1.6);
  expect(predicted / scatter).toBeLessThan(1.6);
});
