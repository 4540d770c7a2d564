import * as tf from '@tensorflow/tfjs-core';
import { EigenvalueDecomposition, Matrix, SingularValueDecomposition } from 'ml-matrix';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  antisymmetric,
  contractive,
  exponential,
  kronecker,
  nearestOrthogonal,
  projectSpectralNorm,
  softOrthogonalityPenalty,
  symmetricSkew,
} from '../src/index.js';
import { largestDifference } from './backends.js';

beforeAll(() => tf.setBackend('cpu'));

const generic = (rows: number, columns: number, seed: number) =>
  tf.randomNormal<tf.Rank.R2>([rows, columns], 0, 1, 'float32', seed);
/** Largest entry of |QᵀQ - I|, in float64. */
const orthogonality = (Q: tf.Tensor2D) =>
  host(Q).transpose().mmul(host(Q)).sub(Matrix.eye(Q.shape[1])).abs().max();
const host = (M: tf.Tensor2D) => new Matrix(M.arraySync());

describe('eigenvalues', () => {
  it('antisymmetric: every real part is -gamma, to 1e-6', () => {
    const v = antisymmetric.sample({ units: 7, sigma: 3, seed: 1 });
    const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(
      host(antisymmetric(v, { units: 7, gamma: 0.25 })),
    );
    expect(largestDifference(realEigenvalues, new Array(7).fill(-0.25))).toBeLessThan(1e-6);
    expect(Math.max(...imaginaryEigenvalues)).toBeGreaterThan(1);
  });

  it('symmetricSkew: the definition, without a factor 1/2, to 1e-6', () => {
    const M = generic(4, 4, 9);
    const [m, t] = [host(M), host(M).transpose()];
    for (const beta of [0, 0.2, 0.5, 0.9, 1]) {
      const expected = Matrix.add(m, t)
        .mul(1 - beta)
        .add(Matrix.sub(m, t).mul(beta))
        .sub(Matrix.eye(4).mul(0.4));
      expect(
        largestDifference(symmetricSkew(M, { beta, gamma: 0.4 }).arraySync(), expected.to2DArray()),
      ).toBeLessThan(1e-6);
    }
  });

  it('contractive: eigenvalues are 1 - ε (s_i/s_1)², to 1e-6', () => {
    const A = generic(6, 6, 2);
    const s = new SingularValueDecomposition(host(A)).diagonal;
    for (const epsilon of [0.01, 0.7, 1.9]) {
      const expected = s.map((x) => 1 - epsilon * (x / s[0]!) ** 2).sort((a, b) => a - b);
      const { realEigenvalues } = new EigenvalueDecomposition(host(contractive(A, { epsilon })));
      expect(
        largestDifference(
          realEigenvalues.sort((a, b) => a - b),
          expected,
        ),
      ).toBeLessThan(1e-6);
    }
  });

  it('contractive: the scale of A and a rotation from the left have no effect, to 1e-6', () => {
    const A = generic(4, 4, 3);
    const Q = exponential(tf.tensor1d([1, -2, 0.5, 3, 0.1, -1]), { units: 4 });
    const expected = contractive(A, { epsilon: 0.9 }).arraySync();
    expect(
      largestDifference(contractive(tf.mul(A, -37), { epsilon: 0.9 }).arraySync(), expected),
    ).toBeLessThan(1e-6);
    expect(
      largestDifference(contractive(tf.matMul(Q, A), { epsilon: 0.9 }).arraySync(), expected),
    ).toBeLessThan(1e-6);
  });

  it('contractive: A of 1e-44 or 1e38 gives what A of 1 gives, to 1e-6 where A is held to that', () => {
    const A = tf.tensor2d([
      [2, 1, 0],
      [1, 3, 1],
      [0, 1, 4],
    ]);
    const expected = contractive(A, { epsilon: 0.9 }).arraySync();
    for (const power of [-146, -120, 120, 125]) {
      // 2^-146 is 8 times the smallest float32: small whole numbers keep their digits
      const scaled = contractive(
        tf.tensor2d(
          host(A)
            .mul(2 ** power)
            .to2DArray(),
        ),
        { epsilon: 0.9 },
      );
      expect(largestDifference(scaled.arraySync(), expected)).toBeLessThan(1e-6);
    }
  });

  it('projectSpectralNorm: the norm is at most the bound (1 + 1e-6), for bounds from 1e-30 to 1 beside values of 1e3 to 1e-9', () => {
    const left = nearestOrthogonal(generic(5, 5, 1));
    const right = nearestOrthogonal(generic(5, 5, 2));
    const M = tf.matMul(tf.mul(left, tf.tensor1d([1e3, 1, 1e-3, 1e-6, 1e-9])), right) as tf.Tensor2D;
    for (const bound of [1, 1e-4, 1e-8, 1e-12, 1e-20, 1e-30]) {
      const projected = host(projectSpectralNorm(M, bound));
      const { diagonal } = new SingularValueDecomposition(projected.mul(1 / bound));
      expect(diagonal[0]).toBeLessThan(1 + 1e-6);
      expect(diagonal[0]).toBeGreaterThan(1 - 1e-5);
    }
  });
});

