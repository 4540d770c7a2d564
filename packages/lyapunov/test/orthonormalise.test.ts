import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newFactorisation, orthonormalise } from '../src/orthonormalise.js';
import { normals } from './random.js';

const dot = (a: Float64Array, b: Float64Array) => a.reduce((total, x, i) => total + x * b[i]!, 0);
const vectors = (frame: Float64Array, size: number) =>
  Array.from({ length: frame.length / size }, (_, j) => frame.subarray(j * size, (j + 1) * size));

/** How far each vector is from the span of those before it; for vectors that are not nearly dependent. */
function distancesFromSpan(given: readonly Float64Array[]): number[] {
  const units: Float64Array[] = [];
  return given.map((vector) => {
    const rest = vector.slice();
    for (const unit of [...units, ...units]) {
      const along = dot(rest, unit);
      for (let t = 0; t < rest.length; t++) rest[t]! -= along * unit[t]!;
    }
    const distance = Math.sqrt(dot(rest, rest));
    units.push(rest.map((x) => x / distance));
    return distance;
  });
}

it('Q is orthonormal to 1e-12 and Q R the input to 1e-13, up to condition 1e14', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.integer({ min: 1, max: 13 }),
      fc.integer({ min: 0, max: 14 }),
      (seed, count, digits) => {
        const normal = normals(seed);
        const size = count + (seed % 4);
        // Vectors that differ from the first by little are what makes Gram–Schmidt fail.
        const first = Float64Array.from({ length: size }, normal);
        const others = Array.from({ length: count - 1 }, () => Float64Array.from({ length: size }, normal));
        const input = Float64Array.from([
          ...first,
          ...others.flatMap((other) => Array.from(other, (x, t) => first[t]! + 10 ** -digits * x)),
        ]);
        // The distances of the vectors are these, 10^-digits times; below 1e-14 a vector is one of the span to rounding.
        const [length, ...apart] = distancesFromSpan([first, ...others]);
        fc.pre(apart.every((distance) => 10 ** -digits * distance > 1e-14 * length!));
        const frame = input.slice();
        const result = newFactorisation(count, size, true);
        expect(orthonormalise(frame, result)).toBe(true);
        const Q = vectors(frame, size);
        const R = (i: number, j: number) => result.factor![i * count + j]!;
        for (let i = 0; i < count; i++) {
          for (let j = 0; j <= i; j++)
            expect(Math.abs(dot(Q[i]!, Q[j]!) - (i === j ? 1 : 0))).toBeLessThan(1e-12);
          expect(R(i, i)).toBeGreaterThan(0);
          expect(result.growth[i]).toBeCloseTo(Math.log(R(i, i)), 12);
        }
        const scale = Math.max(...vectors(input, size).map((v) => Math.sqrt(dot(v, v))));
        for (let j = 0; j < count; j++) {
          for (let t = 0; t < size; t++) {
            const rebuilt = Q.reduce((total, q, i) => total + q[t]! * R(i, j), 0);
            expect(Math.abs(rebuilt - input[j * size + t]!)).toBeLessThan(1e-13 * scale);
          }
        }
      },
    ),
    { numRuns: 200 },
  );
});

it('a vector in the span of those before becomes zero, and the ones after do not notice', () => {
  const frame = Float64Array.from([1, 2, 0, 0, 2, 4, 0, 0, 1, 0, 3, 0]);
  const without = Float64Array.from([1, 2, 0, 0, 1, 0, 3, 0]);
  const result = newFactorisation(3, 4);
  const reference = newFactorisation(2, 4);
  orthonormalise(frame, result);
  orthonormalise(without, reference);
  expect(Array.from(frame.subarray(4, 8))).toEqual([0, 0, 0, 0]);
  expect(Array.from(result.growth)).toEqual([
    reference.growth[0],
    Number.NEGATIVE_INFINITY,
    reference.growth[1],
  ]);
  expect(Array.from(result.unresolved)).toEqual([0, 1, 0]);
});

it('R of vectors of size 1e200 and 1e-200 carries their scale, to 1e-14 relative', () => {
  const result = newFactorisation(2, 2, true);
  orthonormalise(Float64Array.from([3e200, 4e200, 1e-200, 0]), result);
  const relative = [5e200, 0.6e-200, 0, 0.8e-200].map((value, i) => result.factor![i]! - value);
  expect(Math.abs(relative[0]! / 5e200)).toBeLessThan(1e-14);
  expect(Math.abs(relative[1]! / 0.6e-200)).toBeLessThan(1e-14);
  expect(relative[2]).toBe(0);
  expect(Math.abs(relative[3]! / 0.8e-200)).toBeLessThan(1e-14);
});
