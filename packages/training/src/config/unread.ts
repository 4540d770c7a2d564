import { UserError } from '../errors.js';
import { unusedBy, unusedKeys } from './presets.js';
import type { Config } from './schema.js';
import { flagOf } from './validate.js';

/** Flags that would not be read, each with the reason; undefined for one that is. */
export type Unread = Record<string, string | undefined>;

/**
 * Refuses a flag that was given and has no effect: whoever gave it expects one.
 *
 * @throws UserError that names the flag and the reason.
 */
export function refuseUnread(given: ReadonlySet<string>, unread: Unread): void {
  for (const [key, reason] of Object.entries(unread)) {
    if (reason === undefined || !given.has(key)) continue;
    throw new UserError(`${flagOf(key)} ${reason}. Leave it out.`);
  }
}

/** The flags of a training that its task, its cell or another flag leaves without effect. */
export function unreadInTraining(config: Config): Unread {
  const { optimizer, decayFactor, decayEpochs, epochs, initRange, spectrum } = config;
  const late = decayEpochs.find((epoch) => epoch >= epochs);
  return {
    ...Object.fromEntries(
      unusedKeys(config).map((key) => [key, `means nothing to ${unusedBy(key, config)}`]),
    ),
    ...(optimizer !== 'sgd' && { momentum: `means nothing to the optimizer ${optimizer}; only sgd has it` }),
    ...(initRange !== undefined && {
      initStd: 'has no effect beside --init-range, which draws every weight',
    }),
    ...(!spectrum && { spectrumEvery: 'needs --spectrum' }),
    ...(late !== undefined && {
      decayEpochs: `${late} has no effect, since training ends after epoch ${epochs}`,
    }),
    ...(decayEpochs.every((epoch) => epoch >= epochs) && {
      decayFactor: `has no effect without --decay-epochs before the last epoch, ${epochs}`,
    }),
    ...(decayFactor === 1 && { decayEpochs: 'has no effect without --decay-factor, which is 1' }),
  };
}
