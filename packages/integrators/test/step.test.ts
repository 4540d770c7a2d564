import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { euler, IntegratorError, rk4, step, tableauByName, tableaux } from '../src/index.js';
import { describeOnBackends, tf } from './backends.js';
import fixtures from './fixtures/integrators.json' with { type: 'json' };

const A = fixtures.A;

/** dh/dt = sin(A h) + t (0.1, -0.2). */
const vectorField = (t: number, h: ArrayLike<number>) =>
  A.map((row, i) => Math.sin(row[0]! * h[0]! + row[1]! * h[1]!) + t * [0.1, -0.2][i]!);

const tensorField = (t: number, h: tf.Tensor2D) => {
  const At = tf.tensor2d(A);
  return tf.add(tf.sin(tf.matMul(h, At, false, true)), tf.mul(tf.tensor1d([0.1, -0.2]), t));
};

describe('step on vectors', () => {
  it.each(fixtures.steps)(
    '$scheme matches the fixture within 1e-15 in float64',
    ({ scheme, t, dt, h, next }) => {
      h.forEach((row, i) => {
        for (const state of [row, Float64Array.from(row)]) {
          const result = step(tableauByName(scheme), vectorField, t, state, dt);
          expect(result.constructor).toBe(state.constructor);
          result.forEach((value, j) => {
            expect(Math.abs(value - next[i]![j]!)).toBeLessThan(1e-15);
          });
        }
      });
    },
  );

  it('is the identity for dt = 0 and leaves h alone', () => {
    const h = [1, 2];
    const next = step(rk4, vectorField, 0, h, 0);
    expect(next).toEqual([1, 2]);
    expect(next).not.toBe(h);
    step(rk4, vectorField, 0, h, 0.5);
    expect(h).toEqual([1, 2]);
  });

  it('integrates powers of t exactly up to the order of the scheme (within 1e-13)', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(tableaux)),
        fc.double({ min: -2, max: 2, noNaN: true }),
        fc.double({ min: -2, max: 2, noNaN: true }),
        (tableau, t, dt) => {
          for (let power = 1; power <= tableau.order; power++) {
            const [value] = step(tableau, (s) => [power * s ** (power - 1)], t, [0], dt);
            expect(Math.abs(value! - ((t + dt) ** power - t ** power))).toBeLessThan(1e-13 * 4 ** power);
          }
        },
      ),
    );
  });
});

