import fc from 'fast-check';
import { determinant, EigenvalueDecomposition, inverse, Matrix, QrDecomposition } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { type LyapunovSystem, lyapunovSpectrum, rnnSystem } from '../src/index.js';
import { descending, expectClose, sum } from './expectations.js';
import { multiply, normalMatrix, normals } from './random.js';

/** h -> W h, started at rest: only the tangent moves. */
const linear = (W: number[][]): LyapunovSystem => ({
  dimension: W.length,
  step: (h) => multiply(W, h),
  jacobian: () => W,
});

/** log |eigenvalues|, largest first, by an independent library. */
function logModuli(matrix: Matrix): number[] {
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(matrix);
  return descending(realEigenvalues.map((re, i) => Math.log(Math.hypot(re, imaginaryEigenvalues[i]!))));
}

describe('linear maps', () => {
  it('V diag(d) V^-1 has exponents log |d|, to 1e-9 after the warm-up', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 2, max: 6 }), (seed, n) => {
        const normal = normals(seed);
        const V = new QrDecomposition(new Matrix(normalMatrix(n, n, 1, normal))).orthogonalMatrix;
        const shear = Matrix.eye(n).add(Matrix.rand(n, n, { random: () => 0.1 * normal() }));
        const basis = V.mmul(shear);
        const d = Array.from({ length: n }, (_, i) => (i % 2 ? -1 : 1) * 0.5 ** i * 2);
        const W = basis.mmul(Matrix.diag(d)).mmul(inverse(basis)).to2DArray();
        const { exponents } = lyapunovSpectrum(linear(W), { warmup: 100, steps: 50 });
        expectClose(
          exponents,
          d.map((value) => Math.log(Math.abs(value))),
          1e-9,
        );
      }),
      { numRuns: 30 },
    );
  });

  it('a triangular map has the logs of its diagonal, sorted, to 1e-12 and from the first step on', () => {
    const W = [
      [0.5, 3, -1],
      [0, -2, 4],
      [0, 0, 1.5],
    ];
    const { exponents } = lyapunovSpectrum(linear(W), { steps: 5 });
    expectClose(exponents, [Math.log(2), Math.log(1.5), Math.log(0.5)], 1e-12);
  });

  it('a partial frame finds the leading exponents of a diagonal map that the axes would miss, to 1e-12', () => {
    const W = [0.1, 0.2, 3, 0.4, 2].map((d, i, { length }) =>
      Array.from({ length }, (_, j) => (i === j ? d : 0)),
    );
    const { exponents } = lyapunovSpectrum(linear(W), { exponents: 2, warmup: 200, steps: 10 });
    expectClose(exponents, [Math.log(3), Math.log(2)], 1e-12);
  });

  it('W -> cW shifts every exponent by log c, to 1e-12', () => {
    const W = normalMatrix(6, 6, 0.5, normals(4));
    const scaled = W.map((row) => row.map((w) => 0.3 * w));
    const base = lyapunovSpectrum(linear(W), { steps: 40 }).exponents;
    const shifted = lyapunovSpectrum(linear(scaled), { steps: 40 }).exponents;
    expectClose(
      shifted,
      base.map((value) => value + Math.log(0.3)),
      1e-12,
    );
  });

  it('an orthogonal RNN has all exponents zero, to 1e-13', () => {
    const normal = normals(11);
    const Q = new QrDecomposition(new Matrix(normalMatrix(16, 16, 1, normal))).orthogonalMatrix.to2DArray();
    const system = rnnSystem({ W: Q, kernel: normalMatrix(2, 16, 1, normal), activation: 'linear' });
    const { exponents } = lyapunovSpectrum(system, { inputs: normalMatrix(300, 2, 1, normal) });
    expectClose(exponents, new Array(16).fill(0), 1e-13);
  });

  it('growth of 1e300 and of 1e-300 per step neither overflows nor is lost, to 1e-9', () => {
    const W = [
      [1e300, 0],
      [0, 1e290],
    ];
    const small = W.map((row) => row.map((w) => w * 1e-300 * 1e-300));
    for (const qrInterval of [1, 7]) {
      const options = { steps: 50, qrInterval };
      expectClose(
        lyapunovSpectrum(linear(W), options).exponents,
        [300, 290].map((p) => p * Math.LN10),
        1e-9,
      );
      expectClose(
        lyapunovSpectrum(linear(small), options).exponents,
        [-300, -310].map((p) => p * Math.LN10),
        1e-9,
      );
    }
  });

  it('base 2 gives bits: nats / ln 2, to 1e-15', () => {
    const options = { steps: 10 };
    const W = [[3]];
    expectClose(lyapunovSpectrum(linear(W), { ...options, base: 2 }).exponents, [Math.log2(3)], 1e-15);
  });
});

