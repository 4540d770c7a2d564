import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fuse, type RecurrenceSpec, recurrence } from '../src/index.js';
import { distance, useBackend } from './backends.js';

/** A float32 tensor of zeros and ones that tfjs's cpu backend holds as bytes. */
const bytes = (shape: number[], dtype: 'float32' | 'int32' = 'float32'): tf.Tensor =>
  tf.cast(tf.tensor(pattern(shape), shape, 'bool'), dtype);

/** A float32 tensor that the cpu backend holds as Int32Array. */
const integers = (shape: number[]): tf.Tensor =>
  tf.cast(tf.tensor(pattern(shape), shape, 'int32'), 'float32');

/** The same values as floats. */
const floats = (shape: number[]): tf.Tensor => tf.tensor(pattern(shape), shape, 'float32');

const pattern = (shape: number[]) =>
  Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => (i % 3 === 1 ? 0 : 1));

/** Each way in which the values of one float32 tensor can lie elsewhere than in a Float32Array of their own. */
const ways: Record<string, (shape: number[]) => tf.Tensor> = {
  'cast from bool': bytes,
  'cast from bool, reshaped': (shape) => tf.reshape(bytes([tf.util.sizeFromShape(shape)]), shape),
  'cast from bool, cloned': (shape) => bytes(shape).clone(),
  'cast from bool, expanded and squeezed': (shape) => tf.squeeze(tf.expandDims(bytes(shape), 0), [0]),
  'cast from bool, sliced': (shape) => {
    const longer = tf.concat([
      tf.zeros([1, ...shape.slice(1)], 'bool'),
      tf.tensor(pattern(shape), shape, 'bool'),
    ]);
    const from = shape.map((_, i) => (i === 0 ? 1 : 0));
    return tf.slice(tf.cast(longer, 'float32'), from, shape);
  },
  'cast from bool by int32': (shape) => tf.cast(bytes(shape, 'int32'), 'float32'),
  'cast from int32': integers,
  'a variable cast from bool': (shape) => tf.variable(bytes(shape)),
  'a buffer': (shape) =>
    tf.buffer(shape as [number], 'float32', Float32Array.from(pattern(shape))).toTensor(),
};

const units = 5;
const [batch, time, inputDim] = [3, 4, 2];
const scaled = (shape: number[]) => tf.mul(floats(shape), 0.3);

/** Every family with every tensor that it can take. */
const families: Record<string, { shapes: Record<string, number[]>; spec: (t: Tensors) => RecurrenceSpec }> = {
  dynamical: {
    shapes: {
      inputs: [batch, time, inputDim],
      kernel: [inputDim, units],
      W: [units, units],
      A: [units, units],
      bias: [units],
      gateKernel: [inputDim, units],
      gateBias: [units],
      initialH: [batch, units],
      mask: [batch, time],
    },
    spec: (t) => ({
      kernel: t.kernel as tf.Tensor2D,
      W: t.W as tf.Tensor2D,
      A: t.A as tf.Tensor2D,
      bias: t.bias as tf.Tensor1D,
      gate: { kernel: t.gateKernel as tf.Tensor2D, bias: t.gateBias as tf.Tensor1D },
      initialState: t.initialH as tf.Tensor2D,
      mask: t.mask as tf.Tensor2D,
      epsilon: 0.5,
    }),
  },
  lstm: gated('lstm', 4),
  gru: gated('gru', 3),
};

function gated(family: 'lstm' | 'gru', gates: number): (typeof families)[string] {
  return {
    shapes: {
      inputs: [batch, time, inputDim],
      kernel: [inputDim, gates * units],
      recurrentKernel: [units, gates * units],
      bias: [gates * units],
      initialH: [batch, units],
      ...(family === 'lstm' && { initialC: [batch, units] }),
      mask: [batch, time],
    },
    spec: (t) =>
      ({
        family,
        kernel: t.kernel,
        recurrentKernel: t.recurrentKernel,
        bias: t.bias,
        mask: t.mask,
        initialState: family === 'lstm' ? [t.initialH, t.initialC] : t.initialH,
      }) as RecurrenceSpec,
  };
}

type Tensors = Record<string, tf.Tensor>;

