import { closest } from 'fastest-levenshtein';
import { described } from './described.js';

/** A package's error for bad input: the function, what it expected, what it got and what to do. */
export type Refusal = new (where: string, expected: string, got: string, fix: string) => Error;

/** The names of all options of a type: a key for each, which the compiler holds complete. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>;

/** The check of an options object, for a package that throws `Refused`. */
export function optionsInput(Refused: Refusal) {
  /**
   * Refuses what is no object, and an option that is no key of `known`, with the nearest of them. The compiler holds
   * `known` to all options of the type, and no others.
   */
  function checkOptions<Options extends object>(
    where: string,
    options: Options,
    known: OptionNames<Options>,
  ): void {
    const names = Object.keys(known);
    if (typeof options !== 'object' || options === null || Array.isArray(options)) {
      const expected = `an object with ${names.join(', ')}`;
      throw new Refused(where, expected, described(options), 'Pass options by name, as in { name: value }.');
    }
    const unknown = Object.keys(options).find((name) => !names.includes(name));
    if (unknown === undefined) return;
    const fix = `Did you mean '${nearest(unknown, names)}'?`;
    throw new Refused(where, `options among ${names.join(', ')}`, `'${unknown}'`, fix);
  }

  return { checkOptions };
}

/** The name of fewest changed letters, whatever their case. */
function nearest(name: string, names: readonly string[]): string {
  const lower = names.map((known) => known.toLowerCase());
  return names[lower.indexOf(closest(name.toLowerCase(), lower))]!;
}
