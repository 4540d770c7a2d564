import { determinant, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { henon, type LyapunovSystem, lyapunovSpectrum, rnnSystem } from '../src/index.js';
import { expectClose } from './expectations.js';
import { multiply, normalMatrix, normals } from './random.js';

const n = 6;
const normal = normals(8);
const W = normalMatrix(n, n, 1.3 / Math.sqrt(n), normal);
const kernel = normalMatrix(2, n, 0.6, normal);
const system = rnnSystem({ W, kernel });
const sequences = Array.from({ length: 4 }, () => normalMatrix(120, 2, 1, normal));
const starts = normalMatrix(4, n, 0.3, normal);

describe('batches', () => {
  it('are the mean of the single runs with the standard error of their scatter, to 1e-14', () => {
    const options = { warmup: 20 };
    const singles = sequences.map((inputs, b) => {
      const { perTrajectory, history } = lyapunovSpectrum(system, {
        ...options,
        inputs,
        initialState: starts[b],
      });
      expect(history).toHaveLength(100);
      return perTrajectory[0]!;
    });
    const result = lyapunovSpectrum(system, { ...options, inputs: sequences, initialState: starts });
    const mean = Array.from({ length: n }, (_, j) => singles.reduce((total, row) => total + row[j]! / 4, 0));
    const deviation = mean.map((m, j) =>
      Math.sqrt(singles.reduce((total, row) => total + (row[j]! - m) ** 2, 0) / 3 / 4),
    );
    expectClose(result.exponents, mean, 1e-14);
    expectClose(result.standardError, deviation, 1e-14);
    expect(result.perTrajectory).toHaveLength(4);
  });

  it('share one input sequence or one initial state when only the other is a batch, to 1e-14', () => {
    const inputs = sequences[0]!;
    const shared = lyapunovSpectrum(system, { inputs, initialState: starts });
    const alone = lyapunovSpectrum(system, { inputs, initialState: starts[2] });
    expectClose([...shared.perTrajectory[2]!].sort(), [...alone.exponents].sort(), 1e-14);
    expect(
      lyapunovSpectrum(system, { inputs: sequences, initialState: starts[0] }).perTrajectory,
    ).toHaveLength(4);
  });

  it('read tensors as they read arrays', () => {
    const flat = Float64Array.from(sequences.flat(2));
    const tensor = { shape: [4, 120, 2], dataSync: () => flat };
    const states = { shape: [4, n], dataSync: () => Float64Array.from(starts.flat()) };
    expect(lyapunovSpectrum(system, { inputs: tensor, initialState: states })).toEqual(
      lyapunovSpectrum(system, { inputs: sequences, initialState: starts }),
    );
  });
});

describe('the QR interval', () => {
  const inputs = sequences[0]!;

  it('changes nothing while the frame is well conditioned: 1 against 4, last stretch of 2 counted, to 1e-11', () => {
    const every = lyapunovSpectrum(system, { inputs, steps: 118 });
    const fourth = lyapunovSpectrum(system, { inputs, steps: 118, qrInterval: 4 });
    expectClose(fourth.exponents, every.exponents, 1e-11);
    expect(fourth.steps).toBe(118);
    expect(fourth.historySteps).toEqual([...Array.from({ length: 29 }, (_, i) => 4 * (i + 1)), 118]);
    expect(fourth.history.at(-1)).toEqual(fourth.exponents);
  });

  it('when fixed and too long, keeps the leading exponent to 1e-10 and ends in a plateau that `resolved` reports', () => {
    const matrix = normalMatrix(4, 4, 1, normals(3));
    const graded = matrix.map((row, i) => row.map((w) => w * 1e-2 ** i));
    const linear: LyapunovSystem = { dimension: 4, step: (h) => multiply(graded, h), jacobian: () => graded };
    const truth = lyapunovSpectrum(linear, { steps: 200 });
    const plateau = lyapunovSpectrum(linear, { steps: 200, qrInterval: 10, fixedInterval: true });
    expect(truth.resolved).toEqual([1, 1, 1, 1]);
    expect(Math.abs(plateau.exponents[0]! - truth.exponents[0]!)).toBeLessThan(1e-10);
    expect(plateau.exponents[3]! - truth.exponents[3]!).toBeGreaterThan(1);
    expect(plateau.resolved[0]).toBe(1);
    expect(plateau.resolved[3]).toBeLessThan(0.2);
    const { exponents, resolved } = lyapunovSpectrum(linear, { steps: 200, qrInterval: 10 });
    expectClose(exponents, truth.exponents, 1e-9);
    expect(resolved).toEqual([1, 1, 1, 1]);
  });
});

it('a QR at most every 500 steps of Hénon resolves both exponents, to 1e-9; a fixed interval only the leading one', () => {
  const options = { steps: 5000, qrInterval: 500 };
  const truth = lyapunovSpectrum(henon(), { steps: 5000 }).exponents;
  const { exponents, resolved } = lyapunovSpectrum(henon(), options);
  expectClose(exponents, truth, 1e-9);
  expect(resolved).toEqual([1, 1]);
  const fixed = lyapunovSpectrum(henon(), { ...options, fixedInterval: true });
  expect(Math.abs(fixed.exponents[0]! - truth[0]!)).toBeLessThan(1e-10);
  expect(fixed.exponents[1]).toBeGreaterThan(truth[1]!);
  expect(fixed.resolved).toEqual([1, 0]);
});

describe('the warm-up', () => {
  const inputs = sequences[1]!;

  it('without QR leaves the same frame as with QR when it is short, to 1e-10', () => {
    const options = { inputs, warmup: 6 };
    const without = lyapunovSpectrum(system, { ...options, warmupQR: false });
    expectClose(without.exponents, lyapunovSpectrum(system, options).exponents, 1e-10);
  });

  it('is not counted: the counted growth is that of the run minus that of its beginning, to 1e-12', () => {
    const at = (steps: number) => lyapunovSpectrum(system, { inputs, steps });
    const { history } = at(120);
    const whole = history[119]!.map((value, j) => (120 * value - 30 * history[29]![j]!) / 90);
    const warmed = lyapunovSpectrum(system, { inputs, warmup: 30 });
    expect(warmed.steps).toBe(90);
    expectClose(
      warmed.exponents,
      [...whole].sort((a, b) => b - a),
      1e-12,
    );
  });

  it('of 2000 steps without QR neither overflows nor loses a direction, to 1e-2', () => {
    const linear: LyapunovSystem = {
      dimension: 2,
      step: (h) => h,
      jacobian: () => [
        [30, 1],
        [0, 0.01],
      ],
    };
    const { exponents } = lyapunovSpectrum(linear, {
      warmup: 2000,
      warmupQR: false,
      steps: 10,
      exponents: 1,
    });
    expectClose(exponents, [Math.log(30)], 1e-12);
  });
});

describe('lost directions', () => {
  const constant = (J: number[][]): LyapunovSystem => ({
    dimension: J.length,
    step: (h) => h,
    jacobian: () => J,
  });
  const lost = Number.NEGATIVE_INFINITY;

  it('are -Infinity with standard error 0, next to exact others', () => {
    const result = lyapunovSpectrum(
      constant([
        [2, 0, 0],
        [0, 0, 0],
        [0, 0, 3],
      ]),
      { steps: 40 },
    );
    expect(result.exponents).toEqual([Math.log(3), Math.log(2), lost].map((v) => expect.closeTo(v, 12)));
    expect(result.standardError.every((value) => value < 1e-15)).toBe(true);
    expect(result.history.flat().some(Number.isNaN)).toBe(false);
  });

  it('are told from tiny ones: diag(1, 1e-20) has log 1e-20, to 1e-12', () => {
    const { exponents, resolved } = lyapunovSpectrum(
      constant([
        [1, 0],
        [0, 1e-20],
      ]),
      { steps: 40 },
    );
    expectClose(exponents, [0, -20 * Math.LN10], 1e-12);
    expect(resolved).toEqual([1, 1]);
  });

  it('are told from saturated units: the sum is still log |det J|, to 1e-9, with two units at slope 1e-34', () => {
    const biases = [0.1, 40, -0.3, 0.2, -40, 0.4];
    const saturated = rnnSystem({ W, kernel, bias: biases });
    const inputs = sequences[0]!;
    const { exponents, resolved } = lyapunovSpectrum(saturated, { inputs });
    let state: ArrayLike<number> = new Float64Array(n);
    let logSlopes = 0;
    for (const x of inputs) {
      const drive = multiply(W, state).map(
        (z, i) => z + kernel[0]![i]! * x[0]! + kernel[1]![i]! * x[1]! + biases[i]!,
      );
      // log(1 - tanh²) = log 4 - 2|z| - 2 log(1 + e^-2|z|)
      for (const z of drive)
        logSlopes += Math.log(4) - 2 * Math.abs(z) - 2 * Math.log1p(Math.exp(-2 * Math.abs(z)));
      state = saturated.step(state, x);
    }
    const wanted = logSlopes / inputs.length + Math.log(Math.abs(determinant(new Matrix(W))));
    expect(exponents[5]).toBeLessThan(-70);
    expect(Math.abs(exponents.reduce((a, b) => a + b) - wanted)).toBeLessThan(1e-9);
    expect(Math.min(...resolved)).toBeGreaterThan(0.9);
  });

  it('stay lost after a single singular Jacobian', () => {
    let time = 0;
    const once: LyapunovSystem = {
      dimension: 2,
      step: (h) => h,
      jacobian: () =>
        time++ === 5
          ? [
              [1, 0],
              [0, 0],
            ]
          : [
              [1, 0],
              [0, 0.5],
            ],
    };
    expect(lyapunovSpectrum(once, { steps: 20 }).exponents).toEqual([0, lost]);
  });

  it('are as many as the rank lacks, in 120 random maps of rank 1 to 39 known only to rounding', () => {
    const random = normals(77);
    for (const size of [2, 3, 5, 10, 20, 40]) {
      for (let trial = 0; trial < 20; trial++) {
        const rank = Math.max(1, size - 1 - (trial % 3));
        const left = normalMatrix(size, rank, 1, random);
        const right = normalMatrix(rank, size, 1, random);
        const J = left.map((row) =>
          right[0]!.map((_, j) => row.reduce((t, x, i) => t + x * right[i]![j]!, 0)),
        );
        const { exponents } = lyapunovSpectrum(constant(J), { steps: 40 });
        expect(exponents.filter((value) => value === lost)).toHaveLength(size - rank);
      }
    }
  });
});

it('a Jacobian-vector product gives what the matrix gives, to 1e-13', () => {
  const { initialState, step, jacobian } = henon() as Required<ReturnType<typeof henon>>;
  const product: LyapunovSystem = {
    initialState,
    step,
    jvp: (h, _, tangents) => tangents.map((v) => multiply(jacobian(h, []) as number[][], v)),
  };
  const options = { steps: 200, exponents: 1 };
  expectClose(
    lyapunovSpectrum(product, options).exponents,
    lyapunovSpectrum(henon(), options).exponents,
    1e-13,
  );
});

it('a long history is thinned to at most 1000 rows and ends at the last step', () => {
  const { history, historySteps, exponents } = lyapunovSpectrum(henon(), { steps: 12_345 });
  expect(history.length).toBeLessThanOrEqual(1000);
  expect(history.length).toBeGreaterThan(900);
  expect(historySteps.at(-1)).toBe(12_345);
  expect(history.at(-1)).toEqual(exponents);
});
