import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  finiteTimeExponents,
  type LyapunovSystem,
  lyapunovSpectrum,
  lyapunovStepper,
  rnnSystem,
} from '../src/index.js';
import { descending, expectClose } from './expectations.js';
import { normalMatrix, normals } from './random.js';

const lost = Number.NEGATIVE_INFINITY;
const paths = [{}, { propagation: 'methods' }, { precision: 'float32' }] as const;

/** Jacobians given by time, which the state counts. */
const sequence = (size: number, at: (t: number) => number[][]): LyapunovSystem => ({
  dimension: 1,
  tangentDimension: size,
  step: ([t]) => [t! + 1],
  jacobian: ([t]) => at(t!),
});

const diagonal = (entries: readonly number[]): number[][] =>
  entries.map((x, i) => entries.map((_, j) => (i === j ? x : 0)));

/** Values that are -Infinity in the same places, and close in the others. */
function expectSame(got: readonly number[], wanted: readonly number[], bound: number): void {
  expect(got.map((x) => x === lost)).toEqual(wanted.map((x) => x === lost));
  expectClose(got.filter(Number.isFinite), wanted.filter(Number.isFinite), bound);
}

describe('a frame that collapses before anything is counted', () => {
  // At rest relu has slope 0; from the first input on both units are active, and W is the Jacobian.
  const relu = rnnSystem({
    W: [
      [0.5, 0.1],
      [0.1, 0.8],
    ],
    kernel: [[1, 1]],
    activation: 'relu',
  });
  const inputs = [[0], [0], ...Array.from({ length: 98 }, () => [1])];
  const root = Math.sqrt(0.15 ** 2 + 0.1 ** 2);
  const wanted = [Math.log(0.65 + root), Math.log(0.65 - root)];

  it.each(paths)('is whole again: log |eigenvalues of W| to 1e-7 after a warm-up of 20, %o', (path) => {
    for (const qrInterval of [1, 4]) {
      const options = { ...path, qrInterval };
      const spectrum = lyapunovSpectrum(relu, { inputs, warmup: 20, ...options });
      expectClose(spectrum.exponents, wanted, 1e-7);
      expect(spectrum.resolved).toEqual([1, 1]);
      const stepper = lyapunovStepper(relu, options);
      for (const x of inputs.slice(0, 20)) stepper.push(x);
      expect(stepper.estimate().exponents).toEqual([lost, lost]);
      stepper.discard();
      for (const x of inputs.slice(20)) stepper.push(x);
      expect(stepper.estimate().exponents).toEqual(spectrum.exponents);
    }
  });

  it.each(paths)('counts as lost where the collapse is counted, %o', (path) => {
    for (const qrInterval of [1, 4]) {
      const { exponents, resolved } = lyapunovSpectrum(relu, { inputs, warmup: 1, qrInterval, ...path });
      expect(exponents).toEqual([lost, lost]);
      expect(resolved).toEqual([0, 0]);
    }
  });

  it('by zeros in diagonal Jacobians, for any warm-up and interval: logs of the diagonal, to 1e-12', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 0, max: 8 }),
        fc.constantFrom(1, 2, 3, 7),
        (seed, size, collapse, warmup, qrInterval) => {
          const normal = normals(seed);
          const entries = Array.from({ length: size }, () => Math.exp(2 * normal()));
          const zeros = Array.from({ length: collapse }, () => entries.map(() => normal() > 0.5));
          const system = sequence(size, (t) => diagonal(entries.map((x, i) => (zeros[t]?.[i] ? 0 : x))));
          const { exponents } = lyapunovSpectrum(system, { warmup, steps: 20, qrInterval });
          const counted = zeros.slice(warmup);
          const right = entries.map((x, i) => (counted.some((row) => row[i]) ? lost : Math.log(x)));
          expectSame(exponents, descending(right), 1e-12);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('to rounding, by full Jacobians of rank 1 to n - 1 in the warm-up: as without those steps, to 1e-6', () => {
    const random = normals(12);
    for (const size of [2, 5, 9]) {
      const basis = normalMatrix(size, size, 1, random);
      const regular = diagonal(Array.from({ length: size }, (_, i) => 2 * 0.5 ** i)).map((row, i) =>
        row.map((x, j) => x + (j > i ? 0.3 * basis[i]![j]! : 0)),
      );
      for (let rank = 1; rank < size; rank++) {
        const left = normalMatrix(size, rank, 1, random);
        const right = normalMatrix(rank, size, 1, random);
        const singular = left.map((row) =>
          right[0]!.map((_, j) => row.reduce((t, x, i) => t + x * right[i]![j]!, 0)),
        );
        const system = sequence(size, (t) => (t < 5 ? singular : regular));
        for (const qrInterval of [1, 4]) {
          const { exponents } = lyapunovSpectrum(system, { warmup: 60, steps: 40, qrInterval });
          expectClose(
            exponents,
            Array.from({ length: size }, (_, i) => Math.log(2 * 0.5 ** i)),
            1e-6,
          );
        }
      }
    }
  });

  it('in a partial frame too, which finds the leading exponents of uncoupled units, to 1e-12', () => {
    const system = sequence(4, (t) => diagonal(t < 3 ? [0, 0, 0, 0] : [0.1, 0.2, 3, 2]));
    const { exponents } = lyapunovSpectrum(system, { warmup: 200, steps: 10, exponents: 2 });
    expectClose(exponents, [Math.log(3), Math.log(2)], 1e-12);
  });
});

