import type { AnyFamily, FamilyWeights, PreparedPropagation } from '@hurwitz/scan';
import {
  concat,
  expandDims,
  grad,
  reshape,
  split,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tile,
  zerosLike,
} from '@tensorflow/tfjs-core';

/**
 * The tangent map of a family from its plain step: the cotangents w ↦ Jᵀ w are linear in w, so differentiating them once more
 * gives J v. It costs several steps for each tangent vector; a family's own `propagate` is faster.
 */
export function differentiatedStep(family: AnyFamily, weights: FamilyWeights): PreparedPropagation {
  const { kernel, bias, step } = family.prepare(weights);
  const widths = family.initial.map(({ width }) => width * weights.attributes.units);
  const next = (state: Tensor2D, drive: Tensor2D): Tensor2D => {
    // tfjs cannot differentiate a split into one part.
    const states = widths.length === 1 ? [state] : split<Tensor2D>(state, widths, 1);
    return concat(
      step(states, drive, (rows) => rows),
      1,
    );
  };
  return {
    kernel: kernel as Tensor2D,
    bias: bias as Tensor1D | undefined,
    step: ({ state, tangents }, drive) => {
      const [batch, count, size] = tangents.shape;
      const states = repeated(state, count);
      const drives = repeated(drive, count);
      const pulled = (w: Tensor) => grad((h: Tensor) => next(h as Tensor2D, drives))(states, w);
      const pushed = grad(pulled)(zerosLike(states), reshape(tangents, [batch * count, size]));
      return { state: next(state, drive), tangents: reshape(pushed, [batch, count, size]) };
    },
  };
}

/** Each row `count` times, one below the other. */
function repeated(rows: Tensor2D, count: number): Tensor2D {
  const [batch, width] = rows.shape;
  return reshape(tile(expandDims(rows, 1), [1, count, 1]), [batch * count, width]);
}
