import { type OptionNames, optionsInput } from '@hurwitz/input';
import { AdaptiveStepError, LyapunovError } from './errors.js';

export type { OptionNames };

/** Refuses what is no object of options, and options that the function does not have, with the nearest name. */
export const { checkOptions } = optionsInput(LyapunovError);

/** Options of integrators that choose their own steps. */
const adaptive = ['adaptive', 'rtol', 'atol', 'tolerance'];

/** The same for functions that take flows; step-size control is refused with the reason. */
export function checkRunOptions<Options extends object>(
  where: string,
  options: Options,
  names: OptionNames<Options>,
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
  checkOptions(where, options, given.length > 0 ? all : names);
}
