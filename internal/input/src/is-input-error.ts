import type { InputError } from './input-error.js';

/** Whether a package refused what it was given: each bundles a class of its own, so the fields decide. */
export function isInputError(error: unknown): error is InputError {
  const { where, expected, got, fix } = Object(error) as Partial<InputError>;
  return error instanceof Error && [where, expected, got, fix].every((each) => typeof each === 'string');
}
