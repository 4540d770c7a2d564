import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { Matrix } from 'ml-matrix';
import { beforeAll, describe, expect, it } from 'vitest';
import { exponential, NotInImageError, ParameterisationError } from '../src/index.js';
import { backends, largestDifference } from './backends.js';

const float32 = Math.fround;

/** exp of a host matrix in float64: Taylor to degree 20 after halving it to a norm below 1/2. */
function referenceExponential(A: Matrix): Matrix {
  const squarings = Math.max(0, Math.ceil(Math.log2(A.norm() / 0.5)));
  const scaled = Matrix.mul(A, 2 ** -squarings);
  let term = Matrix.eye(A.rows);
  let sum = Matrix.eye(A.rows);
  for (let k = 1; k <= 20; k++) {
    term = term.mmul(scaled).mul(1 / k);
    sum = Matrix.add(sum, term);
  }
  for (let k = 0; k < squarings; k++) sum = sum.mmul(sum);
  return sum;
}

function skewMatrix(v: ArrayLike<number>, units: number): Matrix {
  const A = Matrix.zeros(units, units);
  for (let i = 0, k = 0; i < units; i++) {
    for (let j = i + 1; j < units; j++, k++) {
      A.set(i, j, v[k]!);
      A.set(j, i, -v[k]!);
    }
  }
  return A;
}

describe.each(backends)('exponential on %s', (backend) => {
  beforeAll(() => tf.setBackend(backend));

  it.each([0, 1e-6, 0.3, -1.29, 1.31, Math.PI, 17, -123.4, 1000, 2e4])(
    'rotates the plane by %f radians, to 2e-7 (1 + |angle|)',
    (angle) => {
      const W = exponential(tf.tensor1d([angle]), { units: 2 }).arraySync();
      const [c, s] = [Math.cos(float32(angle)), Math.sin(float32(angle))];
      expect(
        largestDifference(W, [
          [c, s],
          [-s, c],
        ]),
      ).toBeLessThan(2e-7 * (1 + Math.abs(angle)));
    },
  );

  it.each([0.7, 3, 30, 300])(
    'follows Rodrigues in three dimensions at angle %f, to 2e-7 (1 + angle)',
    (angle) => {
      const axis = [2 / 7, -3 / 7, 6 / 7] as const; // a unit vector
      const v = [-axis[2] * angle, axis[1] * angle, -axis[0] * angle].map(float32);
      const K = skewMatrix(v, 3);
      const theta = K.norm() / Math.SQRT2;
      const expected = Matrix.eye(3)
        .add(Matrix.mul(K, Math.sin(theta) / theta))
        .add(K.mmul(K).mul((1 - Math.cos(theta)) / theta ** 2));
      const W = exponential(tf.tensor1d(v), { units: 3 }).arraySync();
      expect(largestDifference(W, expected.to2DArray())).toBeLessThan(2e-7 * (1 + angle));
    },
  );

  it.each([
    [20, 1],
    [20, 30],
    [64, 3],
  ])('%i units with entries of size %f: equals float64 to 3e-7 (1 + norm)', (units, std) => {
    const v = tf.randomNormal<tf.Rank.R1>(
      [(units * (units - 1)) / 2],
      0,
      std / Math.sqrt(units),
      'float32',
      4,
    );
    const A = skewMatrix(v.dataSync(), units);
    const W = exponential(v, { units }).arraySync();
    const norm = 2 * std; // of a random skew matrix, nearly
    expect(largestDifference(W, referenceExponential(A).to2DArray())).toBeLessThan(3e-7 * (1 + norm));
  });

  it('the gradient keeps its digits at large angles: to 2e-6 (1 + |angle|)', () => {
    for (const angle of [0.4, 12, 150]) {
      const sine = (v: tf.Tensor) =>
        tf.sum(tf.slice(exponential(v as tf.Tensor1D, { units: 2 }), [0, 1], [1, 1]));
      const slope = tf
        .grad(sine)(tf.tensor1d([angle]))
        .dataSync()[0]!;
      expect(Math.abs(slope - Math.cos(float32(angle)))).toBeLessThan(2e-6 * (1 + angle));
    }
  });

  it('exp(A) and exp(-A) are inverse, for any A: to 1e-6 (1 + norm)', () => {
    const arbitrary = fc.integer({ min: 1, max: 9 }).chain((units) => {
      const count = (units * (units - 1)) / 2;
      const entry = fc.double({ min: -20, max: 20, noNaN: true });
      return fc.record({
        units: fc.constant(units),
        v: fc.array(entry, { minLength: count, maxLength: count }),
      });
    });
    fc.assert(
      fc.property(arbitrary, ({ units, v }) => {
        tf.tidy(() => {
          const x = tf.tensor1d(v, 'float32');
          const product = tf.matMul(exponential(x, { units }), exponential(tf.neg(x), { units }));
          const norm = skewMatrix(v, units).norm();
          expect(largestDifference(product.arraySync(), tf.eye(units).arraySync())).toBeLessThan(
            1e-6 * (1 + norm),
          );
        });
      }),
      { numRuns: 50 },
    );
  });
});

describe('the principal logarithm', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it.each([0.001, 1, 3, Math.PI - 1e-3])(
    'of a rotation by %f is that angle, to the last float32 bit',
    (angle) => {
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      expect(
        exponential
          .inverse([
            [c, s],
            [-s, c],
          ])
          .dataSync()[0],
      ).toBe(float32(angle));
      expect(
        exponential
          .inverse([
            [c, -s],
            [s, c],
          ])
          .dataSync()[0],
      ).toBe(float32(-angle));
    },
  );

  it('undoes the exponential below π, repeated and zero angles included: to 2e-6', () => {
    for (const angles of [
      [1, 1, 0, 2],
      [3, 3, 3, 0],
      [0, 0, 0, 0],
      [0.1, 0.2, 3.1, 3],
    ]) {
      const units = 9;
      const blocks = Matrix.zeros(units, units);
      angles.forEach((angle, i) => {
        blocks.set(2 * i, 2 * i + 1, angle);
        blocks.set(2 * i + 1, 2 * i, -angle);
      });
      const turn = referenceExponential(
        skewMatrix(tf.randomNormal([36], 0, 1, 'float32', 8).dataSync(), units),
      );
      const A = turn.mmul(blocks).mmul(turn.transpose());
      const v = exponential.inverse(referenceExponential(A).to2DArray());
      expect(largestDifference(skewMatrix(v.dataSync(), units).to2DArray(), A.to2DArray())).toBeLessThan(
        2e-6,
      );
    }
  });

  it('takes an angle beyond π to its representative below π, for the same matrix: to 1e-6', () => {
    const W = exponential(tf.tensor1d([4]), { units: 2 });
    expect(exponential.inverse(W).dataSync()[0]).toBeCloseTo(4 - 2 * Math.PI, 6);
  });

  it('refuses half turns, reflections and what is not orthogonal', () => {
    expect(() =>
      exponential.inverse([
        [-1, 0],
        [0, -1],
      ]),
    ).toThrow(NotInImageError);
    expect(() =>
      exponential.inverse([
        [1, 0],
        [0, -1],
      ]),
    ).toThrow(/determinant -1, or a half turn/);
    expect(() =>
      exponential.inverse([
        [1, 0],
        [0, 1.1],
      ]),
    ).toThrow(/expected an orthogonal matrix/);
  });
});

it('refuses parameters that are not finite, or so large that no digit of the angle is left', async () => {
  await tf.setBackend('cpu');
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1e7, 1e30]) {
    expect(() => exponential(tf.tensor1d([value]), { units: 2 })).toThrow(ParameterisationError);
  }
});
