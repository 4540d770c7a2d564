import { cellOptions } from '../cells/index.js';
import { machineOptions } from './machine-options.js';
import { readoutInit, recurrentOptions, stable } from './model-options.js';
import type { ValuesOf } from './option.js';
import { trainingOptions } from './training-options.js';

const { cell, units, initRange, dropout } = recurrentOptions;

/** The options that do not belong to one task, in the order of the help. */
export const baseOptions = {
  cell,
  units,
  ...cellOptions,
  initRange,
  readoutInit,
  dropout,
  stable,
  ...trainingOptions,
  ...machineOptions,
};

/** What every task knows of a configuration; it adds the values of its own options. */
export type BaseConfig = ValuesOf<typeof baseOptions>;