describe('identities along a trajectory', () => {
  const normal = normals(5);
  const n = 6;
  const W = normalMatrix(n, n, 1.2 / Math.sqrt(n), normal);
  const kernel = normalMatrix(2, n, 0.5, normal);
  const system = rnnSystem({ W, kernel });

  it('the sum of all exponents is the mean of log |det J|, to 1e-12', () => {
    const inputs = normalMatrix(100, 2, 1, normal);
    let state: ArrayLike<number> = new Float64Array(n);
    let logDeterminants = 0;
    for (const x of inputs) {
      logDeterminants += Math.log(Math.abs(determinant(new Matrix(system.jacobian(state, x)))));
      state = system.step(state, x);
    }
    for (const qrInterval of [1, 3]) {
      const { exponents } = lyapunovSpectrum(system, { inputs, qrInterval });
      expect(Math.abs(sum(exponents) - logDeterminants / 100)).toBeLessThan(1e-12);
    }
  });

  it('at a fixed point the exponents are the log-moduli of the eigenvalues of J, to 1e-3 after 4000 steps', () => {
    const calm = rnnSystem({ W: W.map((row) => row.map((w) => 0.6 * w)), kernel });
    const x = [0.3, -0.2];
    let state: ArrayLike<number> = new Float64Array(n);
    for (let t = 0; t < 500; t++) state = calm.step(state, x);
    expectClose(calm.step(state, x), state, 1e-14);
    const { exponents } = lyapunovSpectrum(calm, {
      inputs: new Array(4500).fill(x),
      initialState: Array.from(state),
      warmup: 500,
    });
    expectClose(exponents, logModuli(new Matrix(calm.jacobian(state, x))), 1e-3);
  });

  it('period-7 input: the exponents are those of J_7 ... J_1, to 2e-3, and not those of the transposed order', () => {
    const driven = rnnSystem({
      W: normalMatrix(8, 8, 0.9 / Math.sqrt(8), normals(2)),
      kernel: [new Array(8).fill(1)],
    });
    const period = [1.4, -0.7, 0.2, 2, -1.3, 0.6, -0.1].map((v) => [v]);
    const inputs = Array.from({ length: 7 * 600 }, (_, t) => period[t % 7]!);
    let state: ArrayLike<number> = new Float64Array(8);
    for (const x of inputs.slice(0, 700)) state = driven.step(state, x);
    let forward = Matrix.eye(8);
    let transposed = Matrix.eye(8);
    for (const x of period) {
      const J = new Matrix(driven.jacobian(state, x));
      forward = J.mmul(forward);
      transposed = J.transpose().mmul(transposed);
      state = driven.step(state, x);
    }
    const wanted = logModuli(forward).map((value) => value / 7);
    const { exponents } = lyapunovSpectrum(driven, { inputs, warmup: 700 });
    expectClose(exponents.slice(0, 4), wanted.slice(0, 4), 2e-3);
    const mistaken = logModuli(transposed).map((value) => value / 7);
    expect(Math.max(...wanted.slice(0, 4).map((value, i) => Math.abs(value - mistaken[i]!)))).toBeGreaterThan(
      0.05,
    );

    const wrong: LyapunovSystem = {
      dimension: 8,
      step: (h, x) => driven.step(h, x),
      jacobian: (h, x) => new Matrix(driven.jacobian(h, x)).transpose().to2DArray(),
    };
    const transposedRun = lyapunovSpectrum(wrong, { inputs, warmup: 700 }).exponents;
    expectClose(transposedRun.slice(0, 4), mistaken.slice(0, 4), 2e-3);
  });
});
