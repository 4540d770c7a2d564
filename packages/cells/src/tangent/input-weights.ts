import { apply, type Rows } from '@hurwitz/network';
import { CellError } from '../errors.js';

/** U [units, inputDim], and whether a token is read, which selects a column, rather than a vector. */
export interface InputWeights {
  U: Rows;
  tokens: boolean;
}

/** U x. */
export function inputProduct({ U, tokens }: InputWeights, x: ArrayLike<number>): Float64Array {
  if (!tokens) return apply(U, x);
  const token = checkedToken(x[0], U[0]!.length);
  return Float64Array.from(U, (row) => row[token]!);
}

/** What a map says of its input. */
export function inputShape({ U, tokens }: InputWeights): { inputSize: number; vocabularySize?: number } {
  const size = U[0]!.length;
  return tokens ? { inputSize: 1, vocabularySize: size } : { inputSize: size };
}

/** @throws CellError unless the token is a row of the table. */
export function checkedToken(token: number | undefined, vocabularySize: number): number {
  if (Number.isInteger(token) && token! >= 0 && token! < vocabularySize) return token!;
  throw new CellError(
    'tangentSystem',
    `a token, a whole number from 0 to ${vocabularySize - 1}`,
    String(token),
    'The layer reads one token at each step: give [token], not a one-hot vector.',
  );
}
