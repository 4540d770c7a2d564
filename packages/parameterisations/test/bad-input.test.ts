import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import {
  antisymmetric,
  cayley,
  contractive,
  exponential,
  kronecker,
  NotInImageError,
  nearestOrthogonal,
  ParameterisationError,
  projectSpectralNorm,
  softOrthogonalityPenalty,
  symmetricSkew,
} from '../src/index.js';
import './backends.js';

beforeAll(() => tf.setBackend('cpu'));

const M = () => tf.eye(3);
const wide = () => tf.ones([2, 3]) as tf.Tensor2D;
const v = () => tf.tensor1d([1, 2, 3]);
const nan = () =>
  tf.tensor2d([
    [1, Number.NaN],
    [0, 1],
  ]);
const rows = [
  [0, 1],
  [-1, 0],
];

const cases: [string, () => unknown, RegExp][] = [
  [
    'beta above 1',
    () => symmetricSkew(M(), { beta: 1.01 }),
    /symmetricSkew: expected beta, a number in \[0, 1\], got 1.01/,
  ],
  ['beta below 0', () => symmetricSkew(M(), { beta: -0.01 }), /got -0.01/],
  ['beta NaN', () => symmetricSkew(M(), { beta: Number.NaN }), /got NaN/],
  [
    'gamma infinite',
    () => symmetricSkew(M(), { gamma: Number.POSITIVE_INFINITY }),
    /expected gamma, a finite number, got Infinity/,
  ],
  ['M not square', () => symmetricSkew(wide()), /got a tensor of type float32 and shape \[2, 3\]/],
  [
    'M of rank 1',
    () => symmetricSkew(v() as unknown as tf.Tensor2D),
    /got a tensor of type float32 and shape \[3\]/,
  ],
  [
    'v of whole numbers',
    () => antisymmetric(tf.tensor1d([1], 'int32'), { units: 2 }),
    /got a tensor of type int32 and shape/,
  ],
  [
    'M of whole numbers',
    () => symmetricSkew(tf.ones([2, 2], 'int32')),
    /got a tensor of type int32 and shape/,
  ],
  ['M an array', () => symmetricSkew(rows as unknown as tf.Tensor2D), /got an array \(wrap it in a tensor\)/],
  ['M missing', () => symmetricSkew(undefined as unknown as tf.Tensor2D), /got undefined/],
  ['initStd negative', () => symmetricSkew.sample({ units: 3, initStd: -1 }), /expected initStd/],
  ['gamma NaN', () => antisymmetric(v(), { units: 3, gamma: Number.NaN }), /antisymmetric: expected gamma/],
  [
    'v too long',
    () => antisymmetric(v(), { units: 2 }),
    /expected a float32 tensor of shape \[1\].*got a tensor of type float32 and shape \[3\]/,
  ],
  [
    'v a matrix',
    () => exponential(M() as unknown as tf.Tensor1D, { units: 3 }),
    /exponential: expected a float32 tensor of shape \[3\]/,
  ],
  ['units 0', () => antisymmetric(v(), { units: 0 }), /expected units, a positive integer, got 0/],
  ['units 2.5', () => cayley(v(), { units: 2.5 }), /got 2.5/],
  ['units infinite', () => exponential.parameterCount({ units: Number.POSITIVE_INFINITY }), /got Infinity/],
  ['sigma NaN', () => antisymmetric.sample({ units: 3, sigma: Number.NaN }), /expected sigma/],
  ['seed 1.5', () => antisymmetric.sample({ units: 3, seed: 1.5 }), /expected seed, an integer, got 1.5/],
  [
    'a sign of 0',
    () => cayley(v(), { units: 3, signs: [1, 0, -1] }),
    /expected signs, 3 numbers each 1 or -1, got \[1, 0, -1\]/,
  ],
  ['two signs of three', () => cayley(v(), { units: 3, signs: [1, -1] }), /got \[1, -1\]/],
  [
    'four negatives of three',
    () => cayley.signs({ units: 3, negatives: 4 }),
    /an integer from 0 to 3, got 4/,
  ],
  [
    'cayley of NaN',
    () => cayley(tf.tensor1d([Number.NaN]), { units: 2 }),
    /cayley: expected a finite, invertible matrix/,
  ],
  [
    'an unknown initialisation',
    () => cayley.sample({ units: 3, initialisation: 'haar' as 'henaff' }),
    /expected initialisation/,
  ],
  [
    'epsilon 0',
    () => contractive(M(), { epsilon: 0 }),
    /contractive: expected epsilon, a number in \(0, 2\), got 0/,
  ],
  ['epsilon 2', () => contractive(M(), { epsilon: 2 }), /got 2/],
  ['A zero', () => contractive(tf.zeros([2, 2])), /got the zero matrix/],
  [
    'A not finite',
    () => contractive(nan()),
    /expected finite numbers in the matrix, got the matrix\[0\]\[1\] = NaN/,
  ],
  ['A not square', () => contractive(wide()), /expected A, a square float32 tensor/],
  ['no factors', () => kronecker([]), /expected an array of at least one factor/],
  ['a factor of rank 1', () => kronecker([M(), v() as unknown as tf.Tensor2D]), /expected factors\[1\]/],
  [
    'shapes of another size',
    () =>
      kronecker.inverse(rows, {
        shapes: [
          [2, 2],
          [2, 2],
        ],
      }),
    /expected a matrix \[4, 4\]/,
  ],
  [
    'a shape of one number',
    () => kronecker.parameterCount({ shapes: [[2] as unknown as [number, number]] }),
    /pairs/,
  ],
  [
    'rank 1 of 3',
    () => nearestOrthogonal(tf.ones([3, 3])),
    /nearestOrthogonal: expected a matrix of full rank/,
  ],
  ['the zero matrix', () => nearestOrthogonal(tf.zeros([3, 3])), /full rank/],
  ['NaN to a projection', () => nearestOrthogonal(nan()), /expected finite numbers/],
  ['NaN to the other', () => projectSpectralNorm(nan(), 1), /expected finite numbers/],
  [
    'bound 0',
    () => projectSpectralNorm(M(), 0),
    /projectSpectralNorm: expected bound, a number above 0, got 0/,
  ],
  ['bound infinite', () => projectSpectralNorm(M(), Number.POSITIVE_INFINITY), /got Infinity/],
  [
    'W of rank 1',
    () => softOrthogonalityPenalty(v() as unknown as tf.Tensor2D),
    /expected W, a float32 tensor \[rows, columns\]/,
  ],
  [
    'tolerance 0',
    () => antisymmetric.contains(rows, { tolerance: 0 }),
    /expected tolerance, a number above 0, got 0/,
  ],
  ['tolerance NaN', () => exponential.inverse(rows, { tolerance: Number.NaN }), /expected tolerance/],
  ['ragged rows', () => antisymmetric.inverse([[1, 2], [3]]), /expected the matrix of shape/],
  ['no rows', () => antisymmetric.contains([]), /expected the matrix to have entries/],
  [
    'a tensor of rank 3',
    () => antisymmetric.contains(tf.ones([2, 2, 2])),
    /expected the matrix to have rank 2/,
  ],
  [
    'a wide matrix',
    () =>
      cayley.contains([
        [1, 0, 0],
        [0, 1, 0],
      ]),
    /expected the matrix to be square, got \[2, 3\]/,
  ],
];

