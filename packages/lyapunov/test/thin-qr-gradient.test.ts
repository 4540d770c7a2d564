import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { thinQRGradient } from '../src/flossing/thin-qr-gradient.js';
import { newFactorisation, orthonormalise } from '../src/orthonormalise.js';
import { expectClose } from './expectations.js';
import { normals } from './random.js';

const draw = (length: number, normal: () => number) => Float64Array.from({ length }, normal);

function factorise(vectors: Float64Array, count: number, size: number) {
  const frame = vectors.slice();
  const result = newFactorisation(count, size, true);
  orthonormalise(frame, result);
  return { frame, growth: result.growth, factor: result.factor! };
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

/** Gradient of <onFrame, Q> + <onGrowth, log diag R> by central differences of fourth order, and by the adjoint. */
function bothGradients(count: number, size: number, seed: number) {
  const normal = normals(seed);
  const vectors = draw(count * size, normal);
  const onFrame = draw(count * size, normal);
  const onGrowth = draw(count, normal);
  const value = (at: Float64Array) => {
    const { frame, growth } = factorise(at, count, size);
    return dot(onFrame, frame) + dot(onGrowth, growth);
  };
  const h = 1e-4;
  const differences = vectors.map((_, i) => {
    const moved = (by: number) => value(vectors.map((x, j) => (j === i ? x + by : x)));
    return (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h);
  });
  const { frame, factor } = factorise(vectors, count, size);
  const adjoint = thinQRGradient({ frame, factor, onFrame: onFrame.slice(), onGrowth }, { count, size });
  const condition = Math.max(...draw(count, () => 0).map((_, j) => 1 / factor[j * count + j]!));
  return { differences, adjoint, condition };
}

describe('thinQRGradient', () => {
  it.each([
    [1, 1],
    [1, 5],
    [4, 4],
    [3, 7],
    [9, 12],
  ])(
    'is the derivative of Q and log R_jj by central differences, %i vectors of %i numbers, to 1e-8',
    (count, size) => {
      const { differences, adjoint } = bothGradients(count, size, 10 * count + size);
      expectClose(adjoint, differences, 1e-8);
    },
  );

  it('is so for any size and draw, to 1e-6 of the gradient (well-conditioned draws, 1 / R_jj < 30)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(4), fc.nat(10_000), (count, more, seed) => {
        const { differences, adjoint, condition } = bothGradients(count, count + more, seed);
        fc.pre(condition < 30);
        expectClose(adjoint, differences, 1e-6 * Math.max(1, ...adjoint.map(Math.abs)));
      }),
      { numRuns: 60 },
    );
  });

  it('does not move along the scale of a vector, but by its growth: <Ā_j, a_j> summed up is Σ ḡ (to 1e-12)', () => {
    const normal = normals(3);
    const [count, size] = [4, 6];
    const vectors = draw(count * size, normal);
    const { frame, factor } = factorise(vectors, count, size);
    const onGrowth = draw(count, normal);
    const adjoint = thinQRGradient(
      { frame, factor, onFrame: draw(count * size, normal), onGrowth },
      { count, size },
    );
    expect(dot(adjoint, vectors)).toBeCloseTo(
      onGrowth.reduce((sum, g) => sum + g, 0),
      12,
    );
  });
});
