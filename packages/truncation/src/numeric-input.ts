import { matrixInput, numberInput } from '@hurwitz/rnn-model';
import { TruncationError } from './errors.js';

export const { toRows, toVector } = matrixInput(TruncationError);
export const { checkCounts, checkNumber } = numberInput(TruncationError);
