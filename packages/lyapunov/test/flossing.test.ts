import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients of tfjs's own operations
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  ExplodingTrajectoryError,
  flossing,
  LyapunovError,
  RankDeficientTangentError,
  type TangentPropagator,
} from '../src/flossing.js';
import { lyapunovSpectrum, rnnSystem } from '../src/index.js';
import { expectClose } from './expectations.js';
import { multiply, normalMatrix, normals } from './random.js';

type Matrix = number[][];

interface Weights {
  W: Matrix;
  kernel: Matrix;
}

const float32 = (matrix: Matrix): Matrix => matrix.map((row) => row.map(Math.fround));

/** h⁺ = act(W h + U x) and its tangent, in tfjs, for weights given as tensors. */
function propagatorOf(
  { W, kernel }: { W: tf.Tensor2D; kernel: tf.Tensor2D },
  activation: 'tanh' | 'linear' | 'relu' = 'tanh',
): TangentPropagator {
  const units = W.shape[0];
  const act: (x: tf.Tensor2D) => tf.Tensor2D = { tanh: tf.tanh, linear: tf.clone, relu: tf.relu }[activation];
  const slope = {
    tanh: (h: tf.Tensor) => tf.sub(1, tf.square(h)),
    linear: tf.onesLike,
    relu: (h: tf.Tensor) => tf.step(h),
  }[activation];
  return {
    stateSize: units,
    tangentSize: units,
    prepare: () => (from, x) => {
      const state: tf.Tensor2D = act(
        tf.add(tf.matMul(from.state, W, false, true), tf.matMul(x as tf.Tensor2D, kernel)),
      );
      const moved = tf.matMul(tf.reshape(from.tangents, [-1, units]), W, false, true);
      const tangents = tf.mul(tf.reshape(moved, from.tangents.shape), tf.expandDims(slope(state), 1));
      return { state, tangents: tangents as tf.Tensor3D };
    },
  };
}

const units = 6;
const normal = normals(11);
const weights: Weights = {
  W: float32(normalMatrix(units, units, 1.6 / Math.sqrt(units), normal)),
  kernel: float32(normalMatrix(2, units, 0.5, normal)),
};
const inputs = Array.from({ length: 2 }, () => float32(normalMatrix(30, 2, 1, normal)));
const tensors = ({ W, kernel }: Weights = weights) => ({ W: tf.tensor2d(W), kernel: tf.tensor2d(kernel) });

