import type { RecurrenceProblem } from '@hurwitz/kernels';
import { generator } from '@hurwitz/random';
import { expect, test } from 'vitest';
import { webAssemblyRecurrence } from '../../kernels/src/recurrence/kernels.js';
import { nativeDevice } from '../src/index.js';
import { describeEach } from './instruction-sets.js';
import { type Run, solve } from './problems.js';

const [units, batch, time, inputDim] = [19, 5, 6, 3];

function runOf(withBias: boolean, masked: boolean): Run {
  const { uniform } = generator(9);
  const floats = (length: number, scale: number) =>
    Float32Array.from({ length }, () => (uniform() * 2 - 1) * scale);
  const arrays: RecurrenceProblem['arrays'] = {
    inputs: floats(batch * time * inputDim, 1),
    kernel: floats(inputDim * 3 * units, 0.8),
    recurrentKernel: floats(units * 3 * units, 1.2 / Math.sqrt(units)),
    initialH: floats(batch * units, 0.5),
  };
  if (withBias) arrays.bias = floats(6 * units, 0.3);
  if (masked) arrays.mask = Uint8Array.from({ length: batch * time }, (_, i) => Number(i % 3 !== 1));
  const sizes = { units, batch, time, inputDim, tokens: false, goBackwards: false, returnSequences: true };
  const step = {
    family: 'gru',
    activation: 'tanh',
    recurrentActivation: 'sigmoid',
    resetAfter: true,
  } as const;
  const cotangents = { states: floats(batch * time * units, 1), final: [floats(batch * units, 1)] };
  return { problem: { attributes: { ...sizes, ...step }, arrays }, cotangents };
}

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

type Values = Record<string, ArrayLike<number>>;

/** All states in float64, one sequence and unit at a time, and Σ cotangent · result. */
function oracle({ problem, cotangents }: Run, v: Values): { states: number[]; loss: number } {
  const states: number[] = [];
  let loss = 0;
  for (let row = 0; row < batch; row++) {
    let h = Array.from({ length: units }, (_, i) => v.initialH![row * units + i]!);
    for (let t = 0; t < time; t++) {
      const previous = h;
      const inputPart = (j: number) => {
        let sum = v.bias?.[j] ?? 0;
        for (let i = 0; i < inputDim; i++) {
          sum += v.inputs![(row * time + t) * inputDim + i]! * v.kernel![i * 3 * units + j]!;
        }
        return sum;
      };
      const statePart = (j: number) => {
        let sum = v.bias?.[3 * units + j] ?? 0;
        for (let i = 0; i < units; i++) sum += previous[i]! * v.recurrentKernel![i * 3 * units + j]!;
        return sum;
      };
      const here = problem.arrays.mask?.[row * time + t] ?? 1;
      if (here !== 0) {
        h = previous.map((value, i) => {
          const z = sigmoid(inputPart(i) + statePart(i));
          const r = sigmoid(inputPart(units + i) + statePart(units + i));
          const n = Math.tanh(inputPart(2 * units + i) + r * statePart(2 * units + i));
          return z * value + (1 - z) * n;
        });
      }
      for (const [i, value] of h.entries()) {
        states.push(value);
        loss += value * cotangents.states![(row * time + t) * units + i]!;
      }
    }
    for (const [i, value] of h.entries()) loss += value * cotangents.final[0]![row * units + i]!;
  }
  return { states, loss };
}

describeEach('GRU with resetAfter', () => {
  test.each([
    [true, false],
    [true, true],
    [false, false],
  ])(
    'bias %s, mask %s: states within 2e-6, gradients along a direction within 3e-5 (relative) of float64',
    (withBias, masked) => {
      const run = runOf(withBias, masked);
      const values: Values = { ...run.problem.arrays };
      const got = solve(nativeDevice.recurrence!, run);
      const { states } = oracle(run, values);
      const gap = states.reduce((most, value, i) => Math.max(most, Math.abs(value - got.states![i]!)), 0);
      expect(gap).toBeLessThan(2e-6);
      const { uniform } = generator(3);
      for (const [name, base] of Object.entries(values)) {
        if (name === 'mask') continue;
        const direction = Array.from(base, () => uniform() * 2 - 1);
        const at = (by: number) =>
          oracle(run, { ...values, [name]: Array.from(base, (value, i) => value + by * direction[i]!) }).loss;
        const expected = (at(1e-5) - at(-1e-5)) / 2e-5;
        const along = got[`gradient of ${name}`]!.reduce((sum, value, i) => sum + value * direction[i]!, 0);
        expect(Math.abs(along - expected) / Math.max(1, Math.abs(expected)), name).toBeLessThan(3e-5);
      }
    },
  );
});

test('WebAssembly does not claim it', () => {
  const { problem } = runOf(true, false);
  const has = (name: string) => name in problem.arrays;
  expect(webAssemblyRecurrence.supports({ attributes: problem.attributes, has })).toBe(false);
});
