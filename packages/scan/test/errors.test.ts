import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type DynamicalSpec,
  type LSTMSpec,
  RecurrenceError,
  recurrence,
  registerFused,
  setMaxTapeBytes,
  setThreads,
} from '../src/index.js';
import { useBackend } from './backends.js';

describe('recurrence refuses', () => {
  let x: tf.Tensor3D;
  let good: DynamicalSpec;
  let lstm: LSTMSpec;
  beforeAll(async () => {
    await useBackend('cpu');
    x = tf.zeros([2, 3, 4]);
    good = { kernel: tf.zeros([4, 5]), W: tf.zeros([5, 5]), bias: tf.zeros([5]) };
    lstm = { family: 'lstm', kernel: tf.zeros([4, 20]), recurrentKernel: tf.zeros([5, 20]) };
  });
  const refusal = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      expect(error).toBeInstanceOf(RecurrenceError);
      return (error as Error).message;
    }
    throw new Error('it did not refuse');
  };

  test.each<[string, () => unknown, RegExp]>([
    [
      'a matrix of inputs',
      () => recurrence(tf.zeros([2, 3]), good),
      /float32 inputs \[batch, time, inputDim\]/,
    ],
    ['integer vectors', () => recurrence(tf.zeros([2, 3, 4], 'int32'), good), /int32 of shape \[2,3,4\]/],
    ['no time steps', () => recurrence(tf.zeros([2, 0, 4]), good), /at least one sequence and one time step/],
    [
      'a kernel for other inputs',
      () => recurrence(x, { ...good, kernel: tf.zeros([3, 5]) }),
      /kernel of shape \[4,5\]/,
    ],
    ['W that is not square', () => recurrence(x, { ...good, W: tf.zeros([5, 4]) }), /W of shape \[5,5\]/],
    [
      'no W',
      () => recurrence(x, { kernel: good.kernel } as DynamicalSpec),
      /a tensor W, the recurrent matrix, got undefined/,
    ],
    ['A of another size', () => recurrence(x, { ...good, A: tf.zeros([4, 4]) }), /A of shape \[5,5\]/],
    [
      'a bias matrix',
      () => recurrence(x, { ...good, bias: tf.zeros([1, 5]) as never }),
      /bias of shape \[5\]/,
    ],
    ['an integer bias', () => recurrence(x, { ...good, bias: tf.zeros([5], 'int32') }), /in float32/],
    [
      'a mask of another length',
      () => recurrence(x, { ...good, mask: tf.zeros([2, 4]) }),
      /mask of shape \[2,3\]/,
    ],
    [
      'a state of another batch',
      () => recurrence(x, { ...good, initialState: tf.zeros([3, 5]) }),
      /initialState of shape \[2,5\]/,
    ],
    [
      'half a gate',
      () => recurrence(x, { ...good, gate: { kernel: tf.zeros([4, 5]) } as never }),
      /gate\.bias, got undefined/,
    ],
    [
      'a misspelt part of the gate',
      () => recurrence(x, { ...good, gate: { kernel: good.kernel, bias: good.bias, W: good.W } as never }),
      /gate \{ kernel, bias \}, got 'W'/,
    ],
    [
      'a gate that is no object',
      () => recurrence(x, { ...good, gate: true as never }),
      /kernel, bias \}, got true/,
    ],
    [
      'a flag in words',
      () => recurrence(x, { ...good, returnSequences: 'no' as never }),
      /returnSequences, true or false, got 'no'/,
    ],
    ['a list of options', () => recurrence(x, [good] as never), /a specification, .* got an array of 1/],
    ['no specification', () => recurrence(x, undefined as never), /a specification, .* got undefined/],
    ['no inputs', () => recurrence(null as never, good), /a tensor of inputs, got null/],
    [
      'inputs that are no tensor',
      () => recurrence([[[1]]] as never, good),
      /a tensor of inputs, got an array of 1/,
    ],
    [
      'W that is no tensor',
      () => recurrence(x, { ...good, W: [[1]] as never }),
      /a tensor W, .*got an array of 1/,
    ],
    [
      'a kernel that was disposed of',
      () => {
        const kernel = tf.zeros<tf.Rank.R2>([4, 5]);
        kernel.dispose();
        return recurrence(x, { ...good, kernel });
      },
      /a tensor kernel, got a disposed tensor, float32 of shape \[4,5\]/,
    ],
    [
      'no units',
      () => recurrence(x, { kernel: tf.zeros([4, 0]), W: tf.zeros([0, 0]) }),
      /at least one unit, got float32 of shape \[0,0\]/,
    ],
    [
      'a final state as it comes, in its list',
      () => recurrence(x, { ...good, initialState: [tf.zeros([2, 5])] as never }),
      /a tensor initialState of shape \[2,5\], got an array of 1/,
    ],
    [
      'half a state of an LSTM',
      () => recurrence(x, { ...lstm, initialState: tf.zeros([2, 5]) as never }),
      /initialState \[h, c\], got float32 of shape \[2,5\]/,
    ],
    [
      'a mask of text',
      () => recurrence(x, { ...good, mask: tf.fill([2, 3], 'yes') as never }),
      /mask of shape \[2,3\] in bool, int32, float32, got string/,
    ],
    [
      'a misspelt option',
      () => recurrence(x, { ...good, epsillon: 0.1 } as DynamicalSpec),
      /options among .*epsilon.*, got 'epsillon'/,
    ],
    [
      'an option of another family',
      () => recurrence(x, { ...lstm, A: good.W } as LSTMSpec),
      /options among .*recurrentKernel.*, got 'A'/,
    ],
    [
      'the name of a tableau',
      () => recurrence(x, { ...good, tableau: 'rk4' as never }),
      /explicit tableau.*, got 'rk4'/,
    ],
    ['carry 2', () => recurrence(x, { ...good, carry: 2 as never }), /carry 0 or 1, got 2/],
    [
      'epsilon NaN',
      () => recurrence(x, { ...good, epsilon: Number.NaN }),
      /finite step size epsilon in float32, got NaN/,
    ],
    ['an infinite epsilon', () => recurrence(x, { ...good, epsilon: 1 / 0 }), /got Infinity/],
    ['an epsilon that float32 cannot hold', () => recurrence(x, { ...good, epsilon: 1e39 }), /got 1e\+39/],
    [
      'an unknown activation',
      () => recurrence(x, { ...good, activation: 'gelu' as never }),
      /tanh, relu, .*got 'gelu'/,
    ],
    [
      'an unknown family',
      () => recurrence(x, { ...good, family: 'rnn' as never }),
      /family 'dynamical'.*'rnn'/,
    ],
    [
      'an implicit tableau',
      () => recurrence(x, { ...good, tableau: { name: 'gauss', order: 2, a: [[0.5]], b: [1], c: [0.5] } }),
      /explicit tableau/,
    ],
    [
      'a tableau with NaN',
      () => recurrence(x, { ...good, tableau: { name: '?', order: 1, a: [[]], b: [Number.NaN], c: [0] } }),
      /finite entries/,
    ],
    [
      'an LSTM kernel of a GRU',
      () => recurrence(x, { ...lstm, kernel: tf.zeros([4, 15]) }),
      /kernel of shape \[4,20\]/,
    ],
    ['modReLU in an LSTM', () => recurrence(x, { ...lstm, activation: 'modrelu' as never }), /got 'modrelu'/],
    [
      'a soft gate',
      () => recurrence(x, { ...lstm, recurrentActivation: 'tanh' as never }),
      /'sigmoid' or 'hardSigmoid'/,
    ],
  ])('%s', (_, run, message) => {
    const text = refusal(run);
    expect(text).toMatch(message);
    expect(text).toMatch(/^recurrence: expected .*, got .*\. \S+/);
  });
});

test.each<[string, () => unknown, RegExp]>([
  [
    'an implementation in part',
    () => registerFused('x', { supports: () => true } as never),
    /a function forward, got undefined/,
  ],
  ['no implementation', () => registerFused('x', null as never), /a function supports, got undefined/],
  ['no backend', () => registerFused(null as never, {} as never), /name of a backend, got null/],
])('registerFused refuses %s', (_, run, message) => {
  expect(run).toThrow(RecurrenceError);
  expect(run).toThrow(message);
});

test.each([null, undefined, '1', '', true, [], [4], {}, Number.NaN, -1])(
  'setMaxTapeBytes refuses %j',
  (bytes) => {
    expect(() => setMaxTapeBytes(bytes as never)).toThrow(RangeError);
    expect(() => setMaxTapeBytes(bytes as never)).toThrow(/^setMaxTapeBytes: expected a number of bytes/);
  },
);

test.each([null, undefined, '2', true, [2], {}, Number.NaN, Number.POSITIVE_INFINITY, 0, -1, 1.5])(
  'setThreads refuses %j',
  (count) => {
    expect(() => setThreads(count as never)).toThrow(RangeError);
    expect(() => setThreads(count as never)).toThrow(/^setThreads: expected an integer of at least 1/);
  },
);
