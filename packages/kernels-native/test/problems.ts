import type {
  Cotangents,
  Gradients,
  RecurrenceKernels,
  RecurrenceProblem,
  RecurrenceResults,
} from '@hurwitz/kernels';
import { generator } from '@hurwitz/random';
import fc from 'fast-check';

const tableaux = {
  euler: { a: [[]], b: [1] },
  midpoint: { a: [[], [0.5]], b: [0, 1] },
  kutta3: { a: [[], [0.5], [-1, 2]], b: [1 / 6, 2 / 3, 1 / 6] },
  rk4: { a: [[], [0.5], [0, 0.5], [0, 0, 1]], b: [1 / 6, 1 / 3, 1 / 3, 1 / 6] },
};

/** What a problem is; its numbers follow from the seed. */
export interface ProblemOptions {
  family: 'dynamical' | 'lstm' | 'gru';
  units: number;
  batch: number;
  time: number;
  inputDim: number;
  seed: number;
  scheme: keyof typeof tableaux;
  activation: 'tanh' | 'relu' | 'linear' | 'sigmoid' | 'modrelu';
  recurrentActivation: 'sigmoid' | 'hardSigmoid';
  carry: 0 | 1;
  withA: boolean;
  withBias: boolean;
  gated: boolean;
  tokens: boolean;
  masked: boolean;
  initial: boolean;
  goBackwards: boolean;
  returnSequences: boolean;
}

const usual: ProblemOptions = {
  family: 'dynamical',
  units: 24,
  batch: 40,
  time: 30,
  inputDim: 2,
  seed: 5,
  scheme: 'euler',
  activation: 'tanh',
  recurrentActivation: 'sigmoid',
  carry: 1,
  withA: true,
  withBias: true,
  gated: false,
  tokens: false,
  masked: false,
  initial: true,
  goBackwards: false,
  returnSequences: false,
};

/** Any member of any family. What is not bounded grows with every step, so it gets few. */
export const anyOptions: fc.Arbitrary<ProblemOptions> = fc
  .record({
    family: fc.constantFrom('dynamical' as const, 'dynamical' as const, 'lstm' as const, 'gru' as const),
    units: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(48, 64, 70, 79)),
    batch: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(131)),
    time: fc.integer({ min: 1, max: 12 }),
    inputDim: fc.integer({ min: 0, max: 20 }),
    seed: fc.nat(),
    scheme: fc.constantFrom('euler', 'midpoint', 'kutta3', 'rk4'),
    activation: fc.constantFrom('tanh', 'relu', 'linear', 'sigmoid', 'modrelu'),
    recurrentActivation: fc.constantFrom('sigmoid', 'hardSigmoid'),
    carry: fc.constantFrom(0 as const, 1 as const),
    withA: fc.boolean(),
    withBias: fc.boolean(),
    gated: fc.boolean(),
    tokens: fc.boolean(),
    masked: fc.boolean(),
    initial: fc.boolean(),
    goBackwards: fc.boolean(),
    returnSequences: fc.boolean(),
  })
  .map((o) => ({
    ...o,
    tokens: o.tokens && o.inputDim > 0,
    time: ['tanh', 'sigmoid'].includes(o.activation) ? o.time : Math.min(o.time, 4),
  })) as fc.Arbitrary<ProblemOptions>;

/** A recurrence with cotangents of its results. */
export interface Run {
  problem: RecurrenceProblem;
  cotangents: Cotangents;
}

