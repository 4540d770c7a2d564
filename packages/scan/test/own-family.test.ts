import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  defineFamily,
  type FamilyDefinition,
  type FamilySpec,
  fuse,
  RecurrenceError,
  recurrence,
  tensorActivation,
} from '../src/index.js';
import { backends, distance, useBackend } from './backends.js';
import { generator } from './problems.js';

interface MomentumOptions {
  W: tf.Tensor;
  bias?: tf.Tensor;
  mu?: number;
}

/** v⁺ = mu v + tanh(W h + U_v x + b), h⁺ = sigmoid(U_h x) ∘ v⁺ + h / 2: two states, and two blocks of drive. */
const momentum = defineFamily({
  name: 'momentum',
  states: { h: 1, v: 1 },
  blocks: 2,
  recurrent: 'W',
  tensors: {
    W: { shape: ({ units }) => [units, units] },
    bias: { shape: ({ units }) => [units], optional: true },
  },
  options: ['mu'],
  attributes: ({ mu = 0.9 }: MomentumOptions) => ({ mu }),
  prepare: ({ attributes: { mu, units }, tensors: { kernel, W, bias } }) => {
    const recurrent = tf.transpose(W as tf.Tensor2D);
    const act = tensorActivation('tanh');
    const gate = tensorActivation('sigmoid');
    return {
      kernel: kernel!,
      bias: bias && tf.concat([tf.zeros([units]), bias]),
      step: ([h, v], drive, guard) => {
        const [open, push] = tf.split(drive, 2, 1) as [tf.Tensor2D, tf.Tensor2D];
        const force = act(tf.add(push, guard(tf.matMul(h!, recurrent))));
        const velocity: tf.Tensor2D = tf.add(tf.mul(v!, mu), force);
        return [tf.add(tf.mul(gate(open), velocity), tf.mul(h!, 0.5)), velocity];
      },
    };
  },
});

const units = 4;
const [batch, time, inputDim, mu] = [3, 6, 2, 0.7];

interface Values {
  x: number[][][];
  kernel: number[][];
  W: number[][];
  bias: number[];
  h: number[][];
  v: number[][];
}

const random = generator(23);
const vector = (n: number, scale: number) =>
  Array.from({ length: n }, () => Math.fround((random() * 2 - 1) * scale));
const matrix = (rows: number, columns: number, scale: number) =>
  Array.from({ length: rows }, () => vector(columns, scale));
const values: Values = {
  x: Array.from({ length: batch }, () => matrix(time, inputDim, 1)),
  kernel: matrix(inputDim, 2 * units, 0.8),
  W: matrix(units, units, 0.6),
  bias: vector(units, 0.3),
  h: matrix(batch, units, 0.5),
  v: matrix(batch, units, 0.5),
};
const tokens = Array.from({ length: batch }, (_, i) => Array.from({ length: time }, (__, t) => (i + t) % 2));
const mask = values.x.map((_, i) =>
  Array.from({ length: time }, (__, t) => (i + t === 3 || t === 1 ? 0 : 1)),
);
const cotangent = values.x.map(() => matrix(time, units, 1));

interface Way {
  masked?: boolean;
  goBackwards?: boolean;
  tokens?: boolean;
}

/** In float64, one sequence at a time: the states, the final states and Σ cotangent · states. */
function exact({ x, kernel, W, bias, h: h0, v: v0 }: Values, way: Way) {
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  let loss = 0;
  const runs = x.map((sequence, i) => {
    let [h, v] = [h0[i]!, v0[i]!];
    const states = sequence.map((_, step) => {
      const t = way.goBackwards ? time - 1 - step : step;
      const row = way.tokens ? [0, 1].map((j) => (j === tokens[i]![t] ? 1 : 0)) : sequence[t]!;
      const drive = kernel[0]!.map((__, j) => row.reduce((sum, xk, k) => sum + xk * kernel[k]![j]!, 0));
      if (!way.masked || mask[i]![t] !== 0) {
        const force = W.map((weights, k) =>
          Math.tanh(weights.reduce((sum, w, j) => sum + w * h[j]!, drive[units + k]! + bias[k]!)),
        );
        v = v.map((vk, k) => mu * vk + force[k]!);
        h = h.map((hk, k) => sigmoid(drive[k]!) * v[k]! + hk / 2);
      }
      loss += h.reduce((sum, hk, k) => sum + hk * cotangent[i]![step]![k]!, 0);
      return h;
    });
    return { states, h, v };
  });
  return {
    loss,
    states: runs.map((run) => run.states),
    h: runs.map((run) => run.h),
    v: runs.map((run) => run.v),
  };
}

