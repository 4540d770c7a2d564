import { described, listed, nearest, optionsInput } from '@hurwitz/input';
import { defineTableau, IntegratorError, type Tableau, tableauByName } from '@hurwitz/integrators';
import { CellError } from './errors.js';

/** Throws unless the options are an object that holds no others than those known. */
export const { checkOptions } = optionsInput(CellError);

/** Throws unless the option is a whole number above zero. */
export function checkCount(where: string, name: string, value: unknown): void {
  if (!Number.isSafeInteger(value) || (value as number) < 1) {
    throw new CellError(where, `${name}, a positive integer`, String(value), `Pass { ${name} }.`);
  }
}

/** Throws unless the option is a finite number in the range. */
export function checkNumber(
  where: string,
  name: string,
  value: unknown,
  { range, within }: { range: string; within: (value: number) => boolean },
): void {
  if (typeof value !== 'number' || !Number.isFinite(value) || !within(value)) {
    throw new CellError(where, `${name}, ${range}`, String(value), `Choose ${name} in that range.`);
  }
}

export const positive = { range: 'a finite number above 0', within: (x: number) => x > 0 };
export const finite = { range: 'a finite number', within: () => true };
export const fraction = { range: 'a number from 0 to 1', within: (x: number) => x >= 0 && x <= 1 };
export const integer = { range: 'an integer', within: Number.isSafeInteger };
export const notNegative = { range: 'a finite number of at least 0', within: (x: number) => x >= 0 };

/**
 * Options of every layer of tf.layers, or of its recurrent ones, which a cell gets too, and which not every config names. Loading a model adds the last.
 */
export const LAYER_OPTIONS = [
  'inputShape',
  'batchInputShape',
  'batchSize',
  'dtype',
  'inputDType',
  'weights',
  'inputDim',
  'inputLength',
  'seed',
  'dropout',
  'recurrentDropout',
  'dropoutFunc',
  'returnSequences',
  'returnState',
  'goBackwards',
  'stateful',
  'unroll',
  'vocabularySize',
  'cell',
  'customObjects',
];

/** Throws for an option that is not in the list, with the nearest name. */
export function checkNames(where: string, options: object, known: readonly string[]): void {
  checkOptions(where, options, listed(known));
}

/** Throws unless the option is one of the names; the message has the nearest of them. */
export function checkName<T extends string>(
  where: string,
  name: string,
  value: unknown,
  names: readonly T[],
): asserts value is T {
  if (!names.includes(value as T)) {
    throw new CellError(
      where,
      `${name}, one of ${names.join(', ')}`,
      described(value),
      `Did you mean '${nearest(value, names)}'?`,
    );
  }
}

/** What tf.layers makes of some options; what it cannot read is a `CellError`, as everywhere here. */
export function readByTfLayers<T>(where: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw new CellError(
      where,
      'options that tf.layers can read',
      reason!,
      'Use a name or an object of tf.layers.',
    );
  }
}

export function checkFlag(where: string, name: string, value: unknown): void {
  if (typeof value !== 'boolean') {
    throw new CellError(where, `${name}, true or false`, String(value), 'Leave it out for the default.');
  }
}

/** The tableau that an option names or is. */
export function tableauOf(where: string, scheme: string | Tableau): Tableau {
  if (typeof scheme !== 'string' && (typeof scheme !== 'object' || scheme === null)) {
    const expected = 'scheme, the name of a tableau or a tableau';
    throw new CellError(where, expected, String(scheme), "Leave it out for 'euler'.");
  }
  try {
    return typeof scheme === 'string' ? tableauByName(scheme) : defineTableau(scheme);
  } catch (error) {
    if (!(error instanceof IntegratorError)) throw error;
    throw new CellError(
      where,
      'scheme, the name of a tableau or a tableau',
      typeof scheme === 'string' ? described(scheme) : JSON.stringify(scheme),
      error.message,
    );
  }
}
