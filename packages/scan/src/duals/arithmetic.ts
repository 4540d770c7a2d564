import { add, matMul, mul, reshape, split, sub, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import type { DualActivation } from './activations.js';

/** A quantity and its directional derivatives along each tangent vector. */
export interface Dual {
  at: Tensor2D;
  along: Tensor3D;
}

export const product = (a: Dual, b: Dual): Dual => ({
  at: mul(a.at, b.at),
  along: add(mul(perVector(a.at), b.along), mul(perVector(b.at), a.along)),
});

export const sum = (a: Dual, b: Dual): Dual => ({ at: add(a.at, b.at), along: add(a.along, b.along) });

export const difference = (a: Dual, b: Dual): Dual => ({ at: sub(a.at, b.at), along: sub(a.along, b.along) });

export function through(act: DualActivation, z: Dual): Dual {
  const { value, slope } = act(z.at);
  return { at: value, along: mul(perVector(slope), z.along) };
}

export const times = (h: Dual, M: Tensor2D): Dual => ({
  at: matMul(h.at, M),
  along: timesMatrix(h.along, M),
});

export const parts = (whole: Dual, count: number): Dual[] => {
  const along = split<Tensor3D>(whole.along, count, 2);
  return split<Tensor2D>(whole.at, count, 1).map((at, i) => ({ at, along: along[i]! }));
};

/** v M for every vector v of [batch, k, n]. */
export function timesMatrix(vectors: Tensor3D, M: Tensor2D): Tensor3D {
  const [batch, count, size] = vectors.shape;
  const product = matMul(reshape(vectors, [batch * count, size]), M);
  return reshape(product, [batch, count, M.shape[1]]);
}

/** [batch, n] so that it meets each of the vectors [batch, k, n]. */
export const perVector = (values: Tensor2D): Tensor3D =>
  reshape(values, [values.shape[0], 1, values.shape[1]]);
