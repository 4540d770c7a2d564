import { listed, optionsInput } from '@hurwitz/input';
import { DatasetError } from './errors.js';

/** Names an offending value in an error message, in a few words whatever it is. */
export function describe(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  if (typeof value === 'function') return 'a function';
  if (value instanceof DataView || value instanceof ArrayBuffer) return `${value.byteLength} bytes`;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const values = value as ArrayLike<unknown>;
    const kind = Array.isArray(value) ? '' : `${value.constructor.name} `;
    if (values.length > 8) return `${kind === '' ? '' : `a ${kind}of `}${values.length} values`;
    return `${kind}[${Array.from(values, (each) => (isObject(each) ? kindOf(each) : describe(each))).join(', ')}]`;
  }
  if (!isObject(value)) return String(value);
  const keys = Object.keys(value);
  return `${kindOf(value)} with ${keys.length === 0 ? 'no properties' : keys.slice(0, 8).join(', ')}`;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** 'an object', or the name of its class. */
function kindOf(value: object): string {
  const name = Object.getPrototypeOf(value)?.constructor?.name;
  if (Array.isArray(value)) return 'an array';
  return typeof name === 'string' && name !== 'Object' && name !== '' ? `a ${name}` : 'an object';
}

const { checkOptions } = optionsInput(DatasetError);

/**
 * The options of a function, which are then destructured with their defaults.
 *
 * @param names - All that the function has; any other is refused with the nearest of them.
 */
export function readOptions<T extends object>(
  where: string,
  options: T | undefined,
  names: readonly (keyof T & string)[],
): T {
  const given = options === undefined ? ({} as T) : options;
  checkOptions(where, given, listed<T>(names));
  return given;
}

/** The value, if it is an object that can have properties of its own: no null, array, number or text. */
export function requireObject<T extends object>(where: string, name: string, value: T): T {
  if (isObject(value) && !Array.isArray(value)) return value;
  throw new DatasetError(where, `${name} to be an object`, describe(value), `Pass ${name} as { ... }`);
}

/** Throws unless `value` is a text; also an empty one with `orEmpty`. */
export function requireText(where: string, name: string, value: unknown, orEmpty = false): void {
  if (typeof value === 'string' && (orEmpty || value !== '')) return;
  throw new DatasetError(where, `${name} to be a text`, describe(value), `Pass ${name} as a string`);
}

/** Throws unless `value` is the path of a folder, as far as its letters tell. */
export function requireFolder(where: string, value: unknown): void {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return;
  throw new DatasetError(where, 'folder to be a path', describe(value), 'Pass the path of a folder');
}

/** Throws unless `value` is true or false. */
export function requireFlag(where: string, name: string, value: unknown): void {
  if (typeof value === 'boolean') return;
  throw new DatasetError(
    where,
    `${name} to be true or false`,
    describe(value),
    'Leave it out for the default',
  );
}

/** Throws unless `value` is a function. */
export function requireFunction(where: string, name: string, value: unknown): void {
  if (typeof value === 'function') return;
  throw new DatasetError(where, `${name} to be a function`, describe(value), `Pass a function as ${name}`);
}

/** Throws unless `value` is bytes. */
export function requireBytes(where: string, name: string, value: unknown): void {
  if (value instanceof Uint8Array) return;
  throw new DatasetError(
    where,
    `${name} to be a Uint8Array`,
    describe(value),
    'Wrap an ArrayBuffer as new Uint8Array(buffer)',
  );
}

/** Throws unless `value` has a length, as arrays and typed arrays have; what it holds is checked where it is read. */
export function requireList(where: string, name: string, value: unknown): void {
  const length = isObject(value) ? (value as { length?: unknown }).length : undefined;
  if (Number.isInteger(length) && (length as number) >= 0 && (length as number) <= mostNumbers) return;
  throw new DatasetError(where, `${name} to be an array`, describe(value), `Pass ${name} as an array`);
}

/** Throws unless `values` is an array of integers of at least `minimum`. */
export function requireSizes(where: string, name: string, values: unknown, minimum: number): void {
  requireList(where, name, values);
  for (const value of Array.from(values as ArrayLike<number>)) {
    requireInteger(where, `each of ${name}`, value, minimum);
  }
}

/** Throws unless `values` is an array of finite numbers, of the given length if there is one. */
export function requireNumbers(where: string, name: string, values: unknown, length?: number): void {
  requireList(where, name, values);
  const numbers = values as ArrayLike<unknown>;
  const some = length === undefined ? 'finite numbers' : `${length} finite numbers`;
  if (length !== undefined && numbers.length !== length) {
    throw new DatasetError(where, `${name} to be ${some}`, `${numbers.length}`, `Pass ${some}`);
  }
  for (let i = 0; i < numbers.length; i++) {
    if (Number.isFinite(numbers[i])) continue;
    throw new DatasetError(
      where,
      `${name} to be ${some}`,
      `${describe(numbers[i])} at place ${i}`,
      'Remove or replace the values that are not numbers',
    );
  }
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

/** Most numbers that one array of a data set can hold: places in it are int32. */
const mostNumbers = 2 ** 31 - 1;

/**
 * Throws unless an array of the product of `sizes` can be made: at most 2^31 - 1 numbers.
 *
 * @param what - What has these sizes, such as 'size * steps'.
 */
export function requireRoom(where: string, what: string, ...sizes: number[]): void {
  const count = sizes.reduce((product, size) => product * size, 1);
  if (count <= mostNumbers) return;
  throw new DatasetError(
    where,
    `${what} to be at most ${mostNumbers} numbers`,
    `${count}`,
    'Make a smaller data set, or generate it batch by batch',
  );
}
