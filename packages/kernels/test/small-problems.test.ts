import { describe, expect, it } from 'vitest';
import {
  type Network,
  type RecurrenceAttributes,
  type RecurrenceProblem,
  setMaxTapeBytes,
} from '../src/index.js';
import { webAssemblyTangents } from '../src/lyapunov/kernels.js';
import { webAssemblyRecurrence } from '../src/recurrence/kernels.js';
import { arrayProblem, solve } from './recurrence-problems.js';

/*
 * Sizes at the edges of registers, panels, tasks and blocks, over every family. `npm run test:debug` runs them over a build with
 * assertions, which trap where a kernel leaves its scratch.
 */

const sizes = [
  { units: 1, batch: 1, time: 1, inputDim: 1 },
  { units: 7, batch: 9, time: 3, inputDim: 4 },
  { units: 8, batch: 33, time: 40, inputDim: 3 },
  { units: 17, batch: 130, time: 2, inputDim: 9 },
];

const allFinite = (values: ArrayLike<number>): boolean => Array.from(values).every(Number.isFinite);

/** The members of a family that take different ways through its kernels. */
function members(problem: RecurrenceProblem): RecurrenceProblem[] {
  const { attributes, arrays } = problem;
  const { batch, time, units, inputDim } = attributes;
  const mask = Uint8Array.from({ length: batch * time }, (_, i) => (i % 3 === 0 ? 0 : 1));
  const all = [problem, { attributes: { ...attributes, goBackwards: true }, arrays: { ...arrays, mask } }];
  if (attributes.family !== 'dynamical') return all;
  const gate = {
    gateKernel: new Float32Array(inputDim * units).fill(0.1),
    gateBias: new Float32Array(units),
  };
  const euler: RecurrenceAttributes = { ...attributes, a: [[]], b: [1] };
  const modrelu: RecurrenceAttributes = { ...attributes, activation: 'modrelu' };
  const { A, ...withoutA } = arrays;
  return [
    ...all,
    { attributes, arrays: { ...arrays, ...gate, mask } },
    { attributes: euler, arrays: withoutA },
    { attributes: euler, arrays: { ...arrays, ...gate } },
    { attributes: modrelu, arrays },
  ];
}

describe.each(['dynamical', 'lstm', 'gru'] as const)('%s', (family) => {
  const problems = sizes
    .flatMap((size) => [false, true].map((tokens) => arrayProblem({ ...size, family, tokens })))
    .flatMap(members);

  it('gives finite results and gradients of every array, with a full tape and with one in segments', () => {
    for (const problem of problems) {
      for (const bytes of [2 ** 30, 0]) {
        setMaxTapeBytes(bytes);
        const { final, ...gradients } = solve(problem, webAssemblyRecurrence);
        const { tokens } = problem.attributes;
        const names = Object.keys(problem.arrays).filter(
          (name) => name !== 'mask' && !(tokens && name === 'inputs'),
        );
        expect(Object.keys(gradients).sort()).toEqual(names.sort());
        for (const values of [final, ...Object.values(gradients)]) expect(allFinite(values)).toBe(true);
      }
    }
    setMaxTapeBytes(2 ** 30);
  });

  it('propagates tangent vectors of either precision to finite growths', () => {
    for (const units of [1, 5, 8, 19]) {
      for (const count of [1, Math.ceil(units / 2), units]) {
        for (const precision of ['float64', 'float32'] as const) {
          const batch = webAssemblyTangents.start(network(family, units), { batch: 3, count, precision });
          try {
            const frame = Float64Array.from({ length: count * units }, (_, i) => Math.sin(1 + i * i));
            for (let b = 0; b < 3; b++) batch.setFrame(b, frame);
            for (let step = 0; step < 4; step++) {
              batch.inputs().fill(0.3);
              const fault = batch.run({ step: true, factorise: step % 2 === 1, afterOneStep: false });
              expect(fault).toBeUndefined();
            }
            for (const { growth } of batch.growth()) expect(allFinite(growth)).toBe(true);
            expect(allFinite(batch.state(2))).toBe(true);
          } finally {
            batch.release();
          }
        }
      }
    }
  });
});

/** A network whose Jacobian is far from singular. */
function network(family: 'dynamical' | 'lstm' | 'gru', units: number): Network {
  const gates = { dynamical: 1, lstm: 4, gru: 3 }[family];
  const wave = (length: number, scale: number) =>
    Float64Array.from({ length }, (_, i) => scale * Math.sin(1 + 3 * i));
  const shared = { units, inputDim: 1, W: wave(gates * units * units, 0.1), kernel: wave(gates * units, 1) };
  if (family === 'dynamical') {
    const scheme = { a: [[], [0.5]], b: [0, 1] };
    return {
      ...shared,
      family,
      activation: 'tanh',
      carry: 1,
      epsilon: 0.1,
      A: wave(units * units, 0.1),
      scheme,
    };
  }
  const gated = { ...shared, activation: 'tanh', recurrentActivation: 'sigmoid' } as const;
  return family === 'lstm' ? { ...gated, family, hiddenOnly: true } : { ...gated, family };
}
