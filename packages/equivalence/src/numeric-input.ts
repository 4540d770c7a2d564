import { matrixInput, numberInput } from '@hurwitz/rnn-model';
import { EquivalenceError } from './errors.js';

export const { toRows, toVector } = matrixInput(EquivalenceError);
export const { checkCounts, checkNumber } = numberInput(EquivalenceError);
