import { closest, distance } from 'fastest-levenshtein';
import { described } from './described.js';

/** A package's error for bad input: the function, what it expected, what it got and what to do. */
export type Refusal = new (where: string, expected: string, got: string, fix: string) => Error;

/** The names of all options of a type: a key for each, which the compiler holds complete. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>;

/** The names in a list, which the compiler does not hold complete. */
export const listed = <Options extends object>(names: readonly string[]): OptionNames<Options> =>
  Object.fromEntries(names.map((name) => [name, true])) as OptionNames<Options>;

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

  /**
   * Refuses what is no object, and a member that is likely one of `known` misspelt, for data that may carry more than is
   * read. That is one of at most two changed letters, where the member that is meant is missing.
   */
  function checkMembers<Members extends object>(
    where: string,
    members: Members,
    { known, expected, fix }: { known: OptionNames<Members>; expected: string; fix: string },
  ): void {
    if (typeof members !== 'object' || members === null || Array.isArray(members)) {
      throw new Refused(where, expected, described(members), fix);
    }
    const missing = Object.keys(known).filter((name) => !(name in members));
    for (const name of Object.keys(members)) {
      const meant = Object.hasOwn(known, name) ? undefined : missing.find((each) => misspelt(name, each));
      if (meant === undefined) continue;
      throw new Refused(where, expected, `one with '${name}'`, `Did you mean '${meant}'?`);
    }
  }

  return { checkOptions, checkMembers };
}

/** Whether a name is another one with at most two changed letters, and no more than half of them. */
function misspelt(name: string, meant: string): boolean {
  const changed = distance(name.toLowerCase(), meant.toLowerCase());
  return changed <= 2 && changed <= name.length / 2;
}

/** The name of fewest changed letters, whatever their case. */
export function nearest(name: unknown, names: readonly string[]): string {
  const lower = names.map((known) => known.toLowerCase());
  const text = typeof name === 'string' ? name.toLowerCase() : '';
  return names[lower.indexOf(closest(text, lower))]!;
}
