import { DatasetError } from './errors.js';

/** Names an offending value in an error message: strings quoted, arrays by their length. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const { length } = value as ArrayLike<unknown>;
    return length > 8 ? `${length} values` : `[${Array.from(value as ArrayLike<unknown>).join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return String(value);
}

/** Throws unless `value` is an integer of at least `minimum` (and at most 2^53 - 1). */
export function requireInteger(where: string, name: string, value: number, minimum: number): void {
  if (Number.isSafeInteger(value) && value >= minimum) return;
  throw new DatasetError(
    where,
    `${name} to be an integer of at least ${minimum}`,
    describe(value),
    `Set ${name} to such an integer`,
  );
}

/** Throws unless `seed` is a safe integer; negative seeds are fine. */
export function requireSeed(where: string, seed: number, name = 'seed'): void {
  if (Number.isSafeInteger(seed)) return;
  throw new DatasetError(
    where,
    `${name} to be an integer between -(2^53 - 1) and 2^53 - 1`,
    describe(seed),
    `Any such integer makes a good ${name}`,
  );
}

/** Throws unless `value` is finite and greater than zero, or also zero with `orZero`. */
export function requirePositive(where: string, name: string, value: number, orZero = false): void {
  if (Number.isFinite(value) && (value > 0 || (orZero && value === 0))) return;
  throw new DatasetError(
    where,
    `${name} to be a finite number ${orZero ? 'of at least' : 'greater than'} 0`,
    describe(value),
    `Set ${name} to such a number`,
  );
}

/** Throws unless `value` is one of the names in `choices`. */
export function requireChoice<T extends string>(
  where: string,
  name: string,
  value: string,
  choices: readonly T[],
): asserts value is T {
  if ((choices as readonly string[]).includes(value)) return;
  throw new DatasetError(
    where,
    `${name} to be one of ${choices.map((choice) => `"${choice}"`).join(', ')}`,
    describe(value),
    'Use one of these names',
  );
}