async function useBackend(name: 'cpu' | 'wasm'): Promise<void> {
  setWasmPaths(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  setThreadsCount(1);
  await tf.setBackend(name);
}

/** The largest entry of |a - b| relative to the largest of |b|. */
function expectNear(got: ArrayLike<number>, wanted: number[], relative: number): void {
  expectClose(got, wanted, relative * Math.max(...wanted.map(Math.abs)));
}

describe.each(['cpu', 'wasm'] as const)('flossing on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([
    {},
    { exponents: 3 },
    { exponents: 3, warmup: 7 },
    { warmup: 10, qrInterval: 3, exponents: 3 },
    { initialState: [0.3, -0.2, 0.1, 0.5, -0.4, 0.2] },
  ])('has the exponents of lyapunovSpectrum on the same trajectories, %j, to 2e-5', (options) => {
    const got = flossing(propagatorOf(tensors()), options).exponents(tf.tensor3d(inputs));
    const { exponents } = lyapunovSpectrum(rnnSystem(weights), { inputs, ...options });
    const sorted = Array.from(got.dataSync()).sort((a, b) => b - a);
    expectClose(sorted, exponents, 2e-5);
  });

  it('of c times a rotation are all log c, and the penalty has the derivative 2 log(c) / c, to 1e-6', () => {
    const rotation = tf.tensor2d([
      [Math.cos(1), -Math.sin(1)],
      [Math.sin(1), Math.cos(1)],
    ]);
    const kernel = tf.zeros<tf.Rank.R2>([1, 2]);
    const penalty = (c: tf.Tensor) =>
      flossing(propagatorOf({ W: tf.mul(rotation, c), kernel }, 'linear')).penalty(tf.zeros([1, 20, 1]));
    const { value, grad } = tf.valueAndGrad(penalty)(tf.scalar(1.3));
    expect(Math.abs(value.dataSync()[0]! - Math.log(1.3) ** 2)).toBeLessThan(1e-6);
    expect(Math.abs(grad.dataSync()[0]! - (2 * Math.log(1.3)) / 1.3)).toBeLessThan(1e-6);
  });

  it.each([{ warmup: 5 }, { warmup: 5, exponents: 4, target: -0.1 }, { qrInterval: 2, exponents: 3 }])(
    'has the penalty gradient of float64 central differences through 30 steps, %j, to 1e-4 of the largest entry',
    (options) => {
      const { target = 0, ...spectrum } = options;
      const { W, kernel } = tensors();
      const penalty = (W: tf.Tensor, kernel: tf.Tensor) =>
        flossing(propagatorOf({ W: W as tf.Tensor2D, kernel: kernel as tf.Tensor2D }), options).penalty(
          tf.tensor3d(inputs),
        );
      const gradients = tf
        .grads(penalty)([W, kernel])
        .map((gradient) => gradient.dataSync());
      const value = (at: Weights) =>
        meanSquare(lyapunovSpectrum(rnnSystem(at), { inputs, ...spectrum }), target);
      expectNear(gradients[0]!, differences('W', value), 1e-4);
      expectNear(gradients[1]!, differences('kernel', value), 1e-4);
    },
  );

  it('leaves out how the weights move the states without throughStates: central differences along the fixed trajectory, to 1e-4', () => {
    const options = { warmup: 5, throughStates: false };
    const penalty = (W: tf.Tensor) =>
      flossing(propagatorOf({ ...tensors(), W: W as tf.Tensor2D }), options).penalty(tf.tensor3d(inputs));
    const gradient = tf.grad(penalty)(tensors().W).dataSync();
    const base = rnnMap(weights);
    const value = (at: Weights) =>
      meanSquare(
        lyapunovSpectrum(
          { dimension: units, step: base.step, jacobian: rnnMap(at).jacobian },
          { inputs, warmup: 5 },
        ),
        0,
      );
    expectNear(gradient, differences('W', value), 1e-4);
  });

  it('brings all exponents of a network toward 0, from as far as -2, to 0.25, and leaves no tensor behind', () => {
    const { W, kernel } = tensors();
    const variable = tf.variable(W);
    const floss = flossing(propagatorOf({ W: variable as tf.Tensor2D, kernel: tf.mul(kernel, 0.2) }));
    const x = tf.tensor3d(inputs);
    const first = floss.exponents(x).dataSync();
    const optimizer = tf.train.adam(0.02);
    optimizer.minimize(() => floss.penalty(x));
    const before = tf.memory().numTensors;
    for (let epoch = 0; epoch < 80; epoch++) optimizer.minimize(() => floss.penalty(x));
    expect(tf.memory().numTensors).toBe(before);
    expect(Math.min(...first)).toBeLessThan(-2);
    expectClose(floss.exponents(x).dataSync(), new Array(units).fill(0), 0.25);
    variable.dispose();
  });

  it('refuses a tangent that loses a direction, says which and when, and follows the ones before it', () => {
    const normal = normals(5);
    const [left, right] = [normalMatrix(units, 2, 1, normal), normalMatrix(2, units, 1, normal)];
    const W = left.map((row) => right[0]!.map((_, j) => row[0]! * right[0]![j]! + row[1]! * right[1]![j]!));
    const propagator = propagatorOf(tensors({ ...weights, W }));
    const x = tf.tensor3d(inputs);
    const before = tf.memory().numTensors;
    expect(() => flossing(propagator).penalty(x)).toThrow(RankDeficientTangentError);
    expect(() => flossing(propagator, { exponents: 3 }).exponents(x)).toThrow(
      'direction 2 lost after step 1 of trajectory 0. Follow at most 2 exponents',
    );
    expect(tf.memory().numTensors).toBe(before);
    const two = flossing(propagator, { exponents: 2 }).exponents(x).dataSync();
    const { exponents } = lyapunovSpectrum(rnnSystem({ ...weights, W: float32(W) }), {
      inputs,
      exponents: 2,
    });
    expectClose(two, exponents, 2e-5);
  });

  it('takes fast contraction for what it is, not for a lost direction: rates down to 1e-30 per step, to 1e-5', () => {
    const rates = [1, 1e-10, 1e-20, 1e-30];
    const W = tf.tensor2d(rates.map((rate, i) => rates.map((_, j) => (i === j ? rate : 0))));
    const propagator = propagatorOf({ W, kernel: tf.zeros([1, 4]) }, 'linear');
    const got = flossing(propagator)
      .exponents(tf.zeros([1, 5, 1]))
      .dataSync();
    expectClose(
      Array.from(got, (x, i) => x - Math.log(rates[i]!)),
      [0, 0, 0, 0],
      1e-5,
    );
  });

  it('refuses states and tangents that overflow', () => {
    const W = tf.tensor2d([[1e30]]);
    const grow = flossing(propagatorOf({ W, kernel: tf.ones([1, 1]) }, 'relu'));
    expect(() => grow.penalty(tf.ones([1, 9, 1]))).toThrow(ExplodingTrajectoryError);
    const rare = flossing(propagatorOf({ W, kernel: tf.zeros([1, 1]) }, 'linear'), { qrInterval: 5 });
    expect(() => rare.penalty(tf.ones([1, 9, 1]))).toThrow('a finite tangent at every step');
  });
});