const names = ['kernel', 'W', 'bias', 'h', 'v', 'x'] as const;

function run(tensors: tf.Tensor[], way: Way, returnSequences?: false) {
  const [kernel, W, bias, h, v, x] = tensors as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const inputs = way.tokens ? tf.tensor2d(tokens, undefined, 'int32') : x;
  const spec: FamilySpec<MomentumOptions> = {
    family: momentum,
    kernel,
    W,
    bias,
    mu,
    initialState: [h, v],
    goBackwards: way.goBackwards,
    mask: way.masked ? tf.tensor2d(mask) : undefined,
    returnSequences,
  };
  return recurrence(inputs, spec);
}

const ways: [string, Way][] = [
  ['forwards', {}],
  ['backwards', { goBackwards: true }],
  ['masked', { masked: true }],
  ['masked and backwards', { masked: true, goBackwards: true }],
  ['of tokens, masked', { masked: true, tokens: true }],
];

describe.each(backends)('a family from outside the package, on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
    // The kernels are there, and leave it to plain operations.
    fuse();
  });

  test.each(ways)(
    '%s: states within 2e-6, gradients within 3e-5 of central differences in float64',
    (_, way) => {
      const tensors = names.map((name) => tf.tensor(values[name]));
      const wanted = exact(values, way);
      const { states, finalState } = run(tensors, way);
      expect(distance(states!, wanted.states)).toBeLessThan(2e-6);
      expect(finalState).toHaveLength(2);
      expect(distance(finalState[0], wanted.h)).toBeLessThan(2e-6);
      expect(distance(finalState[1]!, wanted.v)).toBeLessThan(2e-6);

      const asked = way.tokens ? names.slice(0, -1) : names;
      const gradients = tf.grads((...given: tf.Tensor[]) =>
        tf.sum(tf.mul(run([...given, ...tensors.slice(given.length)], way).states!, tf.tensor(cotangent))),
      )(tensors.slice(0, asked.length));
      for (const [i, name] of asked.entries()) {
        const flat = tensors[i]!.dataSync();
        const shape = tensors[i]!.shape;
        const lossAt = (j: number, by: number): number => {
          const moved = Array.from(flat, (value, k) => (k === j ? value + by : value));
          return exact({ ...values, [name]: nested(moved, shape) }, way).loss;
        };
        const step = 1e-5;
        const differences = Array.from(flat, (__, j) => (lossAt(j, step) - lossAt(j, -step)) / (2 * step));
        expect(distance(tf.reshape(gradients[i]!, [-1]), differences), name).toBeLessThan(3e-5);
      }
    },
  );

  test('without sequences: the final states alone, the same to the bit', () => {
    const tensors = names.map((name) => tf.tensor(values[name]));
    const last = run(tensors, {}, false);
    expect(last.states).toBeUndefined();
    expect(last.finalState.map((state) => Array.from(state.dataSync()))).toEqual(
      run(tensors, {}).finalState.map((state) => Array.from(state.dataSync())),
    );
  });

  test('second derivatives in a weight: within 1e-3 (relative) of differences of the first', () => {
    const tensors = names.map((name) => tf.tensor(values[name]));
    const first = (W: tf.Tensor) =>
      tf.grad((w: tf.Tensor) => tf.sum(tf.square(run([tensors[0]!, w, ...tensors.slice(2)], {}).states!)))(W);
    const direction = tf.randomUniform([units, units], -1, 1, 'float32', 5);
    const second = tf.grad((W: tf.Tensor) => tf.sum(tf.mul(first(W), direction)))(tensors[1]!);
    const h = 2 ** -8;
    const plus = first(tf.add(tensors[1]!, tf.mul(direction, h)));
    const minus = first(tf.sub(tensors[1]!, tf.mul(direction, h)));
    const difference = tf.div(tf.sub(plus, minus), 2 * h);
    const largest = tf.max(tf.abs(second)).dataSync()[0]!;
    expect(largest).toBeGreaterThan(1);
    expect(tf.max(tf.abs(tf.sub(second, difference))).dataSync()[0]).toBeLessThan(1e-3 * largest);
  });

  test.each<[string, () => Partial<FamilySpec>, RegExp]>([
    ['a kernel of one block', () => ({ kernel: tf.zeros([inputDim, units]) }), /kernel of shape \[2,8\]/],
    [
      'one initial state of two',
      () => ({ initialState: tf.zeros([batch, units]) }),
      /initialState \[h, v\], got float32/,
    ],
    ['an option of another family', () => ({ epsilon: 0.1 }), /options among .*mu.*, got 'epsilon'/],
    ['no recurrent matrix', () => ({ W: undefined }), /a tensor W, the recurrent matrix, got undefined/],
    [
      'a second state of another width',
      () => ({ initialState: [tf.zeros([3, 4]), tf.zeros([3, 5])] }),
      /initialState\[1\] of shape \[3,4\]/,
    ],
  ])('refuses %s', (_, wrong, message) => {
    const spec = { family: momentum, kernel: tf.tensor(values.kernel), W: tf.tensor(values.W), ...wrong() };
    const attempt = () => recurrence(tf.tensor(values.x), spec as FamilySpec<MomentumOptions>);
    expect(attempt).toThrow(RecurrenceError);
    expect(attempt).toThrow(message);
  });
});

