import { CellError } from '../errors.js';

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
