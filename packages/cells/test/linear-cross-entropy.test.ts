import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { CellError, linearCrossEntropy } from '../src/index.js';
import { backends, distance, useBackend } from './backends.js';

const gap = (a: tf.Tensor, b: tf.Tensor): number => distance(a, Array.from(b.dataSync()));

const rows = 7;
const units = 4;
const classes = 11;
// Every block size makes another number of blocks: one row each, an incomplete last block, all rows at once.
const blockSizes = [1, 3 * classes, 2 ** 22];

const readout = () => ({
  states: tf.randomUniform([rows, units], -1, 1, 'float32', 3) as tf.Tensor2D,
  kernel: tf.randomNormal([units, classes], 0, 1, 'float32', 4) as tf.Tensor2D,
  bias: tf.randomNormal([classes], 0, 1, 'float32', 5) as tf.Tensor1D,
  labels: tf.tensor1d([3, 0, 3, 10, 7, 1, 3], 'int32'),
});

type Readout = ReturnType<typeof readout>;

/** tfjs's own, which needs every logit and one-hot label. */
const plain = ({ states, kernel, bias, labels }: Readout): tf.Scalar =>
  tf.losses.softmaxCrossEntropy(
    tf.cast(tf.oneHot(labels, classes), 'float32'),
    tf.add(tf.matMul(states, kernel), bias),
  ) as tf.Scalar;

const ours = ({ states, labels, ...options }: Readout & { blockSize?: number }): tf.Scalar =>
  linearCrossEntropy(states, labels, options);

const gradients = (loss: (r: Readout) => tf.Scalar, r: Readout) =>
  tf.grads((states: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) =>
    loss({ ...r, states, kernel, bias } as Readout),
  )([r.states, r.kernel, r.bias]);

describe.each(backends)('linearCrossEntropy on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  test.each(blockSizes)(
    "value and gradients are those of tfjs's softmaxCrossEntropy to 2e-6, in blocks of %i",
    (blockSize) => {
      const r = readout();
      expect(gap(ours({ ...r, blockSize }), plain(r))).toBeLessThan(2e-6);
      const [got, wanted] = [gradients((x) => ours({ ...x, blockSize }), r), gradients(plain, r)];
      for (const [i, gradient] of got.entries()) {
        expect(gradient.shape).toEqual(wanted[i]!.shape);
        expect(gap(gradient, wanted[i]!)).toBeLessThan(2e-6);
      }
      // Under a gradient the value is the same as without one.
      const { value } = tf.valueAndGrad((states) => ours({ ...r, states: states as tf.Tensor2D, blockSize }))(
        r.states,
      );
      expect(gap(value, plain(r))).toBeLessThan(2e-6);
    },
  );

  test('labels and states that come from booleans are the numbers 0 and 1, exactly', () => {
    const r = readout();
    const asBool = tf.cast(tf.greater(r.states, 0), 'bool');
    const numbers = Array.from(asBool.dataSync(), Number);
    const [states, labels] = [
      tf.tensor2d(numbers, [rows, units]),
      tf.tensor1d(numbers.slice(0, rows), 'int32'),
    ];
    const held = {
      ...r,
      states: tf.cast(asBool, 'float32') as tf.Tensor2D,
      labels: tf.cast(tf.cast(labels, 'bool'), 'int32'),
    };
    const [got, wanted] = [held, { ...r, states, labels }].map((x) => gradients(ours, x));
    for (const [i, gradient] of got!.entries()) expect(gap(gradient, wanted![i]!)).toBe(0);
    expect(gap(ours(held), ours({ ...r, states, labels }))).toBe(0);
  });

  test('the gradient is the central difference to 1e-3 in a random direction', () => {
    const r = readout();
    const [byStates, byKernel, byBias] = gradients(ours, r);
    const direction = {
      states: tf.randomNormal([rows, units], 0, 1, 'float32', 6),
      kernel: tf.randomNormal([units, classes], 0, 1, 'float32', 7),
      bias: tf.randomNormal([classes], 0, 1, 'float32', 8),
    };
    const at = (step: number): number => {
      const moved = (name: 'states' | 'kernel' | 'bias') => tf.add(r[name], tf.mul(direction[name], step));
      const point = { ...r, states: moved('states'), kernel: moved('kernel'), bias: moved('bias') };
      return ours(point as Readout).dataSync()[0]!;
    };
    const slope = tf.addN([
      tf.sum(tf.mul(byStates!, direction.states)),
      tf.sum(tf.mul(byKernel!, direction.kernel)),
      tf.sum(tf.mul(byBias!, direction.bias)),
    ]);
    expect(Math.abs((at(0.01) - at(-0.01)) / 0.02 - slope.dataSync()[0]!)).toBeLessThan(1e-3);
  });

  test('logits of ±3e4 give finite values and gradients: 6e4 nats for a class ruled out, 0 for the certain one', () => {
    const states = tf.tensor2d([[3e4], [3e4]]);
    const kernel = tf.tensor2d([[1, -1, -1]]);
    const labels = tf.tensor1d([0, 1], 'int32');
    const { value, grad } = tf.valueAndGrad((x) => linearCrossEntropy(x as tf.Tensor2D, labels, { kernel }))(
      states,
    );
    expect(value.dataSync()[0]).toBeCloseTo(3e4, 1);
    expect([...grad.dataSync()]).toEqual([0, 1]);
  });

  test('a gradient of a gradient is that of plain operations to 1e-5', () => {
    const r = readout();
    const twice = (loss: (r: Readout) => tf.Scalar) =>
      tf.grad((x) => tf.sum(tf.square(tf.grad((states) => loss({ ...r, states } as Readout))(x))))(r.states);
    const wanted = twice((x) => {
      const logits = tf.add(tf.matMul(x.states, x.kernel), x.bias);
      const chosen = tf.sum(tf.mul(logits, tf.cast(tf.oneHot(x.labels, classes), 'float32')), 1);
      return tf.mean(tf.sub(tf.log(tf.sum(tf.exp(logits), 1)), chosen)) as tf.Scalar;
    });
    expect(tf.max(tf.abs(wanted)).dataSync()[0]).toBeGreaterThan(1e-3);
    expect(gap(twice(ours), wanted)).toBeLessThan(1e-5);
  });

  test('leaves no tensor behind but its result', () => {
    const r = readout();
    const before = tf.memory().numTensors;
    const loss = ours(r);
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose([loss, gradients((x) => ours({ ...x, blockSize: classes }), r)]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('says which shape, type or label does not fit', async () => {
  await useBackend('cpu');
  const r = readout();
  const call = (changed: Partial<Record<keyof Readout, tf.Tensor>>) => () =>
    ours({ ...r, ...changed } as Readout);
  expect(call({ states: tf.zeros([rows, 2, units]) })).toThrow(CellError);
  expect(call({ kernel: tf.zeros([units + 1, classes]) })).toThrow('states [rows, units] and a kernel');
  expect(call({ bias: tf.zeros([classes - 1]) })).toThrow(`a bias [${classes}]`);
  expect(call({ labels: tf.zeros([rows]) })).toThrow('in int32');
  expect(call({ labels: tf.zeros([rows - 1], 'int32') })).toThrow(`labels [${rows}]`);
  expect(call({ labels: tf.fill([rows], classes, 'int32') })).toThrow(
    `labels from 0 to ${classes - 1}, got 11`,
  );
  expect(call({ labels: tf.fill([rows], -1, 'int32') })).toThrow('got -1');
  expect(() => linearCrossEntropy(r.states, r.labels, { kernel: r.kernel, blockSize: 0 })).toThrow(
    'blockSize',
  );
});