function nested(flat: number[], shape: number[]): unknown {
  if (shape.length === 1) return flat;
  const size = flat.length / shape[0]!;
  return Array.from({ length: shape[0]! }, (_, i) =>
    nested(flat.slice(i * size, (i + 1) * size), shape.slice(1)),
  );
}

/** Held by the compiler: the options of a specification are those of its family. */
export function types(x: tf.Tensor3D, kernel: tf.Tensor, W: tf.Tensor): unknown[] {
  return [
    recurrence(x, { family: momentum, kernel, W, mu: 0.5 }).states.shape,
    // @ts-expect-error W is missing
    recurrence(x, { family: momentum, kernel, mu: 0.5 }),
    // @ts-expect-error no such option
    recurrence(x, { family: momentum, kernel, W, nu: 0.5 }),
    // @ts-expect-error no such option
    recurrence(x, { kernel, W, epsillon: 0.5 }),
  ];
}

describe('a family without a recurrent matrix', () => {
  beforeAll(() => useBackend('cpu'));

  /** minGRU's idea: h⁺ = (1 - z) h + z (U_h x), z = sigmoid(U_z x). */
  const inputGated = defineFamily({
    name: 'input-gated',
    states: { h: 1 },
    blocks: 2,
    tensors: {},
    options: [],
    attributes: () => ({}),
    prepare: ({ tensors: { kernel } }) => ({
      kernel: kernel!,
      step: ([h], drive) => {
        const [z, candidate] = tf.split(drive, 2, 1) as [tf.Tensor2D, tf.Tensor2D];
        const open = tf.sigmoid(z);
        return [tf.add(h!, tf.mul(open, tf.sub(candidate, h!)))];
      },
    }),
  });

  test('takes its units from the kernel: h = sigmoid(u_z x) u_h x after one step, within 1e-7', () => {
    const { states } = recurrence(tf.tensor3d([[[0.5]]]), {
      family: inputGated,
      kernel: tf.tensor2d([[1, -2, 3, 4]]),
    });
    const open = (z: number) => 1 / (1 + Math.exp(-z));
    expect(states.shape).toEqual([1, 1, 2]);
    expect(distance(states, [[[open(0.5) * 1.5, open(-1) * 2]]])).toBeLessThan(1e-7);
  });

  test('names what the units come from where a shape does not fit', () => {
    const spec = { family: inputGated, kernel: tf.zeros([1, 4]), initialState: tf.zeros([1, 3]) };
    expect(() => recurrence(tf.zeros([1, 1, 1]), spec)).toThrow(
      /initialState of shape \[1,2\] in float32, .* The inputs have shape \[1,1,1\] and the kernel has 2 units\./,
    );
  });

  test('refuses a kernel that does not split into its blocks', () => {
    const attempt = () => recurrence(tf.zeros([1, 1, 1]), { family: inputGated, kernel: tf.zeros([1, 3]) });
    expect(attempt).toThrow(
      /a kernel \[inputDim, columns\] of 2 columns for each unit, got float32 of shape \[1,3\]/,
    );
  });
});

