/** A tensor as far as the integrators need to know it: tf.Tensor fits, without a dependency on tfjs. */
export interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  dataSync(): ArrayLike<number>;
  clone(): unknown;
  dispose(): void;
}

export function isTensor(value: unknown): value is TensorLike {
  const { shape, dtype, dataSync, clone, dispose } = Object(value) as Partial<TensorLike>;
  const methods = [dataSync, clone, dispose].every((method) => typeof method === 'function');
  return methods && Array.isArray(shape) && typeof dtype === 'string';
}
