import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  defineFamily,
  type FamilySpec,
  type FusedImplementation,
  MAX_RESIDUALS,
  RECURRENCE,
  RecurrenceError,
  recurrence,
  registerFused,
  unregisterFused,
} from '../src/index.js';
import { useBackend } from './backends.js';
import { randomProblem, tensorsOf } from './problems.js';

/**
 * A stand-in for a fused implementation: states are all 1, the final state 2, and the gradient of every tensor is a
 * constant, so its numbers can come from nowhere else.
 */
function standIn(log: string[], supported = true): FusedImplementation {
  return {
    supports: () => supported,
    forward: ({ attributes: { batch, time, units, returnSequences }, recordTape, tensors }) => {
      log.push(`forward ${Object.keys(tensors).sort().join()} ${recordTape ? 'taped' : 'untaped'}`);
      const handle = tf.scalar(42, 'int32');
      const finalState = tf.fill([batch, units], 2);
      return returnSequences ? [tf.ones([batch, time, units]), finalState, handle] : [finalState, handle];
    },
    backward: ({ tensors, outputs, cotangents, inputGradient, attributes: { returnSequences } }) => {
      const handle = outputs.at(-1) as tf.Tensor;
      const asked = inputGradient ? 'with' : 'without';
      log.push(`backward ${asked} inputs, of ${outputs.length} outputs, handle ${handle.dataSync()[0]}`);
      expect(outputs).toHaveLength(returnSequences ? 3 : 2);
      const weight = tf.sum(cotangents[0] as tf.Tensor);
      return Object.fromEntries(
        Object.entries(tensors).map(([name, t]) => [name, tf.mul(tf.fill(t!.shape, name.length), weight)]),
      );
    },
  };
}

