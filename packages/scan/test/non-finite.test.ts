import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadAnew, withoutRelaxedSimd } from '../../../scripts/kernel-hosts.js';
import { relaxed } from '../../kernels/build/kernels.js';
import type { RecurrenceSpec } from '../src/index.js';
import { backends, useBackend } from './backends.js';
import { type ProblemOptions, randomProblem, switches } from './problems.js';

/** What is put where: an argument, a place in it and a value. */
interface Placed {
  argument: number;
  place: number;
  value: number;
}

type Scan = typeof import('../src/index.js');

/** Every state, final state and gradient of a random problem into which some values have been placed. */
function solve({ recurrence }: Pick<Scan, 'recurrence'>, options: ProblemOptions, placed: Placed[]) {
  return tf.tidy(() => {
    const problem = randomProblem(options);
    const names = Object.keys(problem.values);
    const { batch, time, units } = options;
    const results = batch * units * (time + (options.family === 'lstm' ? 2 : 1));
    const arrays: Record<string, { values: number[]; shape: number[] }> = {};
    for (const [name, value] of Object.entries({ ...problem.values, inputs: problem.x })) {
      const tensor = tf.tensor(value as number[] | number[][] | number[][][]);
      arrays[name] = { values: Array.from(tensor.dataSync()), shape: tensor.shape };
    }
    const { mask } = problem.spec(
      Object.fromEntries(names.map((name) => [name, tf.tensor(problem.values[name]!)])),
    );
    if (mask) arrays.mask = { values: Array.from(mask.dataSync()), shape: mask.shape };
    arrays.cotangent = {
      values: Array.from({ length: results }, (_, i) => Math.sin(i + options.seed)),
      shape: [results],
    };
    const all = Object.keys(arrays).filter((name) => !(options.tokens && name === 'inputs'));
    for (const { argument, place, value } of placed) {
      const { values } = arrays[all[argument % all.length]!]!;
      values[place % values.length] = value;
    }
    const tensors = Object.fromEntries(
      all.map((name) => [name, tf.tensor(arrays[name]!.values, arrays[name]!.shape)]),
    );
    const differentiated = all.filter((name) => name !== 'mask' && name !== 'cotangent');
    const run = (t: Record<string, tf.Tensor>) => {
      const spec = { ...problem.spec(t), ...(mask && { mask: tensors.mask }) } as RecurrenceSpec;
      const { states, finalState } = recurrence((t.inputs ?? problem.inputs()) as tf.Tensor3D, spec);
      return tf.concat([states!, ...finalState].map((r) => tf.reshape(r, [-1])));
    };
    const { value, grads } = tf.valueAndGrads((...given: tf.Tensor[]) =>
      run(Object.fromEntries(differentiated.map((name, i) => [name, given[i]!]))),
    )(
      differentiated.map((name) => tensors[name]!),
      tensors.cotangent,
    );
    return Object.fromEntries(
      [['results', value] as const, ...differentiated.map((name, i) => [name, grads[i]!] as const)].map(
        ([name, tensor]) => [name, Array.from(tensor.dataSync())],
      ),
    );
  });
}

/** NaN and both infinities in the same places, and what is finite within 1e-3 of its size. */
function agree(got: Record<string, number[]>, wanted: Record<string, number[]>): void {
  for (const [name, want] of Object.entries(wanted)) {
    got[name]!.forEach((value, i) => {
      const same = Number.isFinite(want[i]!)
        ? Math.abs(value - want[i]!) <= 1e-3 * Math.max(1, Math.abs(want[i]!))
        : Object.is(value, want[i]!);
      if (!same) throw new Error(`${name}[${i}]: ${value} and ${want[i]}`);
    });
  }
}

const member = fc.record<ProblemOptions>({
  family: fc.constantFrom('dynamical', 'lstm', 'gru'),
  units: fc.constantFrom(1, 3, 8, 11),
  inputDim: fc.integer({ min: 1, max: 5 }),
  batch: fc.integer({ min: 1, max: 4 }),
  time: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(),
  activation: fc.constantFrom('tanh', 'relu', 'linear', 'sigmoid', 'modrelu'),
  recurrentActivation: fc.constantFrom('sigmoid', 'hardSigmoid'),
  ...switches,
});

const placed = fc.array(
  fc.record({
    argument: fc.nat(20),
    place: fc.nat(),
    value: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0),
  }),
  { minLength: 1, maxLength: 3 },
);

/** Gates and a linear term are the dynamical family's, and modReLU too. */
const possible = (options: ProblemOptions): ProblemOptions =>
  options.family === 'dynamical'
    ? options
    : {
        ...options,
        withA: false,
        gated: false,
        activation: options.activation === 'modrelu' ? 'tanh' : options.activation,
      };