it.each(cases)(
  '%s: a typed error that names the function, what was expected and what came',
  (_, call, message) => {
    expect(call).toThrow(ParameterisationError);
    expect(call).toThrow(message);
  },
);

it.each([
  ['antisymmetric, other gamma', () => antisymmetric.inverse(rows, { gamma: 1 })],
  ['symmetricSkew, beta 0 of a skew matrix', () => symmetricSkew.inverse(rows, { beta: 0, gamma: 0 })],
  [
    'symmetricSkew, beta 1 of a symmetric one',
    () =>
      symmetricSkew.inverse(
        [
          [1, 2],
          [2, 1],
        ],
        { beta: 1, gamma: 0 },
      ),
  ],
  [
    'contractive, the identity',
    () =>
      contractive.inverse([
        [1, 0],
        [0, 1],
      ]),
  ],
  ['contractive, other epsilon', () => contractive.inverse(contractive(tf.eye(2)), { epsilon: 0.02 })],
  [
    'kronecker, a generic matrix',
    () =>
      kronecker.inverse(tf.randomNormal([4, 4], 0, 1, 'float32', 1), {
        shapes: [
          [2, 2],
          [2, 2],
        ],
      }),
  ],
] as [string, () => unknown][])('%s: NotInImageError', (_, call) => {
  expect(call).toThrow(NotInImageError);
});
