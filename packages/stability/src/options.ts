import { described, optionsInput } from '@hurwitz/input';
import { StabilityError } from './errors.js';

/** Refuses what is no object, and unknown options with the nearest name. */
export const { checkOptions } = optionsInput(StabilityError);

/** Refuses what cannot be iterated over. */
export function iterable<T>(where: string, name: string, value: Iterable<T>): Iterable<T> {
  if (typeof value === 'object' && value !== null && Symbol.iterator in value) return value;
  throw new StabilityError(where, `${name} as an array`, described(value), `Pass ${name}.`);
}