describe('flossing refuses', () => {
  beforeAll(() => useBackend('cpu'));
  const propagator = () => propagatorOf(tensors());

  it.each([
    [{ exponents: 7 }, 'at most 6 exponents, one per dimension of the state, got exponents: 7'],
    [{ exponents: 0 }, 'exponents as an integer of at least 1, got 0'],
    [{ warmup: -1 }, 'warmup as an integer of at least 0'],
    [{ qrInterval: 1.5 }, 'qrInterval as an integer of at least 1, got 1.5'],
    [{ target: Number.NaN }, 'target as a finite number, or one for each of the 6 exponents, got NaN'],
    [{ target: [0, 1] }, 'got [0, 1]'],
    [{ initialState: [1, 2] }, 'initialState of length 6'],
  ])('options %j', (options, message) => {
    expect(() => flossing(propagator(), options)).toThrow(LyapunovError);
    expect(() => flossing(propagator(), options)).toThrow(message);
  });

  it('something else than a propagator', () => {
    expect(() => flossing({} as TangentPropagator)).toThrow('Make one from a layer with tangentPropagator');
    expect(() => flossing(undefined as unknown as TangentPropagator)).toThrow(LyapunovError);
  });

  it.each([
    [[30], 'inputs as a tensor [batch, time, inputDim]'],
    [[1, 5, 2], 'inputs of more than 5 steps, the warm-up, got 5'],
  ])('inputs of shape %j', (shape, message) => {
    expect(() => flossing(propagator(), { warmup: 5 }).penalty(tf.zeros(shape))).toThrow(message);
  });

  it('as many initial states as there are no sequences', () => {
    const states = [0, 1, 2].map(() => new Array<number>(units).fill(0));
    expect(() => flossing(propagator(), { initialState: states }).penalty(tf.tensor3d(inputs))).toThrow(
      'one for each of the 2 input sequences, got 3',
    );
  });
});

function meanSquare({ exponents }: { exponents: number[] }, target: number): number {
  return exponents.reduce((sum, x) => sum + (x - target) ** 2, 0) / exponents.length;
}

