import { matrixInput, numberInput, optionsInput } from '@hurwitz/input';
import { TruncationError } from './errors.js';

export const { toList, toMatrices, toRows, toVector } = matrixInput(TruncationError);
export const { checkChoice, checkCounts, checkFlag, checkNumber } = numberInput(TruncationError);
export const { checkMembers, checkOptions } = optionsInput(TruncationError);
