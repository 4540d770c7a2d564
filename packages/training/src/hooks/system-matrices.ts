import { DynamicalLayer } from '@hurwitz/cells';
import type * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { UserError } from '../errors.js';

export interface HostMatrices {
  /** Absent where the family has none. */
  A?: number[][];
  W: number[][];
}

/** A and W of a layer that has them, on the host; undefined for other layers. */
export function systemMatrices(layer: layers.Layer): HostMatrices | undefined {
  if (!(layer instanceof DynamicalLayer)) return undefined;
  const { A, W } = layer.systemMatrices();
  return { ...(A !== undefined && { A: toHost(A) }), W: toHost(W) };
}

export function allFinite({ A = [], W }: HostMatrices): boolean {
  return [...A, ...W].every((row) => row.every(Number.isFinite));
}

/** A and W of a layer to say something of. @throws UserError when they are not finite, or the layer has none. */
export function finiteMatrices(layer: layers.Layer): HostMatrices {
  const matrices = systemMatrices(layer);
  if (matrices !== undefined && allFinite(matrices)) return matrices;
  throw new UserError(`The weights of ${layer.name} are not all finite, so there is nothing to analyse.`);
}

function toHost(matrix: tf.Tensor2D): number[][] {
  const rows = matrix.arraySync();
  matrix.dispose();
  return rows;
}