it('after a window that loses a direction the next ones are whole: finite-time exponents, to 1e-14', () => {
  const system = sequence(3, (t) => diagonal(t === 4 ? [2, 0, 0.5] : [2, 3, 0.5]));
  const rows = finiteTimeExponents(system, { window: 2, windows: 4 })[0]!;
  expect(rows.map((row) => row.filter((x) => x === lost).length)).toEqual([0, 0, 1, 0]);
  const logs = [Math.log(3), Math.log(2), Math.log(0.5)];
  for (const row of [rows[0]!, rows[1]!, rows[3]!]) expectClose(descending(row), logs, 1e-14);
});

it('what a stepper puts in the place of a lost direction changes no other exponent, to 1e-13', () => {
  const random = normals(41);
  const size = 5;
  const at = Array.from({ length: 40 }, (_, t) =>
    normalMatrix(size, size, 1, random).map((row, i) =>
      row.map((x) => (t % 10 === 3 && i === t % 4 ? 0 : x)),
    ),
  );
  const system = sequence(size, (t) => at[t]!);
  const stepper = lyapunovStepper(system);
  stepper.run(40);
  const { exponents, resolved } = lyapunovSpectrum(system, { steps: 40 });
  expectSame(stepper.estimate().exponents, exponents, 1e-13);
  expect(resolved.filter((x) => x === 1)).toHaveLength(exponents.filter(Number.isFinite).length);
});