/** Derivatives of `value` in each entry of one weight, by central differences of fourth order, in float64. */
function differences(name: keyof Weights, value: (at: Weights) => number): number[] {
  const h = 1e-5;
  return weights[name].flatMap((row, i) =>
    row.map((_, j) => {
      const moved = (by: number) =>
        value({
          ...weights,
          [name]: weights[name].map((r, k) => r.map((x, l) => (k === i && l === j ? x + by : x))),
        });
      return (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h);
    }),
  );
}

function rnnMap({ W, kernel }: Weights) {
  const step = (h: number[], x: number[]) =>
    multiply(W, h).map((v, i) => Math.tanh(v + x.reduce((sum, u, k) => sum + u * kernel[k]![i]!, 0)));
  const jacobian = (h: number[], x: number[]) => step(h, x).map((y, i) => W[i]!.map((w) => (1 - y * y) * w));
  return { step, jacobian };
}

describe('a frame that the warm-up loses', () => {
  beforeAll(() => useBackend('cpu'));

  const W = [
    [0.5, 0.1],
    [0.1, 0.8],
  ];
  const kernel = [[1, 1]];
  // At rest relu has slope 0, which loses everything; from the first input on W is the Jacobian.
  const x = [[0], [0], ...Array.from({ length: 38 }, () => [1])];
  const penaltyOf = (matrix: tf.Tensor2D, warmup: number) =>
    flossing(propagatorOf({ W: matrix, kernel: tf.tensor2d(kernel) }, 'relu'), { warmup }).penalty(
      tf.tensor3d([x]),
    );

  it('is whole again: log |eigenvalues of W| to 1e-5, with the gradient of the penalty to 1e-3', () => {
    const floss = flossing(propagatorOf(tensors({ W, kernel }), 'relu'), { warmup: 20 });
    const root = Math.sqrt(0.15 ** 2 + 0.1 ** 2);
    const logs = [Math.log(0.65 + root), Math.log(0.65 - root)];
    expectClose(floss.exponents(tf.tensor3d([x])).dataSync(), logs, 1e-5);
    const gradient = tf
      .grad((matrix) => penaltyOf(matrix as tf.Tensor2D, 20))(tf.tensor2d(W))
      .dataSync();
    const penalty = (matrix: number[][]): number => {
      const [a, b, c, d] = matrix.flat() as [number, number, number, number];
      const spread = Math.sqrt(((a - d) / 2) ** 2 + b * c);
      return (Math.log((a + d) / 2 + spread) ** 2 + Math.log((a + d) / 2 - spread) ** 2) / 2;
    };
    const step = 1e-5;
    const differences = [0, 1, 2, 3].map((k) => {
      const moved = (by: number) => W.map((row, i) => row.map((w, j) => (2 * i + j === k ? w + by : w)));
      return (penalty(moved(step)) - penalty(moved(-step))) / (2 * step);
    });
    expectNear(gradient, differences, 1e-3);
  });

  it('is refused after the warm-up', () => {
    expect(() => penaltyOf(tf.tensor2d(W), 1)).toThrow(RankDeficientTangentError);
  });

  it('keeps the gradient of what is left: one unit of two at rest, to 1e-4 of the same without the other', () => {
    // The second unit wakes after four steps; the first is active throughout, and only its weight moves.
    const late = [[1, 0], [1, 0], [1, 0], [1, 0], ...Array.from({ length: 16 }, () => [1, 1])];
    const gradientOf = (sequence: number[][], warmup: number) => {
      const U = tf.tensor2d([
        [1, 0],
        [0, 1],
      ]);
      const grad = tf.grad((w) => {
        const matrix = tf.mul(
          w as tf.Tensor2D,
          tf.tensor2d([
            [1, 0],
            [0, 1],
          ]),
        ) as tf.Tensor2D;
        return flossing(propagatorOf({ W: matrix, kernel: U }, 'relu'), { warmup }).penalty(
          tf.tensor3d([sequence]),
        );
      });
      return grad(
        tf.tensor2d([
          [0.7, 0],
          [0, 0.6],
        ]),
      ).dataSync();
    };
    expectNear(gradientOf(late, 8), Array.from(gradientOf(late.slice(4), 4)), 1e-4);
  });
});
