import { matrixInput, numberInput, optionsInput } from '@hurwitz/input';
import { EquivalenceError } from './errors.js';

export const { toList, toMatrices, toRows, toVector } = matrixInput(EquivalenceError);
export const { checkChoice, checkCounts, checkFlag, checkNumber } = numberInput(EquivalenceError);
export const { checkMembers, checkOptions } = optionsInput(EquivalenceError);
