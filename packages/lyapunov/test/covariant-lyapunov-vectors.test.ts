import { inverse, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import {
  covariantLyapunovVectors,
  henon,
  type LyapunovSystem,
  lorenz,
  lyapunovSpectrum,
  rnnSystem,
} from '../src/index.js';
import { expectClose } from './expectations.js';
import { multiply, normalMatrix, normals } from './random.js';

/** sin of the angle between the lines of two vectors */
function misalignment(a: readonly number[], b: readonly number[]): number {
  const [na, nb] = [Math.hypot(...a), Math.hypot(...b)];
  const cosine = a.reduce((total, x, i) => total + (x / na) * (b[i]! / nb), 0);
  return Math.hypot(...a.map((x, i) => x / na - (cosine * b[i]!) / nb));
}

describe('covariantLyapunovVectors', () => {
  it('are the eigenvectors of a linear map, largest modulus first, to 1e-12', () => {
    const eigenvectors = [
      [1, 1, 0],
      [0, 1, 1],
      [1, 0, 2],
    ];
    const V = new Matrix(eigenvectors).transpose();
    const J = V.mmul(Matrix.diag([3, -1.5, 0.5]))
      .mmul(inverse(V))
      .to2DArray();
    const system = { dimension: 3, step: (h: number[]) => h, jacobian: () => J };
    const { vectors, exponents } = covariantLyapunovVectors(system, { steps: 3, warmup: 120, settle: 60 });
    expect(vectors).toHaveLength(4);
    for (const set of vectors) {
      for (const [i, v] of set.entries()) expect(misalignment(v, eigenvectors[i]!)).toBeLessThan(1e-12);
    }
    expectClose(exponents, [3, 1.5, 0.5].map(Math.log), 1e-12);
  });

  it('J v_i(t) is parallel to v_i(t+1) along the Hénon attractor, to 1e-8, with growth the local exponents', () => {
    const system = henon();
    const { vectors, states, exponents } = covariantLyapunovVectors(system, {
      steps: 300,
      warmup: 200,
      settle: 60,
    });
    expect(states).toHaveLength(301);
    let leading = 0;
    for (let t = 0; t < 300; t++) {
      const J = system.jacobian!(states[t]!, []) as number[][];
      expectClose(system.step(states[t]!, []) as number[], states[t + 1]!, 1e-15);
      for (const i of [0, 1]) {
        expect(misalignment(multiply(J, vectors[t]![i]!), vectors[t + 1]![i]!)).toBeLessThan(1e-8);
      }
      leading += Math.log(Math.hypot(...multiply(J, vectors[t]![0]!))) / 300;
    }
    expectClose([exponents[0]!], [leading], 1e-12);
    const settled = lyapunovSpectrum(system, { steps: 300, warmup: 200 }).exponents;
    expectClose(exponents, settled, 0.02);
  });

  it('the neutral vector of the Lorenz flow points along the flow, to 1e-3', () => {
    const system = lorenz();
    const { vectors, states } = covariantLyapunovVectors(system, {
      dt: 0.005,
      steps: 200,
      warmup: 6000,
      settle: 6000,
    });
    for (const t of [0, 50, 100, 150, 200]) {
      const along = system.field(0, Float64Array.from(states[t]!), []) as number[];
      expect(misalignment(vectors[t]![1]!, along)).toBeLessThan(1e-3);
    }
  });

  it('follow a driven network and its leading directions only, parallel to 1e-8', () => {
    const normal = normals(3);
    const system = rnnSystem({ W: normalMatrix(6, 6, 0.6, normal), kernel: normalMatrix(1, 6, 1, normal) });
    const inputs = normalMatrix(300, 1, 1, normal);
    const { vectors, states } = covariantLyapunovVectors(system, {
      inputs,
      steps: 40,
      settle: 160,
      exponents: 2,
    });
    for (let t = 0; t < 40; t++) {
      const J = system.jacobian(states[t]!, inputs[100 + t]!);
      for (const i of [0, 1]) {
        expect(misalignment(multiply(J, vectors[t]![i]!), vectors[t + 1]![i]!)).toBeLessThan(1e-8);
      }
    }
  });
});

describe('a tangent map that loses directions', () => {
  const J = [
    [1.2, 0.7],
    [0, 0.5],
  ];
  const counting = (at: (t: number) => number[][]): LyapunovSystem => ({
    dimension: 1,
    tangentDimension: 2,
    step: ([t]) => [t! + 1],
    jacobian: ([t]) => at(t!),
  });

  it('in the warm-up leaves no trace: the eigenvectors of J, to 1e-12', () => {
    const zero = [
      [0, 0],
      [0, 0],
    ];
    const system = counting((t) => (t < 3 ? zero : J));
    const { vectors, exponents } = covariantLyapunovVectors(system, { steps: 5 });
    expectClose(exponents, [Math.log(1.2), Math.log(0.5)], 1e-12);
    for (const [first, second] of vectors) {
      expectClose(first!.map(Math.abs), [1, 0], 1e-12);
      const length = Math.hypot(1, 1);
      expectClose(second!.map(Math.abs), [1 / length, 1 / length], 1e-12);
    }
  });

  it('to rounding only is refused, with advice that works', () => {
    const left = [0.3, 0.9];
    const singular = left.map((a) => [a * 0.7, a * -0.2]);
    const system = counting(() => singular);
    expect(() => covariantLyapunovVectors(system, { steps: 3 })).toThrow('Ask for at most 1 exponents.');
    const { exponents } = covariantLyapunovVectors(system, { steps: 3, exponents: 1 });
    expectClose(exponents, [Math.log(0.3 * 0.7 - 0.9 * 0.2)], 1e-12);
  });
});
