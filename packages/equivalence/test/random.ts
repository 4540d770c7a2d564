import { clipSingularValues } from '@hurwitz/stability';
import fc from 'fast-check';

/** Reproducible standard normal numbers (mulberry32 and Box-Muller). */
export function normals(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

export const gaussian = (rows: number, columns: number, normal: () => number): number[][] =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, normal));

/** A random ReLU network with ‖W‖₂ ≤ rho: generic, so most of it lies strictly inside. */
export function contraction({
  units = 4,
  inputDim = 2,
  outputs = 3,
  rho = 0.9,
  seed = 1,
}: {
  units?: number;
  inputDim?: number;
  outputs?: number;
  rho?: number;
  seed?: number;
} = {}) {
  const normal = normals(seed);
  return {
    W: clipSingularValues(gaussian(units, units, normal), rho),
    kernel: gaussian(inputDim, units, normal),
    bias: gaussian(1, units, normal)[0]!,
    readout: gaussian(units, outputs, normal),
    initialState: gaussian(1, units, normal)[0]!.map(Math.abs),
  };
}

export const seeds = fc.integer({ min: 1, max: 2 ** 31 });

/** Largest absolute difference of entries. */
export function gap(x: readonly (readonly number[])[], y: readonly (readonly number[])[]): number {
  if (x.length !== y.length || x.some((row, i) => row.length !== y[i]!.length)) return Infinity;
  return Math.max(...x.flatMap((row, i) => row.map((value, j) => Math.abs(value - y[i]![j]!))));
}

/** ‖WᵀW - I‖, the largest entry. */
export function orthogonalityGap(W: number[][]): number {
  const n = W.length;
  let worst = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const inner = W.reduce((sum, row) => sum + row[i]! * row[j]!, 0);
      worst = Math.max(worst, Math.abs(inner - (i === j ? 1 : 0)));
    }
  }
  return worst;
}
