import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { determinant, Matrix, solve } from 'ml-matrix';
import { beforeAll, describe, expect, it } from 'vitest';
import { antisymmetric, cayley, NotInImageError } from '../src/index.js';
import { backends, largestDifference } from './backends.js';

/** (I+A)⁻¹(I-A)D in float64, by ml-matrix. */
function definition(A: Matrix, signs: number[]): Matrix {
  const identity = Matrix.eye(A.rows);
  return solve(Matrix.add(identity, A), Matrix.sub(identity, A)).mmul(Matrix.diag(signs));
}

describe.each(backends)('cayley on %s', (backend) => {
  beforeAll(() => tf.setBackend(backend));

  it.each([
    [6, 0.5, 0],
    [6, 3, 2],
    [40, 1, 4],
    [6, 1e3, 1],
    [6, 1e6, 0],
  ])(
    '%i units with entries of size %f and %i signs -1: equals its definition in float64, orthogonal, both to 5e-7',
    (units, size, negatives) => {
      const v = tf.randomNormal<tf.Rank.R1>([(units * (units - 1)) / 2], 0, size, 'float32', 3);
      const signs = cayley.signs({ units, negatives });
      const W = cayley(v, { units, signs }).arraySync();
      const A = new Matrix(antisymmetric(v, { units }).arraySync());
      expect(largestDifference(W, definition(A, signs).to2DArray())).toBeLessThan(5e-7);
      const gram = new Matrix(W).transpose().mmul(new Matrix(W));
      expect(largestDifference(gram.to2DArray(), Matrix.eye(units).to2DArray())).toBeLessThan(5e-7);
      expect(determinant(new Matrix(W))).toBeCloseTo((-1) ** negatives, 4);
    },
  );

  it('turns the plane by -2 atan(a): to 1e-7', () => {
    for (const a of [0, 0.3, -2, 40]) {
      const angle = -2 * Math.atan(Math.fround(a));
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      expect(
        largestDifference(cayley(tf.tensor1d([a]), { units: 2 }).arraySync(), [
          [c, s],
          [-s, c],
        ]),
      ).toBeLessThan(1e-7);
    }
  });

  it('inverse returns the free parameters of any matrix it made: to 1e-5 (1 + norm²)', () => {
    const arbitrary = fc.integer({ min: 1, max: 8 }).chain((units) => {
      const count = (units * (units - 1)) / 2;
      return fc.record({
        signs: fc.array(fc.constantFrom(1, -1), { minLength: units, maxLength: units }),
        v: fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: count, maxLength: count }),
      });
    });
    fc.assert(
      fc.property(arbitrary, ({ signs, v }) => {
        tf.tidy(() => {
          const W = cayley(tf.tensor1d(v, 'float32'), { units: signs.length, signs });
          const squaredNorm = v.reduce((sum, x) => sum + 2 * x * x, 0);
          const back = Array.from(cayley.inverse(W, { signs }).dataSync());
          expect(largestDifference(back, v)).toBeLessThan(1e-5 * (1 + squaredNorm));
        });
      }),
      { numRuns: 60 },
    );
  });
});

it('the inverse refuses an eigenvalue -1 (another D has none) and what is not orthogonal', async () => {
  await tf.setBackend('cpu');
  const halfTurn = [
    [-1, 0],
    [0, -1],
  ];
  expect(() => cayley.inverse(halfTurn)).toThrow(NotInImageError);
  expect(Array.from(cayley.inverse(halfTurn, { signs: [-1, -1] }).dataSync())).toEqual([0]);
  expect(() =>
    cayley.inverse([
      [1, 0],
      [0.2, 1],
    ]),
  ).toThrow(/expected an orthogonal matrix/);
  const nearly = Math.PI - 1e-5;
  const turn = [
    [Math.cos(nearly), Math.sin(nearly)],
    [-Math.sin(nearly), Math.cos(nearly)],
  ];
  expect(() => cayley.inverse(turn)).toThrow(/eigenvalue within/);
});
