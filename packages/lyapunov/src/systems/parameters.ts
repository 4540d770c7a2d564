import { LyapunovError } from '../errors.js';
import { describe } from '../numeric-input.js';
import { checkOptions, type OptionNames } from '../options.js';

/** Parameters of a classical system, with the defaults of those that are left out. */
export function readParameters<Names extends string>(
  given: Partial<Record<Names, number>>,
  defaults: Record<Names, number>,
  where: string,
): Record<Names, number> {
  checkOptions(where, given, defaults as unknown as OptionNames<Partial<Record<Names, number>>>);
  const result = { ...defaults };
  for (const name of Object.keys(defaults) as Names[]) {
    const value = given[name] ?? defaults[name];
    if (!Number.isFinite(value)) {
      throw new LyapunovError(where, `${name} as a finite number`, describe(given[name]), `Change ${name}.`);
    }
    result[name] = value;
  }
  return result;
}
