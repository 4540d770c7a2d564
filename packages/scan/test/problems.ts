import type { Tableau } from '@hurwitz/integrators';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import type { RecurrenceInputs, RecurrenceSpec } from '../src/index.js';
import { type OracleSpec, oracle } from './oracle.js';

export const tableaux: Record<string, Pick<Tableau, 'name' | 'order' | 'a' | 'b' | 'c'>> = {
  euler: { name: 'euler', order: 1, a: [[]], b: [1], c: [0] },
  midpoint: { name: 'midpoint', order: 2, a: [[], [0.5]], b: [0, 1], c: [0, 0.5] },
  kutta3: { name: 'kutta3', order: 3, a: [[], [0.5], [-1, 2]], b: [1 / 6, 2 / 3, 1 / 6], c: [0, 0.5, 1] },
  rk4: {
    name: 'rk4',
    order: 4,
    a: [[], [0.5], [0, 0.5], [0, 0, 1]],
    b: [1 / 6, 1 / 3, 1 / 3, 1 / 6],
    c: [0, 0.5, 0.5, 1],
  },
};

export interface ProblemOptions {
  family: 'dynamical' | 'lstm' | 'gru';
  units: number;
  inputDim: number;
  batch: number;
  time: number;
  seed: number;
  activation?: string;
  recurrentActivation?: string;
  scheme?: string;
  carry?: 0 | 1;
  withA?: boolean;
  withBias?: boolean;
  gated?: boolean;
  tokens?: boolean;
  masked?: boolean;
  initial?: boolean;
  goBackwards?: boolean;
}

/** What any member of any family may have or not, for property tests. */
export const switches = {
  scheme: fc.constantFrom('euler', 'midpoint', 'kutta3', 'rk4'),
  carry: fc.constantFrom(0 as const, 1 as const),
  withA: fc.boolean(),
  withBias: fc.boolean(),
  gated: fc.boolean(),
  tokens: fc.boolean(),
  masked: fc.boolean(),
  initial: fc.boolean(),
  goBackwards: fc.boolean(),
};

type Values = Record<string, number[][] | number[]>;

/** A small deterministic generator (mulberry32), so that a failing problem can be named by its seed. */
export function generator(seed: number): () => number {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A random problem as float64 numbers, with what the oracle and the library each need to run it. */
export function randomProblem(o: ProblemOptions) {
  const random = generator(o.seed);
  // float32 values, so that both sides read the same numbers
  const number = (scale: number) => Math.fround((random() * 2 - 1) * scale);
  const vector = (n: number, scale = 0.5) => Array.from({ length: n }, () => number(scale));
  const matrix = (r: number, c: number, scale: number) => Array.from({ length: r }, () => vector(c, scale));
  const gates = { dynamical: 1, lstm: 4, gru: 3 }[o.family];
  const values: Values = {
    kernel: matrix(o.inputDim, gates * o.units, 0.8),
    matrix: matrix(o.units, gates * o.units, 1.2 / Math.sqrt(o.units)),
  };
  if (o.withA) values.A = matrix(o.units, o.units, 0.8 / Math.sqrt(o.units));
  if (o.withBias ?? true) values.bias = vector(gates * o.units, 0.3);
  if (o.gated) {
    values.gateKernel = matrix(o.inputDim, o.units, 0.8);
    values.gateBias = vector(o.units);
  }
  if (o.initial) values.initialH = matrix(o.batch, o.units, 0.5);
  if (o.initial && o.family === 'lstm') values.initialC = matrix(o.batch, o.units, 0.5);
  const tokens = Array.from({ length: o.batch }, () =>
    Array.from({ length: o.time }, () => Math.floor(random() * o.inputDim)),
  );
  const x = Array.from({ length: o.batch }, () => matrix(o.time, o.inputDim, 1));
  // the last step of the first sequence is kept, so that every parameter matters
  const mask = o.masked
    ? x.map((_, i) =>
        Array.from({ length: o.time }, (_, t) => (i + t === o.time - 1 || random() < 0.6 ? 1 : 0)),
      )
    : undefined;
  const { a, b } = tableaux[o.scheme ?? 'euler']!;
  const fixed = {
    family: o.family,
    units: o.units,
    activation: o.activation ?? 'tanh',
    recurrentActivation: o.recurrentActivation ?? 'sigmoid',
    carry: o.carry ?? 1,
    epsilon: 0.37,
    goBackwards: o.goBackwards ?? false,
  };
  const cotangent = x.map(() => matrix(o.time, o.units, 1));

  return {
    values,
    x,
    cotangent,
    /** Σ cotangent · states and the states themselves in float64, for any values and vectors near these. */
    solve(v: Values, inputs: number[][][]) {
      let loss = 0;
      const spec = { ...fixed, a, b, ...v } as unknown as OracleSpec;
      const runs = inputs.map((sequence, i) => {
        const rows = o.tokens
          ? tokens[i]!.map((token) => Array.from({ length: o.inputDim }, (_, j) => (j === token ? 1 : 0)))
          : sequence;
        const run = oracle(
          rows,
          spec,
          (v.initialH as number[][])?.[i],
          (v.initialC as number[][])?.[i],
          mask?.[i],
        );
        run.states.forEach((h, t) => {
          h.forEach((value, j) => {
            loss += value * cotangent[i]![t]![j]!;
          });
        });
        return run;
      });
      return { loss, states: runs.map((r) => r.states), finalState: runs.map((r) => r.finalState) };
    },
    inputs: (): RecurrenceInputs =>
      o.tokens ? tf.tensor2d(tokens, undefined, 'int32') : tf.tensor3d(x as number[][][]),
    /** The library's specification with the given tensors for `values`. */
    spec(t: Record<string, tf.Tensor>): RecurrenceSpec {
      const shared = {
        kernel: t.kernel as tf.Tensor2D,
        bias: t.bias as tf.Tensor1D | undefined,
        mask: mask && tf.tensor2d(mask, undefined, 'bool'),
        goBackwards: fixed.goBackwards,
        activation: fixed.activation as 'tanh',
      };
      const h = t.initialH as tf.Tensor2D | undefined;
      if (o.family === 'dynamical') {
        return {
          ...shared,
          carry: fixed.carry as 0 | 1,
          epsilon: fixed.epsilon,
          W: t.matrix as tf.Tensor2D,
          A: t.A as tf.Tensor2D | undefined,
          gate: t.gateKernel && { kernel: t.gateKernel as tf.Tensor2D, bias: t.gateBias as tf.Tensor1D },
          tableau: tableaux[o.scheme ?? 'euler'],
          initialState: h,
        };
      }
      const cell = {
        ...shared,
        recurrentKernel: t.matrix as tf.Tensor2D,
        recurrentActivation: fixed.recurrentActivation as 'sigmoid',
      };
      return o.family === 'gru'
        ? { ...cell, family: 'gru', initialState: h }
        : { ...cell, family: 'lstm', initialState: h && [h, t.initialC as tf.Tensor2D] };
    },
  };
}

export const tensorsOf = (values: Values): Record<string, tf.Tensor> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, tf.tensor(value as number[])]));
