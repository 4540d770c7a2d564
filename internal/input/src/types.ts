/** A tensor as far as the packages need to know it: tf.Tensor fits, without a dependency on tfjs. */
export interface TensorLike {
  readonly shape: readonly number[];
  dataSync(): ArrayLike<number>;
}

/** Rows of numbers, or a rank-2 tensor. */
export type MatrixLike = ArrayLike<ArrayLike<number>> | TensorLike;

/** Numbers, or a rank-1 tensor. */
export type VectorLike = ArrayLike<number> | TensorLike;

/** re + i·im. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}