/** States, final states and every gradient for a cotangent made by `make`. */
function everything(family: string, given: Tensors, cotangent: tf.Tensor): tf.Tensor[] {
  const { spec } = families[family]!;
  const { states, finalState } = recurrence(given.inputs as tf.Tensor3D, spec(given));
  const names = Object.keys(given).filter((name) => name !== 'mask');
  const gradients = tf.grads((...args: tf.Tensor[]) => {
    const t = { ...given, ...Object.fromEntries(names.map((name, i) => [name, args[i]!])) };
    const run = recurrence(t.inputs as tf.Tensor3D, spec(t));
    // Taking the gradient of the states alone hands the cotangent on as it is.
    return run.states!;
  })(
    names.map((name) => given[name]!),
    cotangent,
  );
  return [states!, ...finalState, ...gradients];
}

describe.each(['fused', 'plain'])(
  '%s: what matters is the values, not how the backend holds them',
  (path) => {
    beforeEach(async () => {
      await useBackend('cpu');
      if (path === 'fused') fuse();
    });
    afterEach(() => tf.disposeVariables());

    test.each(Object.keys(families))('%s, each tensor in each way: equal bit for bit', (family) => {
      const { shapes } = families[family]!;
      const cotangentShape = [batch, time, units];
      const make = (name: string) => (/inputs|mask/.test(name) ? floats : scaled)(shapes[name]!);
      const usual = Object.fromEntries(Object.keys(shapes).map((name) => [name, make(name)]));
      for (const name of [...Object.keys(shapes), 'cotangent']) {
        const plain =
          name === 'cotangent'
            ? everything(family, usual, floats(cotangentShape))
            : everything(family, { ...usual, [name]: floats(shapes[name]!) }, tf.ones(cotangentShape));
        for (const [way, held] of Object.entries(ways)) {
          const other =
            name === 'cotangent'
              ? everything(family, usual, held(cotangentShape))
              : everything(family, { ...usual, [name]: held(shapes[name]!) }, tf.ones(cotangentShape));
          other.forEach((tensor, i) => {
            expect(distance(tensor, plain[i]!.arraySync()), `${name}, ${way}, result ${i}`).toBe(0);
          });
        }
      }
    });

    test.each(['dynamical', 'lstm', 'gru'])('%s: tokens cast from bool are 0 and 1', (family) => {
      const { shapes, spec } = families[family]!;
      const weights = Object.keys(shapes).filter((name) => !/inputs|mask|initial/.test(name));
      const t = Object.fromEntries(weights.map((name) => [name, scaled(shapes[name]!)]));
      const run = (tokens: tf.Tensor) =>
        recurrence(tokens as tf.Tensor2D, { ...spec(t), initialState: undefined } as RecurrenceSpec).states!;
      // More tokens than a part of the kernels' memory holds when it is measured in bytes.
      const many = [64, 100];
      const usual = run(tf.tensor(pattern(many), many as [number, number], 'int32'));
      expect(distance(run(bytes(many, 'int32')), usual.arraySync())).toBe(0);
    });

    test('x = cast(ones, bool), W = I/2, kernel = I, carry 0: the fixed-point iteration of tanh(h/2 + 1), to 1e-6', () => {
      const x = tf.cast(tf.cast(tf.ones([1, 8, 4]), 'bool'), 'float32') as tf.Tensor3D;
      const spec = { kernel: tf.eye(4), W: tf.mul<tf.Tensor2D>(tf.eye(4), 0.5), carry: 0 as const };
      let h = 0;
      for (let t = 0; t < 8; t++) h = Math.tanh(h / 2 + 1);
      expect(h).toBeCloseTo(0.8952191826, 6);
      expect(distance(recurrence(x, spec).finalState[0]!, [[h, h, h, h]])).toBeLessThan(1e-6);
    });

    test('numbers that no float32 tensor can hold are refused', () => {
      const spec = { kernel: tf.eye(4), W: tf.eye(4) };
      const complex = tf.complex(tf.ones([1, 8, 4]), tf.ones([1, 8, 4]));
      expect(() => recurrence(complex as tf.Tensor3D, spec)).toThrow(/got complex64 of shape/);
      expect(() => recurrence(tf.tensor3d([[['a']]], undefined, 'string'), spec)).toThrow(
        /got string of shape/,
      );
    });
  },
);

test('a tensor cast from bool on the cpu backend is read where it is, once wasm is current, to 1e-6', async () => {
  await useBackend('cpu');
  const x = tf.cast(tf.cast(tf.ones([1, 8, 4]), 'bool'), 'float32') as tf.Tensor3D;
  const kernel = tf.eye(4);
  const W = tf.mul<tf.Tensor2D>(tf.eye(4), 0.5);
  await useBackend('wasm');
  fuse();
  const { finalState } = recurrence(x, { kernel, W, carry: 0 });
  expect(distance(finalState[0]!, [Array(4).fill(0.8952191826)])).toBeLessThan(1e-6);
});