describe('a kernel registered for the backend', () => {
  const problem = randomProblem({
    ...{ units: 2, inputDim: 3, batch: 2, time: 4, seed: 3 },
    family: 'dynamical',
    masked: true,
    gated: true,
  });
  beforeAll(async () => {
    await useBackend('cpu');
    unregisterFused('cpu');
  });
  afterEach(() => unregisterFused('cpu'));

  test('runs in place of the reference, which is back without it', () => {
    const log: string[] = [];
    const spec = problem.spec(tensorsOf(problem.values));
    const before = recurrence(problem.inputs(), spec).states!.dataSync();
    registerFused('cpu', standIn(log));
    const { states, finalState } = recurrence(problem.inputs(), spec);
    expect([...states!.dataSync()]).toEqual(Array(16).fill(1));
    expect([...finalState[0]!.dataSync()]).toEqual(Array(4).fill(2));
    expect(recurrence(problem.inputs(), { ...spec, returnSequences: false }).finalState).toHaveLength(1);
    expect(log).toEqual(Array(2).fill('forward W,bias,gateBias,gateKernel,inputs,kernel,mask untaped'));
    unregisterFused('cpu');
    expect([...recurrence(problem.inputs(), spec).states!.dataSync()]).toEqual([...before]);
  });

  test('brings its own gradient, for exactly the tensors asked for', () => {
    const log: string[] = [];
    registerFused('cpu', standIn(log));
    const tensors = tensorsOf(problem.values);
    const loss = (kernel: tf.Tensor, gateBias: tf.Tensor) =>
      tf.sum(recurrence(problem.inputs(), problem.spec({ ...tensors, kernel, gateBias })).states!);
    const before = tf.memory().numTensors;
    const [dKernel, dGateBias] = tf.grads(loss)([tensors.kernel!, tensors.gateBias!]);
    // 16 states of cotangent 1, times the length of the tensor's name
    expect([...dKernel!.dataSync()]).toEqual(Array(6).fill(16 * 'kernel'.length));
    expect([...dGateBias!.dataSync()]).toEqual(Array(2).fill(16 * 'gateBias'.length));
    expect(log.map((line) => line.split(' ').at(-1))).toEqual(['taped', '42']);
    // the two gradients, and the inputs and mask that the loss made
    expect(tf.memory().numTensors).toBe(before + 2);
  });

  test('is asked for the gradient of the inputs only where tfjs wants it, and runs once', () => {
    const log: string[] = [];
    registerFused('cpu', standIn(log));
    const tensors = tensorsOf(problem.values);
    const loss = (inputs: tf.Tensor, kernel: tf.Tensor) =>
      tf.sum(recurrence(inputs as tf.Tensor3D, problem.spec({ ...tensors, kernel })).states!);
    const inputs = problem.inputs() as tf.Tensor;
    const before = tf.memory().numTensors;
    const [dInputs, dKernel] = tf.grads(loss)([inputs, tensors.kernel!]);
    expect(dInputs!.dataSync()[0]).toBe(16 * 'inputs'.length);
    expect(dKernel!.dataSync()[0]).toBe(16 * 'kernel'.length);
    tf.grad((kernel: tf.Tensor) => loss(inputs, kernel))(tensors.kernel!);
    expect(log.filter((line) => line.startsWith('backward')).map((line) => line.split(',')[0])).toEqual([
      'backward with inputs',
      'backward without inputs',
    ]);
    expect(tf.memory().numTensors).toBe(before + 3);
  });

  test('is left out where it does not support the problem, and inside nested gradients', () => {
    const log: string[] = [];
    const tensors = tensorsOf(problem.values);
    const spec = problem.spec(tensors);
    registerFused('cpu', standIn(log, false));
    expect(recurrence(problem.inputs(), spec).states!.dataSync()[0]).not.toBe(1);
    registerFused('cpu', standIn(log));
    const second = tf.grad((x: tf.Tensor) => {
      const first = tf.grad((y: tf.Tensor) => tf.sum(recurrence(y as tf.Tensor3D, spec).states!));
      return tf.sum(tf.square(first(x)));
    });
    expect(tf.sum(tf.abs(second(problem.inputs() as tf.Tensor))).dataSync()[0]).toBeGreaterThan(0.01);
    expect(log).toEqual([]);
  });

  test('an inner gradient of a result from outside it is refused: the kernel has no second derivative', () => {
    registerFused('cpu', standIn([]));
    const spec = problem.spec(tensorsOf(problem.values));
    const second = tf.grad((x: tf.Tensor) => {
      const loss = tf.sum(recurrence(x as tf.Tensor3D, spec).states!) as tf.Scalar;
      return tf.sum(tf.square(tf.grad(() => loss)(x)));
    });
    expect(() => second(problem.inputs() as tf.Tensor)).toThrow(RecurrenceError);
    expect(() => second(problem.inputs() as tf.Tensor)).toThrow(/inside the inner of two gradients/);
  });

  test('of a family from outside runs beside those of the others, with as many final states as it has', () => {
    const pair = defineFamily({
      name: 'pair',
      states: { p: 1, q: 2 },
      blocks: 1,
      tensors: { weight: { shape: ({ units }) => [units] } },
      options: [],
      attributes: () => ({ own: 7 }),
      prepare: ({ tensors: { kernel } }) => ({ kernel: kernel!, step: (states) => states }),
    });
    const log: string[] = [];
    registerFused('cpu', standIn(log));
    registerFused('cpu', {
      families: ['pair'],
      supports: () => true,
      forward: ({ attributes, tensors }) => {
        log.push(
          `pair ${(attributes as unknown as { own: number }).own} ${Object.keys(tensors).sort().join()}`,
        );
        return [tf.fill([2, 3], 5), tf.fill([2, 6], 6)];
      },
      backward: ({ tensors, cotangents, outputs }) => {
        expect([cotangents.length, outputs.length]).toEqual([2, 2]);
        const weight = tf.sum(cotangents[1] as tf.Tensor);
        const zeros = Object.entries(tensors).map(([name, tensor]) => [name, tf.zeros(tensor!.shape)]);
        return { ...Object.fromEntries(zeros), weight: tf.mul(tf.ones([3]), weight) };
      },
    });
    const weight = tf.tensor1d([1, 2, 3]);
    const run = (w: tf.Tensor) =>
      recurrence(tf.zeros([2, 4, 1]), {
        family: pair,
        kernel: tf.ones([1, 3]),
        weight: w,
        initialState: [tf.zeros([2, 3]), tf.zeros([2, 6])],
        returnSequences: false,
      } as FamilySpec).finalState;
    expect(run(weight).map((state) => state.shape)).toEqual([
      [2, 3],
      [2, 6],
    ]);
    const gradient = tf.grad((w: tf.Tensor) => tf.sum(run(w)[1]!))(weight);
    expect([...gradient.dataSync()]).toEqual([12, 12, 12]);
    recurrence(problem.inputs(), problem.spec(tensorsOf(problem.values)));
    const names = 'initialP,initialQ,inputs,kernel,weight';
    expect(log).toEqual([
      `pair 7 ${names}`,
      `pair 7 ${names}`,
      'forward W,bias,gateBias,gateKernel,inputs,kernel,mask untaped',
    ]);
    unregisterFused('cpu');
    expect(run(weight)[0]!.dataSync()[0]).toBe(0);
  });

  test('registering twice replaces, unregistering twice does nothing', () => {
    registerFused('cpu', standIn([], false));
    registerFused('cpu', standIn([]));
    expect(tf.getKernel(RECURRENCE, 'cpu')).toBeDefined();
    unregisterFused('cpu');
    unregisterFused('cpu');
    expect(tf.getKernel(RECURRENCE, 'cpu')).toBeUndefined();
    expect(MAX_RESIDUALS).toBe(4);
  });
});
