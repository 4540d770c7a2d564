import { described } from './described.js';
import type { InputError } from './input-error.js';

/** The checks of options that are numbers, flags or one of a few words, for a package that throws `Refusal`. */
export function numberInput(Refusal: typeof InputError) {
  /** Refuses a number that is not finite, or outside its limits. */
  function checkNumber(
    where: string,
    name: string,
    value: number,
    {
      above = -Infinity,
      least = -Infinity,
      below = Infinity,
      most = Infinity,
      integer = false,
    }: { above?: number; least?: number; below?: number; most?: number; integer?: boolean } = {},
  ): void {
    const fits = Number.isFinite(value) && value > above && value >= least && value < below && value <= most;
    if (fits && (!integer || Number.isInteger(value))) return;
    const expected = [
      integer ? 'an integer' : 'a finite number',
      ...(above > -Infinity ? [`above ${above}`] : []),
      ...(least > -Infinity ? [`at least ${least}`] : []),
      ...(below < Infinity ? [`below ${below}`] : []),
      ...(most < Infinity ? [`at most ${most}`] : []),
    ];
    throw new Refusal(where, `${name} to be ${expected.join(', ')}`, described(value), `Change ${name}.`);
  }

  /** Refuses any of several options, by name, that is not a positive integer. */
  function checkCounts(where: string, counts: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(counts)) {
      checkNumber(where, name, value, { least: 1, integer: true });
    }
  }

  /** Refuses an option that is not true or false. */
  function checkFlag(where: string, name: string, value: unknown): void {
    if (typeof value === 'boolean') return;
    throw new Refusal(where, `${name} to be true or false`, described(value), `Change ${name}.`);
  }

  /** Refuses an option that is none of two words. */
  function checkChoice(where: string, name: string, value: unknown, [one, other]: [string, string]): void {
    if (value === one || value === other) return;
    throw new Refusal(where, `${name} '${one}' or '${other}'`, word(value), 'Choose one.');
  }

  return { checkNumber, checkCounts, checkFlag, checkChoice };
}

/** Text as it is, and anything else in a few words. */
export const word = (value: unknown): string => (typeof value === 'string' ? value : described(value));
