import { generator } from '@hurwitz/random';
import { Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { type ComplexMatrix, responseAt, topSingular } from '../src/frequency-response.js';
import { singularValues } from '../src/index.js';
import { optimiseScaling } from '../src/scaling.js';
import { gaussian } from './random.js';

const random = (n: number, seed: number): ComplexMatrix => ({
  n,
  re: Float64Array.from(gaussian(n, n, { seed }).flat()),
  im: Float64Array.from(gaussian(n, n, { seed: seed + 1 }).flat()),
});

/** σ_max of diag(d) G diag(d)⁻¹ from the real matrix [Re, -Im; Im, Re]. */
function reference({ n, re, im }: ComplexMatrix, d: readonly number[]): number {
  const at = (part: Float64Array, i: number, j: number) => (part[i * n + j]! * d[i]!) / d[j]!;
  const rows = Array.from({ length: 2 * n }, (_, i) =>
    Array.from({ length: 2 * n }, (_, j) => {
      const real = i < n === j < n;
      const sign = !real && i < n ? -1 : 1;
      return sign * at(real ? re : im, i % n, j % n);
    }),
  );
  return singularValues(rows)[0]!;
}

describe('frequency responses', () => {
  it('C (sI - A)⁻¹ B + D solves (sI - A) X = B at a complex s, to 1e-13', () => {
    const n = 5;
    const [A, B, C, D] = [1, 2, 3, 4].map((seed) => new Matrix(gaussian(n, n, { seed })));
    const s = { re: 0.3, im: -1.7 };
    const G = responseAt({ A: A!, B: B!, C: Matrix.eye(n), D: Matrix.zeros(n, n) }, s);
    const re = Matrix.from1DArray(n, n, Array.from(G.re));
    const im = Matrix.from1DArray(n, n, Array.from(G.im));
    const realPart = Matrix.mul(re, s.re).sub(Matrix.mul(im, s.im)).sub(A!.mmul(re)).sub(B!);
    const imagPart = Matrix.mul(im, s.re).add(Matrix.mul(re, s.im)).sub(A!.mmul(im));
    expect(realPart.norm() + imagPart.norm()).toBeLessThan(1e-13 * 100);
    const whole = responseAt({ A: A!, B: B!, C: C!, D: D! }, s);
    const expected = C!.mmul(re).add(D!).to1DArray();
    expect(Math.max(...expected.map((x, i) => Math.abs(x - whole.re[i]!)))).toBeLessThan(1e-12);
  });

  it('topSingular is σ_max of the scaled complex matrix, to 1e-7', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const G = random(5, seed);
      const d = gaussian(1, 5, { seed })[0]!.map((x) => Math.exp(x / 2));
      expect(Math.abs(topSingular(G, { d, iterations: 2000 }).value / reference(G, d) - 1)).toBeLessThan(
        1e-7,
      );
    }
  });
});

describe('optimiseScaling', () => {
  it('reaches the minimum of the convex problem: 300 perturbations of log d gain less than 0.5%', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const responses = [random(5, 10 * seed), random(5, 10 * seed + 5)];
      const worst = (d: readonly number[]) => Math.max(...responses.map((G) => reference(G, d)));
      const { d, gain } = optimiseScaling(responses, { start: [1, 1, 1, 1, 1] });
      expect(Math.abs(gain / worst(d) - 1)).toBeLessThan(1e-3);
      expect(gain).toBeLessThan(worst([1, 1, 1, 1, 1]));
      const normal = generator(seed).normal;
      for (let k = 0; k < 300; k++) {
        const width = 0.01 * 10 ** (k / 200);
        expect(worst(d.map((x) => x * Math.exp(width * normal())))).toBeGreaterThan(0.995 * gain);
      }
    }
  });
});
