import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { webAssemblyRecurrence } from '../src/fused/implementation.js';
import { recurrence, registerFused } from '../src/index.js';
import { distance, useBackend } from './backends.js';
import { type ProblemOptions, randomProblem, tensorsOf } from './problems.js';

beforeAll(async () => {
  await useBackend('cpu');
  registerFused('cpu', webAssemblyRecurrence);
});

const scale = (values: unknown) => Math.max(1, ...(values as number[]).flat(9).map(Math.abs));

function check(o: ProblemOptions) {
  const p = randomProblem(o);
  const tensors = tensorsOf(p.values);
  const names = Object.keys(tensors);
  const inputs = p.inputs();
  const cot = tf.tensor(p.cotangent as number[][][]);
  const f = (...ts: tf.Tensor[]) => {
    const named = Object.fromEntries(names.map((n, i) => [n, ts[i]!]));
    const x = o.tokens ? inputs : (ts[names.length] as tf.Tensor3D);
    return tf.sum(tf.mul(recurrence(x, p.spec(named)).states!, cot)) as tf.Scalar;
  };
  const xs = [...names.map((n) => tensors[n]!), ...(o.tokens ? [] : [inputs as tf.Tensor])];
  const { states, finalState } = p.solve(p.values, p.x as number[][][]);
  const got = recurrence(inputs, p.spec(tensors));
  let worst = distance(got.states!, states) / scale(states);
  for (const [i, f] of got.finalState.entries())
    worst = Math.max(
      worst,
      distance(
        f,
        finalState.map((r) => r[i]),
      ) / scale(finalState),
    );
  const grads = tf.grads(f)(xs);
  // central differences in float64 along a few coordinates
  const eps = 1e-5;
  let gw = 0;
  let where = '';
  for (const [i, name] of names.entries()) {
    const g = grads[i]!.dataSync();
    const gs = Math.max(1, ...g.map(Math.abs));
    const v = p.values[name]!;
    const flat = Array.isArray(v[0]);
    const cols = flat ? (v[0] as number[]).length : 0;
    for (let rep = 0; rep < 4; rep++) {
      const k = (rep * 7919 + o.seed) % g.length;
      const shifted = (d: number) => {
        const c = structuredClone(v) as number[][] & number[];
        if (flat) (c as number[][])[Math.floor(k / cols)]![k % cols]! += d;
        else (c as number[])[k]! += d;
        return p.solve({ ...p.values, [name]: c } as never, p.x as number[][][]).loss;
      };
      const num = (shifted(eps) - shifted(-eps)) / (2 * eps);
      const e = Math.abs(num - g[k]!) / gs;
      if (e > gw) {
        gw = e;
        where = name;
      }
    }
  }
  if (!o.tokens) {
    const g = grads[names.length]!.dataSync();
    const gs = Math.max(1, ...g.map(Math.abs));
    for (let rep = 0; rep < 4; rep++) {
      const k = (rep * 7919 + o.seed) % g.length;
      const I = o.inputDim;
      const T = o.time;
      const shifted = (d: number) => {
        const c = structuredClone(p.x) as number[][][];
        c[Math.floor(k / I / T)]![Math.floor(k / I) % T]![k % I]! += d;
        return p.solve(p.values, c).loss;
      };
      const num = (shifted(eps) - shifted(-eps)) / (2 * eps);
      const e = Math.abs(num - g[k]!) / gs;
      if (e > gw) {
        gw = e;
        where = 'inputs';
      }
    }
  }
  tf.dispose([inputs, cot, got.states!, ...got.finalState, ...grads, ...Object.values(tensors)]);
  return { worst, gw, where };
}

describe('fused', () => {
  it('random', () => {
    const size = fc.integer({ min: 1, max: 19 });
    let W = 0,
      G = 0;
    fc.assert(
      fc.property(
        fc.record({
          family: fc.constantFrom('dynamical', 'lstm', 'gru') as fc.Arbitrary<ProblemOptions['family']>,
          units: size,
          inputDim: fc.integer({ min: 1, max: 11 }),
          batch: size,
          time: fc.integer({ min: 1, max: 21 }),
          seed: fc.nat(),
          activation: fc.constantFrom('tanh', 'linear', 'sigmoid', 'relu', 'modrelu'),
          recurrentActivation: fc.constantFrom('sigmoid', 'hardSigmoid'),
          scheme: fc.constantFrom('euler', 'midpoint', 'kutta3', 'rk4'),
          carry: fc.constantFrom(0, 1) as fc.Arbitrary<0 | 1>,
          withA: fc.boolean(),
          withBias: fc.boolean(),
          gated: fc.boolean(),
          tokens: fc.boolean(),
          masked: fc.boolean(),
          initial: fc.boolean(),
          goBackwards: fc.boolean(),
        }),
        (o) => {
          const oo =
            o.family === 'dynamical'
              ? o
              : {
                  ...o,
                  gated: false,
                  withA: false,
                  activation: o.activation === 'modrelu' ? 'tanh' : o.activation,
                };
          if (oo.activation === 'linear' && oo.family !== 'dynamical') oo.activation = 'tanh';
          const r = check(oo as ProblemOptions);
          W = Math.max(W, r.worst);
          if (
            oo.activation !== 'relu' &&
            oo.activation !== 'modrelu' &&
            oo.recurrentActivation !== 'hardSigmoid'
          )
            G = Math.max(G, r.gw);
          expect(r.worst).toBeLessThan(2e-5);
          expect(r.gw, r.where).toBeLessThan(1e-3);
        },
      ),
      { numRuns: 200 },
    );
    console.log(W, G);
  });
});