describe('a long QR interval', () => {
  const normal = normals(5);
  const n = 8;
  const driven = rnnSystem({
    W: normalMatrix(n, n, 1.7 / Math.sqrt(n), normal),
    kernel: normalMatrix(2, n, 0.5, normal),
    activation: 'relu',
  });
  const inputs = normalMatrix(120, 2, 1, normal);

  it.each(paths)('finds the rank of a relu network at every step, and its exponents to 1e-5, %o', (path) => {
    const every = lyapunovSpectrum(driven, { inputs, warmup: 20 });
    expect(every.exponents.filter((x) => x === lost)).toHaveLength(4);
    for (const qrInterval of [2, 3, 5, 10, 50]) {
      const { exponents, resolved } = lyapunovSpectrum(driven, { inputs, warmup: 20, qrInterval, ...path });
      expectSame(exponents, every.exponents, 1e-5);
      for (const [i, value] of exponents.entries()) if (value === lost) expect(resolved[i]).toBeLessThan(1);
    }
  });

  it('gives -Infinity for what a singular Jacobian loses to rounding, and never noise, to 1e-10', () => {
    const random = normals(7);
    for (const [size, rank] of [
      [3, 2],
      [6, 2],
      [12, 9],
    ] as const) {
      const left = normalMatrix(size, rank, 1, random);
      const right = normalMatrix(rank, size, 1, random);
      const J = left.map((row) => right[0]!.map((_, j) => row.reduce((t, x, i) => t + x * right[i]![j]!, 0)));
      const every = lyapunovSpectrum(
        sequence(size, () => J),
        { steps: 60 },
      );
      expect(every.exponents.filter((x) => x === lost)).toHaveLength(size - rank);
      for (const qrInterval of [2, 5, 20]) {
        const { exponents, resolved } = lyapunovSpectrum(
          sequence(size, () => J),
          { steps: 60, qrInterval },
        );
        expectSame(exponents, every.exponents, 1e-10);
        for (const [i, value] of exponents.entries()) if (value === lost) expect(resolved[i]).toBe(0);
      }
    }
  });

  it('of any length agrees with a QR at every step for graded Jacobians, to 1e-7', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 2, max: 6 }),
        fc.integer({ min: 2, max: 60 }),
        (seed, size, qrInterval) => {
          const random = normals(seed);
          const at = Array.from({ length: 60 }, () =>
            normalMatrix(size, size, 1, random).map((row, i) => row.map((x) => x * 10 ** (-2 * i))),
          );
          const system = sequence(size, (t) => at[t]!);
          const every = lyapunovSpectrum(system, { steps: 60 });
          const { exponents, resolved } = lyapunovSpectrum(system, { steps: 60, qrInterval });
          expectClose(exponents, every.exponents, 1e-7);
          expect(resolved).toEqual(every.resolved);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('entries that dwarf the exponents', () => {
  it.each([
    [
      [0.5, 1e17],
      [0, 0.4],
    ],
    [
      [0.4, 1e17],
      [0, 0.5],
    ],
    [
      [0.5, -3e20, 1e17],
      [0, 0.4, 1e19],
      [0, 0, 0.3],
    ],
    [
      [0.5, 1e30],
      [0, 0.4],
    ],
    [
      [0.4, 3e6, 1e12],
      [0, 0.5, 2e6],
      [0, 0, 0.3],
    ],
  ])('of a triangular Jacobian leave the logs of its diagonal, to 1e-12 (float32: 1e-6), %j %j', (...J) => {
    const wanted = descending(J.map((row, i) => Math.log(row![i]!)));
    const system = sequence(J.length, () => J as number[][]);
    const network = rnnSystem({ W: J as number[][], kernel: [J.map(() => 0)], activation: 'linear' });
    for (const qrInterval of [1, 3]) {
      for (const steps of [1, 7, 60]) {
        const options = { steps, qrInterval };
        const driven = { ...options, inputs: new Array(60).fill([0]) };
        const found = [
          { bound: 1e-12, spectrum: lyapunovSpectrum(system, options) },
          { bound: 1e-12, spectrum: lyapunovSpectrum(network, driven) },
          { bound: 1e-6, spectrum: lyapunovSpectrum(network, { ...driven, precision: 'float32' }) },
        ];
        for (const { bound, spectrum } of found) {
          expectClose(spectrum.exponents, wanted, bound);
          expect(spectrum.resolved).toEqual(wanted.map(() => 1));
        }
      }
    }
  });

  it.each(paths)(
    'of triangular networks leave the logs of their diagonals, to 1e-12 (float32: 1e-5), %o',
    (path) => {
      const single = 'precision' in path;
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 1e6 }),
          fc.integer({ min: 2, max: 12 }),
          // The largest power of ten; the greatest number of float32 is 3e38.
          fc.integer({ min: 0, max: single ? 36 : 250 }),
          (seed, size, digits) => {
            const random = normals(seed);
            const W = normalMatrix(size, size, 1, random).map((row, i) =>
              row.map((x, j) =>
                j < i ? 0 : i === j ? Math.sign(x) * (0.3 + 0.05 * i) : x * 10 ** -Math.abs(random()),
              ),
            );
            // One column that dwarfs the rest of the matrix.
            W[0]![size - 1] = 10 ** digits;
            const network = rnnSystem({ W, kernel: [W.map(() => 0)], activation: 'linear' });
            const inputs = new Array(20).fill([0]);
            const { exponents, resolved } = lyapunovSpectrum(network, { inputs, ...path });
            const wanted = descending(W.map((row, i) => Math.log(Math.abs(row[i]!))));
            expectClose(exponents, wanted, single ? 1e-5 : 1e-12);
            expect(resolved).toEqual(wanted.map(() => 1));
          },
        ),
        { numRuns: 100 },
      );
    },
  );

  it('of upper triangular Jacobians that change leave the mean logs of the diagonals, to 1e-12', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 2, max: 6 }), (seed, size) => {
        const random = normals(seed);
        const at = Array.from({ length: 30 }, () =>
          normalMatrix(size, size, 1, random).map((row, i) =>
            row.map((x, j) =>
              j < i ? 0 : i === j ? x + 2 * Math.sign(x) : x * 10 ** Math.abs(9 * random()),
            ),
          ),
        );
        const wanted = at[0]!.map((_, i) =>
          at.reduce((sum, J) => sum + Math.log(Math.abs(J[i]![i]!)) / 30, 0),
        );
        const { exponents } = lyapunovSpectrum(
          sequence(size, (t) => at[t]!),
          { steps: 30 },
        );
        expectClose(exponents, descending(wanted), 1e-12);
      }),
      { numRuns: 100 },
    );
  });
});
