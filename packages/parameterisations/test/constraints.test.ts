import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  antisymmetric,
  cayley,
  contractive,
  exponential,
  kronecker,
  type MatrixLike,
  symmetricSkew,
} from '../src/index.js';
import { backends, largestDifference } from './backends.js';

/** One parameterisation with its options fixed, as the sweep needs it. Parameters are a list, as Kronecker's are. */
interface Case {
  name: string;
  count: number;
  sample(): tf.Tensor[];
  forward(p: tf.Tensor[]): tf.Tensor2D;
  inverse(W: MatrixLike): tf.Tensor[];
  contains(W: MatrixLike): boolean;
}

const sizes = [1, 2, 3, 5, 8, 17];
const seed = 11;

function casesOf(units: number): Case[] {
  const cases: Case[] = [];
  for (const [beta, gamma] of [
    [0, 0.3],
    [0.5, 0],
    [0.75, 0.001],
    [1, 0.15],
    [1, -2],
  ] as const) {
    cases.push({
      name: `symmetricSkew beta=${beta} gamma=${gamma} units=${units}`,
      count: symmetricSkew.parameterCount({ units }),
      sample: () => [symmetricSkew.sample({ units, initStd: units, seed })],
      forward: ([M]) => symmetricSkew(M as tf.Tensor2D, { beta, gamma }),
      inverse: (W) => [symmetricSkew.inverse(W, { beta, gamma })],
      contains: (W) => symmetricSkew.contains(W, { beta, gamma }),
    });
  }
  for (const gamma of [0, 0.01, 1]) {
    cases.push({
      name: `antisymmetric gamma=${gamma} units=${units}`,
      count: antisymmetric.parameterCount({ units }),
      sample: () => [antisymmetric.sample({ units, sigma: 2, seed })],
      forward: ([v]) => antisymmetric(v as tf.Tensor1D, { units, gamma }),
      inverse: (W) => [antisymmetric.inverse(W, { gamma })],
      contains: (W) => antisymmetric.contains(W, { gamma }),
    });
  }
  for (const negatives of [0, 1, units]) {
    const signs = cayley.signs({ units, negatives });
    cases.push({
      name: `cayley negatives=${negatives} units=${units}`,
      count: cayley.parameterCount({ units }),
      sample: () => [cayley.sample({ units, initialisation: 'henaff', seed })],
      forward: ([v]) => cayley(v as tf.Tensor1D, { units, signs }),
      inverse: (W) => [cayley.inverse(W, { signs })],
      contains: (W) => cayley.contains(W, { signs }),
    });
  }
  for (const initialisation of ['cayley', 'henaff'] as const) {
    cases.push({
      name: `exponential ${initialisation} units=${units}`,
      count: exponential.parameterCount({ units }),
      sample: () => [exponential.sample({ units, initialisation, seed })],
      forward: ([v]) => exponential(v as tf.Tensor1D, { units }),
      inverse: (W) => [exponential.inverse(W)],
      contains: (W) => exponential.contains(W),
    });
  }
  for (const epsilon of [0.01, 0.5, 1.5]) {
    cases.push({
      name: `contractive epsilon=${epsilon} units=${units}`,
      count: contractive.parameterCount({ units }),
      sample: () => [contractive.sample({ units, seed })],
      forward: ([A]) => contractive(A as tf.Tensor2D, { epsilon }),
      inverse: (W) => [contractive.inverse(W, { epsilon })],
      contains: (W) => contractive.contains(W, { epsilon }),
    });
  }
  for (const shapes of [
    [[units, units]],
    [
      [2, 2],
      [units, units],
    ],
    [
      [units, 2],
      [3, 1],
      [2, 2],
    ],
  ] as [number, number][][]) {
    cases.push({
      name: `kronecker ${shapes.join(' x ')}`,
      count: kronecker.parameterCount({ shapes }),
      sample: () => kronecker.sample({ shapes, seed }),
      forward: (factors) => kronecker(factors as tf.Tensor2D[]),
      inverse: (W) => kronecker.inverse(W, { shapes }),
      contains: (W) => kronecker.contains(W, { shapes }),
    });
  }
  return cases;
}

const cases = sizes.flatMap(casesOf);

