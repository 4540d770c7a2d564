import { defineTableau, IntegratorError, type Tableau, tableauByName } from '@hurwitz/integrators';
import { closest } from 'fastest-levenshtein';
import { CellError } from './errors.js';

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

/** Throws unless the option is one of the names; the message has the nearest of them. */
export function checkName<T extends string>(
  where: string,
  name: string,
  value: unknown,
  names: readonly T[],
): asserts value is T {
  if (!names.includes(value as T)) {
    const nearest = closest(String(value).toLowerCase(), names as readonly string[] as string[]);
    throw new CellError(
      where,
      `${name}, one of ${names.join(', ')}`,
      `'${value}'`,
      `Did you mean '${nearest}'?`,
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
  try {
    return typeof scheme === 'string' ? tableauByName(scheme) : defineTableau(scheme);
  } catch (error) {
    if (!(error instanceof IntegratorError)) throw error;
    throw new CellError(
      where,
      'scheme, the name of a tableau or a tableau',
      String(describe(scheme)),
      error.message,
    );
  }
}

const describe = (scheme: unknown): string =>
  typeof scheme === 'string' ? `'${scheme}'` : (JSON.stringify(scheme) ?? String(scheme));