describe('defineFamily refuses', () => {
  const good = {
    name: 'good',
    states: { h: 1 },
    blocks: 1,
    tensors: {},
    options: [],
    attributes: () => ({}),
    prepare: () => ({ kernel: tf.zeros([1, 1]), step: ([h]: tf.Tensor2D[]) => [h!] }),
  } satisfies FamilyDefinition;

  test.each<[string, object | null | undefined, RegExp]>([
    ['nothing', undefined, /an object with name, states/],
    ['no name', { ...good, name: '' }, /a name, got ""/],
    ['no states', { ...good, states: {} }, /states by name with their widths in units, got \{\}/],
    ['a width that is no count', { ...good, states: { h: 0.5 } }, /widths in units/],
    ['no blocks', { ...good, blocks: 0 }, /blocks, a positive integer, got 0/],
    ['no step', { ...good, prepare: undefined }, /a function prepare, got undefined/],
    ['a misspelt part', { ...good, tangents: () => ({}) }, /got 'tangents'. Did you mean 'tangent'/],
  ])('%s', (_, definition, message) => {
    expect(() => defineFamily(definition as FamilyDefinition)).toThrow(RecurrenceError);
    expect(() => defineFamily(definition as FamilyDefinition)).toThrow(message);
  });

  test('and recurrence refuses a definition that defineFamily did not make', () => {
    const spec = { family: good, kernel: tf.zeros([1, 1]) } as never;
    expect(() => recurrence(tf.zeros([1, 1, 1]), spec)).toThrow(
      /'dynamical', 'lstm', 'gru' or one that defineFamily made, got an object/,
    );
  });
});

test('the example of the README: h = (1 - decay) tanh(U x) after a step from 0, within 1e-6', async () => {
  await useBackend('cpu');
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].find(([, code]) =>
    code!.includes('defineFamily({'),
  );
  const body = example![1]!.replaceAll(/^import .*\n/gm, '').replaceAll('console.log', 'log');
  const logged: unknown[] = [];
  const log = (...args: unknown[]) => logged.push(args);
  const made = new Function(
    'tf',
    'defineFamily',
    'recurrence',
    'tensorActivation',
    'log',
    `${body}\nreturn { fadingMemory };`,
  );
  const { fadingMemory } = made(tf, defineFamily, recurrence, tensorActivation, log);
  expect(logged).toEqual([[[8, 50, 16]]]);
  const { states } = recurrence(tf.tensor3d([[[0.5]]]), {
    family: fadingMemory,
    kernel: tf.tensor2d([[1, -2]]),
    W: tf.zeros([2, 2]),
    rate: tf.tensor1d([0.3, -1]),
  } as FamilySpec);
  const decay = (rate: number) => 1 / (1 + Math.exp(-rate));
  const wanted = [(1 - decay(0.3)) * Math.tanh(0.5), (1 - decay(-1)) * Math.tanh(-1)];
  expect(distance(states!, [[wanted]])).toBeLessThan(1e-6);
});