/** Three gradient steps of size 0.05 towards a target, on every parameter. */
function descend(start: tf.Tensor[], forward: Case['forward']): tf.Tensor[] {
  const target = tf.randomNormal(forward(start).shape, 0, 1, 'float32', 3);
  let parameters = start;
  for (let step = 0; step < 3; step++) {
    const gradients = tf.grads((...p) => tf.sum(tf.squaredDifference(forward(p), target)))(parameters);
    parameters = parameters.map((p, i) => tf.sub(p, tf.mul(gradients[i]!, 0.05)));
  }
  return parameters;
}

describe.each(backends)('constraints on %s', (backend) => {
  beforeAll(() => tf.setBackend(backend));

  it.each(cases)(
    '$name: sample inside, inverse returns the matrix to 1e-5, inside after 3 SGD steps',
    (c) => {
      tf.tidy(() => {
        const parameters = c.sample();
        expect(parameters.reduce((sum, p) => sum + p.size, 0)).toBe(c.count);
        const W = c.forward(parameters);
        expect(c.contains(W)).toBe(true);
        const back = c.forward(c.inverse(W));
        expect(largestDifference(back.arraySync(), W.arraySync())).toBeLessThan(1e-5);

        const trained = c.forward(descend(parameters, c.forward));
        expect(c.contains(trained)).toBe(true);
        const trainedBack = c.forward(c.inverse(trained.arraySync()));
        expect(largestDifference(trainedBack.arraySync(), trained.arraySync())).toBeLessThan(1e-5);
      });
    },
  );
});

describe('membership', () => {
  const units = 4;
  let generic: tf.Tensor2D;
  let v: tf.Tensor1D;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    generic = tf.randomNormal([units, units], 0, 1, 'float32', 2);
    v = tf.tensor1d([0.5, -1, 0.3, 0.8, -0.2, 1.1]);
  });
  /** Moves one entry of the lower triangle by 0.01. */
  const nudge = (W: tf.Tensor2D) => {
    const rows = W.arraySync();
    rows[3]![1]! += 0.01;
    return rows;
  };

  it.each([
    ['antisymmetric', (W: MatrixLike) => antisymmetric.contains(W), () => antisymmetric(v, { units })],
    [
      'symmetricSkew, beta 0',
      (W: MatrixLike) => symmetricSkew.contains(W, { beta: 0 }),
      () => symmetricSkew(generic, { beta: 0 }),
    ],
    [
      'symmetricSkew, beta 1',
      (W: MatrixLike) => symmetricSkew.contains(W, { beta: 1 }),
      () => symmetricSkew(generic, { beta: 1 }),
    ],
    ['cayley', (W: MatrixLike) => cayley.contains(W), () => cayley(v, { units })],
    ['exponential', (W: MatrixLike) => exponential.contains(W), () => exponential(v, { units })],
    ['contractive', (W: MatrixLike) => contractive.contains(W), () => contractive(generic)],
    [
      'kronecker',
      (W: MatrixLike) =>
        kronecker.contains(W, {
          shapes: [
            [2, 2],
            [2, 2],
          ],
        }),
      () =>
        kronecker(
          kronecker.sample({
            shapes: [
              [2, 2],
              [2, 2],
            ],
            seed: 1,
          }),
        ),
    ],
  ] as const)(
    '%s: a member passes, the same nudged by 1e-2 and a generic matrix fail',
    (_, contains, member) => {
      expect(contains(member())).toBe(true);
      expect(contains(nudge(member()))).toBe(false);
      expect(contains(generic)).toBe(false);
    },
  );

  it('antisymmetric: another gamma is another set', () => {
    expect(antisymmetric.contains(antisymmetric(v, { units, gamma: 0.5 }), { gamma: 0.5 })).toBe(true);
    expect(antisymmetric.contains(antisymmetric(v, { units, gamma: 0.5 }), { gamma: 0.4 })).toBe(false);
  });

  it('cayley and exponential: a reflection is orthogonal, but outside without signs', () => {
    const reflection = [
      [1, 0],
      [0, -1],
    ];
    expect(exponential.contains(reflection)).toBe(false);
    expect(cayley.contains(reflection)).toBe(false);
    expect(cayley.contains(reflection, { signs: [1, -1] })).toBe(true);
  });
});
