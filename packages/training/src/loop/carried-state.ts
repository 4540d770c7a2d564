import * as tf from '@tensorflow/tfjs-core';
import type { NamedArray } from '../run/checkpoint-file.js';

/** What goes from one batch of an epoch to the next: part of the position, and so of every checkpoint. */
export class CarriedState {
  private tensors: tf.Tensor[] = [];

  constructor(private readonly dtype: 'float32' | 'int32' = 'float32') {}

  /** Owned here; none at the start of an epoch. */
  get current(): readonly tf.Tensor[] {
    return this.tensors;
  }

  /** Takes copies, which outlive any tidy. */
  replace(next: readonly tf.Tensor[]): void {
    const kept = next.map((tensor) => tf.keep(tensor.clone()));
    tf.dispose(this.tensors);
    this.tensors = kept;
  }

  reset(): void {
    this.replace([]);
  }

  save(): NamedArray[] {
    return this.tensors.map((tensor, i) => ({
      name: String(i),
      shape: tensor.shape,
      values: Float32Array.from(tensor.dataSync()),
    }));
  }

  restore(saved: readonly NamedArray[]): void {
    tf.tidy(() => this.replace(saved.map(({ values, shape }) => tf.tensor(values, shape, this.dtype))));
  }
}
