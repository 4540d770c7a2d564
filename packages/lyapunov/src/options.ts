import { closest } from 'fastest-levenshtein';
import { AdaptiveStepError, LyapunovError } from './errors.js';
import { describe } from './numeric-input.js';

/** The names of all options of a function: a property for each, so that the compiler finds one that is missing. */
export type OptionNames<Options> = { readonly [Name in keyof Required<Options>]: true };

/** Options of integrators that choose their own steps. */
const adaptive = ['adaptive', 'rtol', 'atol', 'tolerance'];

/** Refuses what is no object of options, and options that the function does not have, with the nearest name. */
export function checkOptions<Options extends object>(
  options: Options,
  names: OptionNames<Options>,
  where: string,
): void {
  const known = Object.keys(names);
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new LyapunovError(
      where,
      `an object with ${known.join(', ')}`,
      describe(options),
      'Leave it out for the defaults, where nothing is required.',
    );
  }
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name));
  if (unknown === undefined) return;
  const lowered = known.map((name) => name.toLowerCase());
  const nearest = known[lowered.indexOf(closest(unknown.toLowerCase(), lowered))];
  throw new LyapunovError(where, `options among ${known.join(', ')}`, unknown, `Did you mean ${nearest}?`);
}

/** The same for functions that take flows; step-size control is refused with the reason. */
export function checkRunOptions<Options extends object>(
  options: Options,
  names: OptionNames<Options>,
  where: string,
): void {
  const given = Object.entries(options ?? {}).filter(([name]) => adaptive.includes(name));
  const asked = given.find(([, value]) => Boolean(value));
  if (asked !== undefined) {
    throw new AdaptiveStepError(
      where,
      'a fixed step',
      `the option ${asked[0]}`,
      'A step length that depends on the state adds a term to the derivative of the computed map that the variational ' +
        'equation does not carry, so the exponents would belong to no map. Give dt, and halve it to see the error.',
    );
  }
  const all = { ...Object.fromEntries(given.map(([name]) => [name, true])), ...names };
  checkOptions(options, given.length > 0 ? all : names, where);
}