export function runOf(options: Partial<ProblemOptions>): Run {
  const o = { ...usual, ...options };
  const { family, units, batch, time, inputDim, tokens, goBackwards, returnSequences } = o;
  const { uniform } = generator(o.seed);
  const floats = (length: number, scale: number) =>
    Float32Array.from({ length }, () => (uniform() * 2 - 1) * scale);
  const whole = (length: number, below: number) =>
    Int32Array.from({ length }, () => Math.floor(uniform() * below));
  const gates = { dynamical: 1, lstm: 4, gru: 3 }[family];
  const scale = 1 / Math.sqrt(units);
  const arrays: RecurrenceProblem['arrays'] = {
    inputs: tokens ? whole(batch * time, inputDim) : floats(batch * time * inputDim, 1),
    kernel: floats(inputDim * units * gates, 0.8),
  };
  if (o.withBias) arrays.bias = floats(units * gates, 0.3);
  if (o.masked) arrays.mask = whole(batch * time, 3);
  if (o.initial) arrays.initialH = floats(batch * units, 0.5);
  const shared = { units, batch, time, inputDim, tokens, goBackwards, returnSequences };
  const cotangents: Cotangents = {
    states: returnSequences ? floats(batch * time * units, 1) : undefined,
    final: Array.from({ length: family === 'lstm' ? 2 : 1 }, () => floats(batch * units, 1)),
  };
  if (family === 'dynamical') {
    arrays.W = floats(units * units, scale);
    if (o.withA) arrays.A = floats(units * units, scale);
    if (o.gated) {
      arrays.gateKernel = floats(inputDim * units, 0.8);
      arrays.gateBias = floats(units, 0.5);
    }
    const step = { family, carry: o.carry, epsilon: 0.37, activation: o.activation, ...tableaux[o.scheme] };
    return { problem: { attributes: { ...shared, ...step }, arrays }, cotangents };
  }
  arrays.recurrentKernel = floats(units * units * gates, scale);
  if (o.initial && family === 'lstm') arrays.initialC = floats(batch * units, 0.5);
  const activation = o.activation === 'modrelu' ? 'relu' : o.activation;
  const step = { family, activation, recurrentActivation: o.recurrentActivation };
  return { problem: { attributes: { ...shared, ...step }, arrays }, cotangents };
}

/** Every result and gradient of a run. */
export function solve(
  kernels: RecurrenceKernels,
  { problem, cotangents }: Run,
): Record<string, Float32Array> {
  const all: Record<string, Float32Array> = {};
  const receive = ({ states, final }: RecurrenceResults) => {
    if (states) all.states = states.slice();
    for (const [i, state] of final.entries()) all[`final ${i}`] = state.slice();
  };
  const tape = kernels.forward(problem, { tape: true, receive })!;
  try {
    const gradients: Gradients = tape.backward(problem, cotangents, { inputs: true });
    for (const [name, values] of Object.entries(gradients)) all[`gradient of ${name}`] = values;
  } finally {
    tape.release();
  }
  return all;
}

/** The largest difference of any number, relative to the largest of its array; infinite where one is not a number. */
export function distance(got: Record<string, Float32Array>, want: Record<string, Float32Array>): number {
  if (Object.keys(got).sort().join() !== Object.keys(want).sort().join()) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (const [name, values] of Object.entries(want)) {
    if (got[name]!.length !== values.length) return Number.POSITIVE_INFINITY;
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-2);
    for (const [i, value] of values.entries()) {
      const error = Math.abs(got[name]![i]! - value) / scale;
      if (!(error <= worst)) worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
    }
  }
  return worst;
}

/** A value to put into an array of a problem. */
export interface Placed {
  argument: number;
  place: number;
  value: number;
}

export const anyValues: fc.Arbitrary<Placed[]> = fc.array(
  fc.record({
    argument: fc.nat(20),
    place: fc.nat(),
    value: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0),
  }),
  { minLength: 1, maxLength: 3 },
);

/** The run with values placed into its float arrays. */
export function withValues({ problem, cotangents }: Run, placed: Placed[]): Run {
  const arrays = Object.fromEntries(
    Object.entries(problem.arrays).map(([name, array]) => [name, array.slice()]),
  ) as typeof problem.arrays;
  const floats = Object.values(arrays).filter((array) => array instanceof Float32Array && array.length > 0);
  for (const { argument, place, value } of placed) {
    const array = floats[argument % floats.length]!;
    array[place % array.length] = value;
  }
  return { problem: { ...problem, arrays }, cotangents };
}