describe.each(['relaxed', 'plain'])('NaN and infinities through the kernels of the %s build', (build) => {
  let scan: Scan;
  let setMaxTapeBytes: Scan['setMaxTapeBytes'];
  beforeEach(async () => {
    loadAnew();
    if (build === 'plain') withoutRelaxedSimd(relaxed);
    await useBackend('cpu');
    scan = await import('../src/index.js');
    ({ setMaxTapeBytes } = scan);
    if (build === 'plain') expect(scan.capabilities().relaxedSimd).toBe(false);
  });
  afterEach(() => {
    setMaxTapeBytes(2 ** 30);
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  test.each(['a full tape', 'a tape in segments'])(
    'in any argument of any member, %s: in the same results and gradients as in plain operations',
    (tape) => {
      if (tape !== 'a full tape') setMaxTapeBytes(0);
      fc.assert(
        fc.property(member, placed, (options, values) => {
          const problem = possible(options);
          scan.fuse();
          const fused = solve(scan, problem, values);
          scan.unfuse();
          agree(fused, solve(scan, problem, values));
        }),
        { numRuns: 150 },
      );
    },
  );
});

describe.each(backends)('NaN and infinities on %s', (backend) => {
  const wanted = new Map<string, ReturnType<typeof solve>>();

  test('plain operations have them in the same places as on cpu, in any argument of any member', async () => {
    const scan = await import('../src/index.js');
    const samples = fc.sample(fc.tuple(member, placed), { numRuns: 150, seed: 7 });
    for (const on of ['cpu', backend] as const) {
      await useBackend(on);
      for (const [i, [options, values]] of samples.entries()) {
        const results = solve(scan, possible(options), values);
        const key = String(i);
        if (wanted.has(key)) agree(results, wanted.get(key)!);
        wanted.set(key, results);
      }
    }
  });

  describe.each(['fused', 'plain'])('%s', (path) => {
    let recurrence: Scan['recurrence'];
    beforeEach(async () => {
      const scan = await import('../src/index.js');
      await useBackend(backend);
      if (path === 'fused') scan.fuse();
      ({ recurrence } = scan);
    });

    const families: [string, Partial<ProblemOptions>][] = [
      ...['tanh', 'relu', 'linear', 'sigmoid', 'modrelu'].map(
        (activation): [string, Partial<ProblemOptions>] => [
          `dynamical, ${activation}`,
          { family: 'dynamical', activation },
        ],
      ),
      ['dynamical, gated, midpoint', { family: 'dynamical', withA: true, gated: true, scheme: 'midpoint' }],
      ...(['lstm', 'gru'] as const).flatMap((family) =>
        ['sigmoid', 'hardSigmoid'].map((recurrentActivation): [string, Partial<ProblemOptions>] => [
          `${family}, ${recurrentActivation}`,
          { family, recurrentActivation },
        ]),
      ),
    ];
    const sized = (options: Partial<ProblemOptions>): ProblemOptions => ({
      ...{ family: 'dynamical', units: 5, inputDim: 2, batch: 2, time: 3, seed: 4, activation: 'tanh' },
      ...options,
    });
    /** Arguments are taken in the order of the problem's, with the inputs after them. */
    const inputsOf = (options: ProblemOptions) => Object.keys(randomProblem(options).values).length;

    // (A linear layer's gradients by bias and inputs do not depend on what the inputs are.)
    const curved = families.filter(([name]) => !name.endsWith('linear'));
    test.each(curved)(
      '%s: a NaN among the inputs makes every later state and every gradient of a weight NaN',
      (_, o) => {
        const options = sized(o);
        const at = { argument: inputsOf(options), place: 0, value: Number.NaN };
        const { results, inputs, initialH, ...weights } = solve({ recurrence }, options, [at]);
        const { batch, time, units } = options;
        // The first of two sequences is all NaN from its first step on, the second untouched.
        const finalFrom = batch * time * units;
        expect(results!.slice(0, time * units).every(Number.isNaN)).toBe(true);
        expect(results!.slice(time * units, finalFrom).every(Number.isFinite)).toBe(true);
        expect(results!.slice(finalFrom, finalFrom + units).every(Number.isNaN)).toBe(true);
        expect(inputs!.slice(0, 2).every(Number.isNaN)).toBe(true);
        expect(inputs!.slice(time * 2).every(Number.isFinite)).toBe(true);
        for (const [name, gradient] of Object.entries(weights)) {
          expect(gradient.every(Number.isNaN), name).toBe(true);
        }
      },
    );

    test.each(families)('%s: what is behind the mask changes nothing, bit for bit', (_, o) => {
      const options = sized({ ...o, masked: true, time: 6, batch: 3 });
      const { mask } = randomProblem(options).spec({});
      const masked = Array.from(mask!.dataSync()).flatMap((on, i) => (on === 0 ? [i] : []));
      expect(masked.length).toBeGreaterThan(3);
      const argument = inputsOf(options);
      const filled = (value: (i: number) => number) =>
        solve(
          { recurrence },
          options,
          masked.flatMap((step, i) => [
            { argument, place: 2 * step, value: value(i) },
            { argument, place: 2 * step + 1, value: value(i + 1) },
          ]),
        );
      const anything = filled(
        (i) => [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][i % 3]!,
      );
      expect(anything).toEqual(filled(() => 0));
      for (const values of Object.values(anything)) expect(values.every(Number.isFinite)).toBe(true);
    });

    test.each([0, 1] as const)(
      'a step of size 0 with carry %i is carry · h, with gradients 0 for the rest',
      (carry) => {
        const [x, kernel, W, h] = [
          tf.fill([2, 3, 2], Number.NaN),
          tf.ones([2, 4]),
          tf.ones([4, 4]),
          tf.fill([2, 4], 3),
        ];
        const run = (inputs: tf.Tensor, k: tf.Tensor, w: tf.Tensor, initialState: tf.Tensor) => {
          const spec = { kernel: k, W: w, initialState, carry, epsilon: 0 } as RecurrenceSpec;
          return recurrence(inputs as tf.Tensor3D, spec).states!;
        };
        expect(Array.from(run(x, kernel, W, h).dataSync())).toEqual(Array(24).fill(3 * carry));
        const gradients = tf
          .grads(run)([x, kernel, W, h])
          .map((g) => Array.from(g.dataSync()));
        expect(gradients).toEqual([12, 8, 16, 8].map((n, i) => Array(n).fill(i === 3 ? 3 * carry : 0)));
      },
    );
  });
});
