import { described } from '@hurwitz/input';
import { cast, oneHot, Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { CellError } from '../errors.js';

/** What a layer reads at each step. */
export interface InputKind {
  /** The public function, for messages. */
  where: string;
  inputDim: number;
  /** Whether it reads a token [batch] in place of a vector [batch, inputDim]. */
  tokens: boolean;
}

/**
 * One step's input as vectors [batch, inputDim]: a token selects a row of the kernel, as a one-hot vector does.
 *
 * @throws CellError for another shape, or a token outside the vocabulary.
 */
export function inputVectors(input: Tensor, { where, inputDim, tokens }: InputKind): Tensor2D {
  if (!(input instanceof Tensor)) {
    throw new CellError(where, 'a tensor of inputs', described(input), 'Pass a tensor of TensorFlow.js.');
  }
  const fits = tokens ? input.rank === 1 : input.rank === 2 && input.shape[1] === inputDim;
  if (!fits) {
    throw new CellError(
      where,
      tokens ? 'a token at each step' : `an input of ${inputDim} numbers at each step`,
      `shape [${input.shape}] at one step`,
      tokens ? 'Give [batch, time].' : `Give [batch, time, ${inputDim}].`,
    );
  }
  if (!tokens) return input as Tensor2D;
  const outside = input
    .dataSync()
    .find((token) => !(Number.isInteger(token) && token >= 0 && token < inputDim));
  if (outside !== undefined) {
    throw new CellError(
      where,
      `tokens as whole numbers from 0 to ${inputDim - 1}`,
      String(outside),
      'Encode the text with the vocabulary of the layer.',
    );
  }
  return cast(oneHot(cast(input as Tensor1D, 'int32'), inputDim), 'float32') as Tensor2D;
}
