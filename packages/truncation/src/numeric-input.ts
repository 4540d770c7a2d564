import { matrixInput, numberInput, optionsInput } from '@hurwitz/input';
import { TruncationError } from './errors.js';

const shapes =
  'W is [units, units], kernel [inputDim, units], bias [units], readout [units, outputs], x [time, inputDim].';

export const { toList, toMatrices, toRows, toVector } = matrixInput(TruncationError, shapes);
export const { checkChoice, checkCounts, checkFlag, checkNumber } = numberInput(TruncationError);
export const { checkMembers, checkOptions } = optionsInput(TruncationError);
