import { matrixInput, numberInput, optionsInput } from '@hurwitz/input';
import { EquivalenceError } from './errors.js';

const shapes =
  'W is [units, units], kernel [inputDim, units], bias [units], readout [units, outputs], x [time, inputDim].';

export const { toList, toMatrices, toRows, toVector } = matrixInput(EquivalenceError, shapes);
export const { checkChoice, checkCounts, checkFlag, checkNumber } = numberInput(EquivalenceError);
export const { checkMembers, checkOptions } = optionsInput(EquivalenceError);
