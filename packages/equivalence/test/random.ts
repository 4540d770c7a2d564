import { gaussian, generator } from '@hurwitz/random';
import { clipSingularValues } from '@hurwitz/stability';
import fc from 'fast-check';

/** A random ReLU network with ‖W‖₂ ≤ rho: generic, so most of it lies strictly inside. */
export function contraction({
  units = 4,
  inputDim = 2,
  outputs = 3,
  rho = 0.9,
  seed = 1,
}: Partial<Record<'units' | 'inputDim' | 'outputs' | 'rho' | 'seed', number>> = {}) {
  const draw = generator(seed);
  return {
    W: clipSingularValues(gaussian(units, units, draw), rho),
    kernel: gaussian(inputDim, units, draw),
    bias: gaussian(1, units, draw)[0]!,
    readout: gaussian(units, outputs, draw),
    initialState: gaussian(1, units, draw)[0]!.map(Math.abs),
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