describeOnBackends('step on tensors', () => {
  it.each(fixtures.steps)(
    '$scheme matches the fixture within 5e-7 (float32)',
    ({ scheme, t, dt, h, next }) => {
      const worst = tf.tidy(() => {
        const result = step(tableauByName(scheme), tensorField, t, tf.tensor2d(h), dt);
        return tf.max(tf.abs(tf.sub(result, tf.tensor2d(next)))).dataSync()[0]!;
      });
      expect(worst).toBeLessThan(5e-7);
    },
  );

  it.each(Object.values(tableaux))(
    '$name: gradients in h and in a matrix of f match central differences within 1e-4',
    (tableau) => {
      const h = [
        [0.3, -0.7],
        [0.9, 0.2],
      ];
      const W = [
        [0.4, 0.8],
        [-1.1, 0.3],
      ];
      const cotangent = [
        [0.7, -0.4],
        [0.2, 1.1],
      ];
      // The loss in float64, from the same step on vectors.
      const loss = (h: number[][], W: number[][]) =>
        h.reduce((sum, row, i) => {
          const f = (_: number, s: ArrayLike<number>) =>
            W.map((w) => Math.tanh(w[0]! * s[0]! + w[1]! * s[1]!));
          return sum + step(tableau, f, 0, row, 0.6).reduce((s, x, j) => s + x * cotangent[i]![j]!, 0);
        }, 0);
      const central = (m: number[][], evaluate: () => number) =>
        m.flatMap((row) =>
          row.map((value, j) => {
            row[j] = value + 1e-6;
            const up = evaluate();
            row[j] = value - 1e-6;
            const down = evaluate();
            row[j] = value;
            return (up - down) / 2e-6;
          }),
        );
      const expected = [...central(h, () => loss(h, W)), ...central(W, () => loss(h, W))];
      const before = tf.memory().numTensors;
      const got = tf.tidy(() => {
        const grads = tf.grads((h: tf.Tensor, W: tf.Tensor) => {
          const f = (_: number, s: tf.Tensor2D) => tf.tanh(tf.matMul(s, W as tf.Tensor2D, false, true));
          return tf.sum(tf.mul(step(tableau, f, 0, h as tf.Tensor2D, 0.6), tf.tensor2d(cotangent)));
        });
        return grads([tf.tensor2d(h), tf.tensor2d(W)]).flatMap((g) => [...g.dataSync()]);
      });
      expect(tf.memory().numTensors).toBe(before);
      got.forEach((value, i) => {
        expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-4);
      });
    },
  );

  it('takes tensors of rank 0 to 3', () => {
    for (const shape of [[], [3], [2, 3], [2, 2, 3]]) {
      tf.tidy(() => {
        const next = step(rk4, (_, h) => tf.neg(h), 0, tf.ones(shape), 0.5);
        expect(next.shape).toEqual(shape);
        const R = 1 - 0.5 + 0.125 - 0.125 / 6 + 0.0625 / 24;
        for (const value of next.dataSync()) expect(Math.abs(value - R)).toBeLessThan(2e-7);
      });
    }
  });

  it('makes one tensor and frees none of the caller, also when f returns h or a constant', () => {
    const h = tf.tensor2d([[1, 2]]);
    const constant = tf.tensor2d([[3, 4]]);
    const before = tf.memory().numTensors;
    for (const f of [() => constant, (_: number, state: tf.Tensor) => state, tensorField]) {
      for (const dt of [0, 0.1]) {
        const next = step(rk4, f as typeof tensorField, 0, h, dt);
        expect(tf.memory().numTensors).toBe(before + 1);
        next.dispose();
      }
    }
    expect([...h.dataSync(), ...constant.dataSync()]).toEqual([1, 2, 3, 4]);
    tf.dispose([h, constant]);
  });

  it('takes integers and booleans from a field as their numbers', () => {
    tf.tidy(() => {
      const h = tf.tensor1d([1, 2]);
      for (const dtype of ['int32', 'bool'] as const) {
        const next = step(euler, () => tf.cast(tf.tensor1d([1, 0]), dtype), 0, h, 0.5);
        expect([...next.dataSync()]).toEqual([1.5, 2]);
        expect(next.dtype).toBe('float32');
      }
    });
  });

  it('refuses a tensor where no tfjs is loaded', () => {
    const scope = globalThis as { _tfengine?: unknown };
    const engine = scope._tfengine;
    const h = tf.zeros([2]);
    try {
      scope._tfengine = undefined;
      expect(() => step(rk4, (_, state) => state, 0, h, 0.1)).toThrow(/tensors of @tensorflow\/tfjs-core 4/);
    } finally {
      scope._tfengine = engine;
    }
    h.dispose();
  });

  it('refuses integer tensors and fields of another shape, and frees what it made', () => {
    const before = tf.memory().numTensors;
    const h = tf.zeros([2, 3]);
    expect(() => step(rk4, () => tf.zeros([3]), 0, h, 0.1)).toThrow(
      /tensor of shape \[2,3\] like h, got shape \[3\]/,
    );
    expect(() => step(rk4, (() => [0]) as never, 0, h, 0.1)).toThrow(/tensor of shape \[2,3\]/);
    expect(() => tf.tidy(() => step(rk4, (_, s) => s, 0, tf.zeros([2], 'int32'), 0.1))).toThrow(
      /got dtype int32/,
    );
    h.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('step refuses', () => {
  const f = (_: number, h: number[]) => h;
  it.each<[string, () => unknown, RegExp]>([
    ['a name for a tableau', () => step('rk4' as never, f, 0, [1], 0.1), /a tableau such as rk4, got "rk4"/],
    ['a wrong tableau', () => step({ ...rk4, order: 5 }, f, 0, [1], 0.1), /order condition/],
    ['no field', () => step(rk4, undefined as never, 0, [1], 0.1), /f as a function/],
    ['NaN for t', () => step(rk4, f, Number.NaN, [1], 0.1), /t = NaN/],
    ['infinite dt', () => step(rk4, f, 0, [1], Number.POSITIVE_INFINITY), /dt = Infinity/],
    ['nested arrays', () => step(rk4, f, 0, [[1]] as never, 0.1), /got a nested array/],
    ['an empty state', () => step(rk4, f, 0, [], 0.1), /non-empty/],
    ['Float32Array', () => step(rk4, f, 0, new Float32Array(1) as never, 0.1), /got \[object Float32Array\]/],
    [
      'another length',
      () => step(rk4, () => [1], 0, [1, 2], 0.1),
      /f\(t, h\) to return 2 numbers like h, got 1 numbers/,
    ],
    ['a number', () => step(rk4, (() => 1) as never, 0, [1], 0.1), /got number/],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(IntegratorError);
    expect(call).toThrow(message);
  });
});
