import { EquivalenceError, InputBoundError } from './errors.js';
import { checkChoice, checkNumber } from './numeric-input.js';

/** The norm in which inputs are bounded: the largest |entry|, or the Euclidean length. */
export type InputNorm = 'infinity' | '2';

/** A network whose promise holds for inputs inside a bound. */
export interface InputBounded {
  readonly inputBound: number;
  readonly inputNorm: InputNorm;
}

/** Refuses a bound that is missing, negative or in no known norm. */
export function checkBound(where: string, { inputBound, inputNorm }: InputBounded): void {
  checkNumber(where, 'inputBound', inputBound, { least: 0 });
  checkChoice(where, 'inputNorm', inputNorm, ['infinity', '2']);
}

/** Refuses inputs beyond the bound that a model carries. */
export function checkInputsWithin(
  where: string,
  inputs: readonly number[][],
  { inputBound, inputNorm = 'infinity' }: Partial<InputBounded>,
): void {
  if (inputBound === undefined) {
    const fix = 'Pass what unitaryFromContractive returns, or set inputBound.';
    throw new EquivalenceError(where, 'a model with an inputBound', 'none', fix);
  }
  checkBound(where, { inputBound, inputNorm });
  for (const [step, input] of inputs.entries()) {
    const size = inputNorm === '2' ? Math.hypot(...input) : Math.max(...input.map(Math.abs));
    // hypot of a point on the sphere may round to one unit in the last place above the radius
    if (size > inputBound * (1 + 4 * Number.EPSILON)) {
      throw new InputBoundError(where, step, size, inputBound);
    }
  }
}
