import { describe, expect, test } from 'vitest';
import {
  ExplodingTrajectoryError,
  gruSystem,
  henon,
  LyapunovError,
  lstmSystem,
  lyapunovSpectrum,
  type MeanExponentOptions,
  meanExponent,
  rnnSystem,
  type VolumeSystem,
} from '../src/index.js';

const matrix = (rows: number, columns: number, scale: number): number[][] =>
  Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (__, j) => scale * Math.sin(1.3 * i * i + 2.7 * j + 0.4 * i * j + 1)),
  );

const [units, inputDim, time] = [6, 2, 60];
const inputs = Array.from({ length: 3 }, (_, b) =>
  Array.from({ length: time }, (__, t) => [Math.sin(t + b), Math.cos(0.7 * t - b)]),
);
const weights = (gates: number) => ({
  kernel: matrix(inputDim, gates * units, 0.6),
  recurrentKernel: matrix(units, gates * units, 0.7),
});
const average = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

describe('the mean of a full spectrum, within 1e-10', () => {
  test.each<[string, VolumeSystem & Parameters<typeof lyapunovSpectrum>[0]]>([
    ['vanilla RNN', rnnSystem(weights(1))],
    ['residual RNN', rnnSystem({ ...weights(1), carry: 1, epsilon: 0.2 })],
    ['LSTM', lstmSystem(weights(4))],
    ['LSTM, hidden only', lstmSystem({ ...weights(4), hiddenOnly: true })],
    ['GRU', gruSystem(weights(3))],
  ])('%s, over a batch, with its standard error', (_, system) => {
    const options = { inputs, warmup: 10, steps: 40 };
    const { exponents, perTrajectory } = lyapunovSpectrum(system, options);
    const found = meanExponent(system, options);
    expect(Math.abs(found.mean - average(exponents))).toBeLessThan(1e-10);
    const means = perTrajectory.map(average);
    found.perTrajectory.forEach((value, b) => {
      expect(Math.abs(value - means[b]!)).toBeLessThan(1e-10);
    });
    const spread = Math.sqrt(means.reduce((sum, v) => sum + (v - average(means)) ** 2, 0) / 2 / 3);
    expect(Math.abs(found.standardError - spread)).toBeLessThan(1e-10);
  });

  test('Hénon: log 0.3 / 2 at every step, so without scatter, to 1e-12', () => {
    const { mean, standardError } = meanExponent(henon(), { steps: 500, warmup: 20 });
    expect(Math.abs(mean - Math.log(0.3) / 2)).toBeLessThan(1e-12);
    expect(standardError).toBeLessThan(1e-12);
  });
});

describe('samples', () => {
  const scalar: VolumeSystem = {
    dimension: 1,
    step: ([h]) => [h! + 1],
    logDeterminant: ([h]) => h!,
  };

  test('lie evenly in the counted steps: of times 10 to 29, five are the middles of fifths', () => {
    const seen: number[] = [];
    const watched = { ...scalar, logDeterminant: ([h]: number[]) => seen.push(h!) };
    meanExponent(watched, { warmup: 10, steps: 20, samples: 5 });
    expect(seen).toEqual([12, 16, 20, 24, 28]);
  });

  test('are all steps by default, and no more than there are, to 1e-12', () => {
    for (const samples of [undefined, 20, 1000]) {
      expect(meanExponent(scalar, { warmup: 10, steps: 20, samples }).mean).toBeCloseTo(19.5, 12);
    }
  });

  test('one has no standard error', () => {
    expect(meanExponent(scalar, { steps: 1 }).standardError).toBe(Infinity);
  });
});

test('a singular Jacobian: -Infinity, not NaN', () => {
  const flat: VolumeSystem = {
    dimension: 2,
    step: ([x]) => [0.5 * x!, 0],
    jacobian: () => [
      [0.5, 0],
      [0, 0],
    ],
  };
  expect(meanExponent(flat, { steps: 5 })).toMatchObject({ mean: -Infinity, standardError: Infinity });
});

describe('refuses', () => {
  const good = rnnSystem(weights(1));
  test.each<[string, unknown, MeanExponentOptions, RegExp]>([
    ['no system', undefined, {}, /a map with step, and jacobian or logDeterminant, got undefined/],
    ['a flow', { dimension: 1, field: () => [0], jacobian: () => [[0]] }, {}, /the map of one step/],
    ['no steps', good, {}, /steps, since there are no inputs/],
    ['half a step', good, { steps: 1.5 }, /steps/],
    ['a warm-up as long as the inputs', good, { inputs, warmup: time }, /at least 60 \+ 1 steps.*got 60/],
    ['more steps than inputs', good, { inputs, warmup: 10, steps: 51 }, /at least 10 \+ 51 steps.*got 60/],
    ['no sample', good, { inputs, samples: 0 }, /samples/],
    [
      'two starts for three sequences',
      good,
      { inputs, initialState: matrix(2, units, 1) },
      /2 initial states and 3/,
    ],
    ['a start of another length', good, { inputs, initialState: [1, 2] }, /of length 6/],
    [
      'a step of another length',
      { dimension: 2, step: () => [1], logDeterminant: () => 0 },
      { steps: 2 },
      /2 numbers/,
    ],
    [
      'a Jacobian of another shape',
      { dimension: 2, step: () => [1, 1], jacobian: () => [[1]] },
      { steps: 2 },
      /2 x 2/,
    ],
    ['no dimension', { step: (h: number[]) => h, logDeterminant: () => 0 }, { steps: 2 }, /the dimension of/],
    [
      'log |det J| of NaN',
      { dimension: 1, step: () => [1], logDeterminant: () => Number.NaN },
      { steps: 2 },
      /logDeterminant to return a number, or -Infinity, got NaN/,
    ],
    [
      'a Jacobian with NaN',
      { dimension: 1, step: () => [1], jacobian: () => [[Number.NaN]] },
      { steps: 2 },
      /a finite Jacobian/,
    ],
  ])('%s', (_, system, options, message) => {
    const run = () => meanExponent(system as VolumeSystem, options);
    expect(run).toThrow(LyapunovError);
    expect(run).toThrow(message);
  });

  test('states that explode, with the step', () => {
    const growing: VolumeSystem = {
      dimension: 1,
      step: ([h]) => [1e200 * (h! + 1)],
      logDeterminant: () => 0,
    };
    expect(() => meanExponent(growing, { steps: 5 })).toThrow(ExplodingTrajectoryError);
    expect(() => meanExponent(growing, { steps: 5 })).toThrow(/after step 2 of trajectory 0/);
  });
});

describe('Jacobians that are singular', () => {
  const constant = (J: number[][]) => ({ dimension: J.length, step: (h: number[]) => h, jacobian: () => J });

  test('to rounding have the mean -Infinity, as the spectrum has; near ones their logarithm, to 1e-12', () => {
    const left = [0.3, 0.9, -0.4];
    const singular = left.map((a) => [a * 0.7, a * -0.2, a * 0.3]);
    expect(meanExponent(constant(singular), { steps: 5 })).toMatchObject({ mean: -Infinity, resolved: 0 });
    const graded = [
      [0.5, 1e17],
      [0, 0.4],
    ];
    const turned = [
      [0.4, 0],
      [1e17, 0.5],
    ];
    for (const J of [graded, turned]) {
      const { mean, resolved } = meanExponent(constant(J), { steps: 5 });
      expect(Math.abs(mean - Math.log(0.2) / 2)).toBeLessThan(1e-12);
      expect(resolved).toBe(1);
    }
  });
});
