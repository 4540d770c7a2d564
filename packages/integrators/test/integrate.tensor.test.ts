import { describe, expect, it } from 'vitest';
import { dormandPrince, integrate, rk4, StepLimitError, tableaux } from '../src/index.js';
import { backends, describeOnBackends, tf } from './backends.js';
import { expTimes } from './linear-algebra.js';

const A = [
  [-0.2, 1.5],
  [-1.5, -0.1],
];
const starts = [
  [1, 0.5],
  [-0.3, 0.8],
  [20, -10],
];
const linear = (_: number, h: tf.Tensor) => tf.matMul(h as tf.Tensor2D, tf.tensor2d(A), false, true);

/** dh/dt = tanh(W h) - h/2, on vectors and on tensors. */
const onVector = (W: number[][]) => (_: number, h: ArrayLike<number>) =>
  W.map((row, i) => Math.tanh(row.reduce((sum, w, j) => sum + w * h[j]!, 0)) - h[i]! / 2);
const onTensor = (W: tf.Tensor) => (_: number, h: tf.Tensor) =>
  tf.sub(tf.tanh(tf.matMul(h as tf.Tensor2D, W as tf.Tensor2D, false, true)), tf.div(h, 2));

describeOnBackends('integrate on tensors', () => {
  it('adaptive: every row of a batch is within 2e-5 of the matrix exponential, relative, at the default tolerance', () => {
    tf.tidy(() => {
      const { states } = integrate(linear, tf.tensor2d(starts), { times: [0, 1, 3] });
      states.forEach((h, i) => {
        (h as tf.Tensor2D).arraySync().forEach((row, r) => {
          const exact = expTimes(A, [0, 1, 3][i]!, starts[r]!);
          const size = Math.hypot(...exact);
          row.forEach((x, j) => {
            expect(Math.abs(x - exact[j]!) / size).toBeLessThan(2e-5);
          });
        });
      });
    });
  });

  it('adaptive: rtol 1e-6 is attained within a factor of 5 over 10 units of time (float32); less is refused', () => {
    tf.tidy(() => {
      const f = (_: number, h: tf.Tensor) =>
        tf.matMul(
          h as tf.Tensor2D,
          tf.tensor2d([
            [0, 1],
            [-1, 0],
          ]),
          false,
          true,
        );
      const h0 = tf.tensor2d([[1, 0]]);
      const { states } = integrate(f, h0, { times: [0, 10], rtol: 1e-6, atol: 1e-6 });
      const [x, y] = states[1]!.dataSync();
      expect(Math.hypot(x! - Math.cos(10), y! + Math.sin(10))).toBeLessThan(5e-6);
      expect(() => integrate(f, h0, { times: [0, 10], rtol: 1e-7 })).toThrow(
        /rtol from 0.000001 .* float32 .*Float64Array/,
      );
    });
  });

  it('fixed: agrees with the float64 path within 2e-6 on the same steps, for every scheme', () => {
    const W = [
      [0.4, 1.8],
      [-1.1, 0.9],
    ];
    for (const tableau of Object.values(tableaux)) {
      tf.tidy(() => {
        const options = { times: [0, 2], dt: 0.1, tableau };
        const got = integrate(
          onTensor(tf.tensor2d(W)),
          tf.tensor2d([[0.3, -0.7]]),
          options,
        ).states[1]!.dataSync();
        const want = integrate(onVector(W), [0.3, -0.7], options).states[1]!;
        want.forEach((x, i) => {
          expect(Math.abs(x - got[i]!)).toBeLessThan(2e-6);
        });
      });
    }
  });

  it.each([
    ['fixed rk4', { dt: 0.2, tableau: rk4 }, 1e-4],
    ['adaptive Dormand-Prince', { rtol: 1e-6, atol: 1e-6, tableau: dormandPrince }, 1e-4],
  ])(
    '%s: gradients in h0 and in a matrix of f match central differences of the float64 solution within 1e-4',
    (_, options, bound) => {
      const W = [
        [0.4, 1.8],
        [-1.1, 0.9],
      ];
      const h0 = [0.3, -0.7];
      // Differences of a fine float64 solution for the adaptive case, of the same steps for the fixed one.
      const reference = 'dt' in options ? options : { rtol: 1e-12, atol: 1e-12 };
      const loss = () => {
        const { states } = integrate(onVector(W), h0, { times: [0, 1, 2], ...reference });
        return states[1]![0]! + 0.7 * states[2]![0]! - 1.3 * states[2]![1]!;
      };
      const central = (row: number[]) =>
        row.map((value, j) => {
          row[j] = value + 1e-5;
          const up = loss();
          row[j] = value - 1e-5;
          const down = loss();
          row[j] = value;
          return (up - down) / 2e-5;
        });
      const expected = [...central(h0), ...W.flatMap(central)];
      const before = tf.memory().numTensors;
      const got = tf.tidy(() =>
        tf
          .grads((h: tf.Tensor, W: tf.Tensor) => {
            const { states } = integrate(onTensor(W), h, { times: [0, 1, 2], ...options });
            const first = tf.sum(tf.mul(states[1]!, tf.tensor2d([[1, 0]])));
            return tf.add(first, tf.sum(tf.mul(states[2]!, tf.tensor2d([[0.7, -1.3]])))) as tf.Scalar;
          })([tf.tensor2d([h0]), tf.tensor2d(W)])
          .flatMap((gradient) => [...gradient.dataSync()]),
      );
      expect(tf.memory().numTensors).toBe(before);
      got.forEach((value, i) => {
        expect(Math.abs(value - expected[i]!)).toBeLessThan(bound);
      });
    },
  );

  it('makes one tensor for each time and no more, and tf.dispose(solution) frees them', () => {
    const h0 = tf.tensor2d(starts);
    const rest = tf.zeros([3, 2]);
    const before = tf.memory().numTensors;
    for (const f of [linear, (_: number, h: tf.Tensor) => h, () => rest]) {
      for (const options of [
        { dt: 0.1, tableau: rk4 },
        { dt: 0.1 },
        { rtol: 1e-4 },
        { tableau: tableaux.cashKarp },
      ]) {
        const solution = integrate(f, h0, { times: [0, 0.5, 1], ...options });
        expect(tf.memory().numTensors).toBe(before + 3);
        tf.dispose(solution);
        expect(tf.memory().numTensors).toBe(before);
      }
    }
    const kept = tf.tidy(() => integrate(linear, h0, { times: [0, 1] }));
    expect(kept.states[1]!.isDisposed).toBe(false);
    expect([...h0.dataSync()].slice(0, 2)).toEqual([1, 0.5]);
    tf.dispose([kept, h0, rest] as tf.TensorContainer);
  });

  it('leaves no tensors behind when it fails halfway', () => {
    const h0 = tf.tensor2d(starts);
    const before = tf.memory().numTensors;
    expect(() => integrate(linear, h0, { times: [0, 1, 100], maxSteps: 30 })).toThrow(StepLimitError);
    expect(() => integrate((_, h) => tf.square(h), h0, { times: [0, 0.01, 1] })).toThrow();
    expect(() => integrate((_, h) => tf.log(h), h0, { times: [0, 1], dt: 0.1 })).toThrow(/NaN or Infinity/);
    expect(() => integrate(() => tf.zeros([2]), h0, { times: [0, 1] })).toThrow(/shape \[2\]/);
    expect(tf.memory().numTensors).toBe(before);
    h0.dispose();
  });

  it('says stiff in float32 too', () => {
    const rates = tf.tensor1d([-1e5, -1]);
    const f = (t: number, h: tf.Tensor) => tf.mul(rates, tf.sub(h, Math.cos(t)));
    const h0 = tf.tensor2d([[0, 0]]);
    expect(() => integrate(f, h0, { times: [0, 10], maxSteps: 300, rtol: 1e-3 })).toThrow(
      /stiff: .* about 1\.0e\+5/,
    );
    tf.dispose([rates, h0]);
  });
});

describe('all backends', () => {
  it('agree within 1e-6 on an adaptive solution', async () => {
    const results: number[][] = [];
    for (const backend of backends) {
      await tf.setBackend(backend);
      results.push(
        tf.tidy(() => {
          const W = tf.tensor2d([
            [0.4, 1.8],
            [-1.1, 0.9],
          ]);
          return [
            ...integrate(onTensor(W), tf.tensor2d([[0.3, -0.7]]), { times: [0, 5] }).states[1]!.dataSync(),
          ];
        }),
      );
    }
    for (const result of results.slice(1)) {
      for (const [i, x] of result.entries()) expect(Math.abs(x - results[0]![i]!)).toBeLessThan(1e-6);
    }
  });
});