describe('kronecker', () => {
  it('inverse takes entries from 1e-30 to 1e30: the product comes back to 1e-6 of its largest entry', () => {
    const factors = [generic(2, 3, 5), generic(3, 2, 6)] as const;
    const shapes = [
      [2, 3],
      [3, 2],
    ] as const;
    for (const scale of [1e-200, 1e-30, 1, 1e30]) {
      const W = host(kronecker(factors)).mul(scale);
      expect(kronecker.contains(W.to2DArray(), { shapes })).toBe(true);
      if (scale < 1e-100) continue; // beyond float32
      const [A, B] = kronecker.inverse(W.to2DArray(), { shapes });
      const back = host(A!).kroneckerProduct(host(B!));
      expect(Matrix.sub(back, W).abs().max()).toBeLessThan(1e-6 * W.clone().abs().max());
    }
  });

  it('(A ⊗ B)(C ⊗ D) = AC ⊗ BD for rectangular factors, to 1e-5', () => {
    const [A, B, C, D] = [generic(2, 3, 1), generic(4, 2, 2), generic(3, 2, 3), generic(2, 5, 4)];
    const left = tf.matMul(kronecker([A, B]), kronecker([C, D]));
    const right = kronecker([tf.matMul(A, C), tf.matMul(B, D)]);
    expect(left.shape).toEqual([8, 10]);
    expect(largestDifference(left.arraySync(), right.arraySync())).toBeLessThan(1e-5);
  });

  it('inverse gives factors back up to scales: their directions agree to 1e-6', () => {
    const factors = [generic(2, 3, 5), generic(3, 1, 6), generic(2, 2, 7)];
    const back = kronecker.inverse(kronecker(factors), {
      shapes: [
        [2, 3],
        [3, 1],
        [2, 2],
      ],
    });
    factors.forEach((factor, i) => {
      const cosine = tf
        .div(tf.sum(tf.mul(factor, back[i]!)), tf.mul(tf.norm(factor), tf.norm(back[i]!)))
        .dataSync()[0]!;
      expect(Math.abs(Math.abs(cosine) - 1)).toBeLessThan(1e-6);
    });
  });

  it('a product of sampled factors is orthogonal to 1e-6', () => {
    const factors = kronecker.sample({ shapes: new Array(6).fill([2, 2]), seed: 0 });
    expect(softOrthogonalityPenalty(kronecker(factors)).dataSync()[0]).toBeLessThan(1e-6);
    // Factors drawn from one stream differ from one another.
    expect(largestDifference(factors[0]!.arraySync(), factors[1]!.arraySync())).toBeGreaterThan(0.01);
  });
});

describe('projections', () => {
  it.each([
    [5, 5],
    [7, 3],
    [3, 7],
  ])(
    'nearestOrthogonal of %i by %i: orthonormal to 1e-6, idempotent, none of 50 others nearer',
    (rows, columns) => {
      const M = generic(rows, columns, 8);
      const Q = nearestOrthogonal(M);
      expect(Q.shape).toEqual([rows, columns]);
      expect(softOrthogonalityPenalty(rows >= columns ? Q : tf.transpose(Q)).dataSync()[0]).toBeLessThan(
        1e-6,
      );
      expect(largestDifference(nearestOrthogonal(Q).arraySync(), Q.arraySync())).toBeLessThan(1e-6);
      const distance = tf.norm(tf.sub(M, Q)).dataSync()[0]!;
      for (let seed = 1; seed <= 50; seed++) {
        const other = nearestOrthogonal(tf.add(Q, tf.mul(generic(rows, columns, 100 + seed), 0.1)));
        expect(tf.norm(tf.sub(M, other)).dataSync()[0]!).toBeGreaterThan(distance);
      }
    },
  );

  it.each([
    [5, 5],
    [7, 3],
    [3, 7],
  ])(
    'projectSpectralNorm of %i by %i: clips singular values to 1e-6 and leaves the small ones',
    (rows, columns) => {
      const M = generic(rows, columns, 9);
      const sorted = (X: tf.Tensor2D) =>
        new SingularValueDecomposition(host(X), { autoTranspose: true }).diagonal;
      const bound = (sorted(M)[0]! + sorted(M)[2]!) / 2;
      const expected = sorted(M).map((s) => Math.min(s, bound));
      expect(expected[2]).toBeLessThan(bound);
      expect(largestDifference(sorted(projectSpectralNorm(M, bound)), expected)).toBeLessThan(1e-6);
      expect(projectSpectralNorm(M, 100).arraySync()).toEqual(M.arraySync());
    },
  );

  it('nearestOrthogonal of an ill-conditioned matrix (1 to 1e-5): its rotation back to 1e-2, orthonormal to 1e-6', () => {
    const [left, right] = [1, 2].map((seed) => nearestOrthogonal(generic(6, 6, seed)));
    const spread = tf.diag(tf.tensor1d([1, 0.1, 1e-2, 1e-3, 1e-4, 1e-5])) as tf.Tensor2D;
    const Q = nearestOrthogonal(tf.matMul(tf.matMul(left!, spread), right!, false, true));
    expect(orthogonality(Q)).toBeLessThan(1e-6);
    expect(largestDifference(Q.arraySync(), tf.matMul(left!, right!, false, true).arraySync())).toBeLessThan(
      1e-2,
    );
  });

  it('contractive and projectSpectralNorm take a rank-deficient matrix with repeated rows', () => {
    const repeated = tf.tile(generic(1, 12, 4), [9, 1]) as tf.Tensor2D;
    const norm = tf.norm(repeated).dataSync()[0]!;
    const halved = projectSpectralNorm(repeated, norm / 2);
    expect(largestDifference(halved.arraySync(), tf.mul(repeated, 0.5).arraySync())).toBeLessThan(1e-6);
    const W = contractive(tf.matMul(repeated, repeated, true, false), { epsilon: 0.5 });
    expect(contractive.contains(W, { epsilon: 0.5 })).toBe(true);
  });

  it('softOrthogonalityPenalty: ‖WᵀW - I‖², exactly 18 for 2 I with two units', () => {
    expect(softOrthogonalityPenalty(tf.mul(tf.eye(2), 2)).dataSync()[0]).toBe(18);
    expect(softOrthogonalityPenalty(exponential(tf.tensor1d([5]), { units: 2 })).dataSync()[0]).toBeLessThan(
      1e-10,
    );
  });
});
