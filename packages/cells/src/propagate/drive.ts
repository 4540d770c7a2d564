import { add, cast, matMul, oneHot, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { CellError } from '../errors.js';

/** U x + b as rows: x [batch, inputDim], or tokens [batch] that each select a row of the kernel. */
export function driveOf(
  input: Tensor,
  { where, kernel, bias }: { where: string; kernel: Tensor2D; bias?: Tensor1D },
): Tensor2D {
  const width = kernel.shape[0];
  const tokens = input.rank === 1;
  if (!tokens && input.shape[1] !== width) {
    throw new CellError(
      where,
      `inputs of ${width} numbers`,
      `shape [${input.shape}] at one step`,
      'Give [batch, time, inputDim].',
    );
  }
  const vectors = tokens ? cast(oneHot(cast(input, 'int32') as Tensor1D, width), 'float32') : input;
  const product = matMul<Tensor2D>(vectors as Tensor2D, kernel);
  return bias ? add<Tensor2D>(product, bias) : product;
}
