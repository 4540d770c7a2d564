import type { InputError } from './input-error.js';

/** The checks of number options, for a package that throws `Refusal`. */
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
      integer = false,
    }: { above?: number; least?: number; below?: number; integer?: boolean } = {},
  ): void {
    const fits = Number.isFinite(value) && value > above && value >= least && value < below;
    if (fits && (!integer || Number.isInteger(value))) return;
    const expected = [
      integer ? 'an integer' : 'a finite number',
      ...(above > -Infinity ? [`above ${above}`] : []),
      ...(least > -Infinity ? [`at least ${least}`] : []),
      ...(below < Infinity ? [`below ${below}`] : []),
    ];
    throw new Refusal(where, `${name} to be ${expected.join(', ')}`, String(value), `Change ${name}.`);
  }

  /** Refuses any of several options, by name, that is not a positive integer. */
  function checkCounts(where: string, counts: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(counts)) {
      checkNumber(where, name, value, { least: 1, integer: true });
    }
  }

  return { checkNumber, checkCounts };
}
