import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  antisymmetric,
  cayley,
  contractive,
  exponential,
  kronecker,
  NotDifferentiableError,
  nearestOrthogonal,
  projectSpectralNorm,
  softOrthogonalityPenalty,
  symmetricSkew,
} from '../src/index.js';
import { backends, contracted, largestDifference } from './backends.js';

type Map = (x: tf.Tensor) => tf.Tensor;
const units = 4;
const triangle = [6];
const square = [units, units];
const signs = cayley.signs({ units, negatives: 1 });

const smooth: { name: string; shape: number[]; f: Map }[] = [
  {
    name: 'symmetricSkew',
    shape: square,
    f: (x) => symmetricSkew(x as tf.Tensor2D, { beta: 0.7, gamma: 0.1 }),
  },
  {
    name: 'antisymmetric',
    shape: triangle,
    f: (x) => antisymmetric(x as tf.Tensor1D, { units, gamma: 0.1 }),
  },
  { name: 'cayley', shape: triangle, f: (x) => cayley(x as tf.Tensor1D, { units, signs }) },
  { name: 'exponential', shape: triangle, f: (x) => exponential(x as tf.Tensor1D, { units }) },
  {
    name: 'exponential, squared three times',
    shape: triangle,
    f: (x) => tf.tidy(() => exponential(tf.mul(x, 4) as tf.Tensor1D, { units })),
  },
  {
    name: 'kronecker',
    shape: [12],
    f: (x) => tf.tidy(() => kronecker(tf.split(tf.reshape(x, [6, 2]), [2, 3, 1]) as tf.Tensor2D[])),
  },
  { name: 'softOrthogonalityPenalty', shape: square, f: (x) => softOrthogonalityPenalty(x as tf.Tensor2D) },
];
const once = [
  ...smooth,
  {
    name: 'contractive',
    shape: square,
    f: (x: tf.Tensor) => contractive(x as tf.Tensor2D, { epsilon: 0.9 }),
  },
];

/** d/ds g(x + s direction) at 0, by central differences of fourth order: the step is large because g is float32. */
function directional(g: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, direction: tf.Tensor): number {
  const step = 0.01;
  const at = (s: number) => g(tf.add(x, tf.mul(direction, s * step))).dataSync()[0]!;
  return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step);
}

describe.each(backends)('gradients on %s', (backend) => {
  beforeAll(() => tf.setBackend(backend));

  it.each(once)('$name: equals central differences to 1e-3 of its size', ({ shape, f }) => {
    tf.tidy(() => {
      const x = tf.randomNormal(shape, 0, 0.8, 'float32', 5);
      const loss = contracted(f, tf.randomNormal(f(x).shape, 0, 1, 'float32', 6));
      const gradient = tf.grad(loss)(x);
      const size = tf.norm(gradient).dataSync()[0]!;
      expect(size).toBeGreaterThan(0.1);
      for (const seed of [7, 8, 9]) {
        const direction = tf.randomNormal(shape, 0, 1, 'float32', seed);
        const slope = tf.sum(tf.mul(gradient, direction)).dataSync()[0]!;
        expect(Math.abs(slope - directional(loss, x, direction))).toBeLessThan(1e-3 * size);
      }
    });
  });

  it.each(smooth.slice(2))(
    '$name: second derivative equals differences of the gradient to 2e-3 of its size',
    ({ shape, f }) => {
      tf.tidy(() => {
        const x = tf.randomNormal(shape, 0, 0.8, 'float32', 15);
        const weights = tf.randomNormal(shape, 0, 1, 'float32', 17);
        const loss = contracted(f, tf.randomNormal(f(x).shape, 0, 1, 'float32', 16));
        const slope = (x: tf.Tensor) => tf.sum(tf.mul(tf.grad(loss)(x), weights)) as tf.Scalar;
        const second = tf.grad(slope)(x);
        const size = tf.norm(second).dataSync()[0]!;
        expect(size).toBeGreaterThan(0.1);
        const direction = tf.randomNormal(shape, 0, 1, 'float32', 18);
        const curvature = tf.sum(tf.mul(second, direction)).dataSync()[0]!;
        expect(Math.abs(curvature - directional(slope, x, direction))).toBeLessThan(2e-3 * size);
      });
    },
  );

  it('contractive refuses a second derivative instead of dropping a term', () => {
    const A = tf.randomNormal([3, 3], 0, 1, 'float32', 1);
    const first = (x: tf.Tensor) => tf.grad((y) => tf.sum(tf.square(contractive(y as tf.Tensor2D))))(x);
    expect(() => tf.grad((x) => tf.sum(first(x)))(A)).toThrow(NotDifferentiableError);
  });

  it('projections refuse a gradient', () => {
    const M = tf.randomNormal([3, 3], 0, 1, 'float32', 1);
    expect(() => tf.grad((x) => tf.sum(nearestOrthogonal(x as tf.Tensor2D)))(M)).toThrow(
      NotDifferentiableError,
    );
    expect(() => tf.grad((x) => tf.sum(projectSpectralNorm(x as tf.Tensor2D, 0.1)))(M)).toThrow(
      NotDifferentiableError,
    );
  });
});

describe('backends', () => {
  it.each(once)('$name: all backends agree to 1e-5 in value and gradient', async ({ shape, f }) => {
    const results = [];
    for (const backend of backends) {
      await tf.setBackend(backend);
      const x = tf.randomNormal(shape, 0, 0.8, 'float32', 25);
      const loss = contracted(f, tf.randomNormal(f(x).shape, 0, 1, 'float32', 26));
      results.push([f(x).arraySync(), tf.grad(loss)(x).arraySync()]);
    }
    for (const result of results) expect(largestDifference(results[0], result)).toBeLessThan(1e-5);
  });
});

describe('memory', () => {
  it.each(once)('$name: leaves nothing but its result, forward and backward', async ({ shape, f }) => {
    await tf.setBackend('wasm');
    const x = tf.randomNormal(shape, 0, 0.8, 'float32', 35);
    const before = tf.memory().numTensors;
    f(x).dispose();
    expect(tf.memory().numTensors).toBe(before);
    tf.grad((y) => tf.sum(tf.square(f(y))))(x).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('projections leave nothing but their result', async () => {
    await tf.setBackend('wasm');
    const M = tf.randomNormal<tf.Rank.R2>([4, 4], 0, 1, 'float32', 35);
    const before = tf.memory().numTensors;
    nearestOrthogonal(M).dispose();
    projectSpectralNorm(M, 0.5).dispose();
    projectSpectralNorm(M, 500).dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(M.isDisposed).toBe(false);
  });
});
