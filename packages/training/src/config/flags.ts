import { machineOptions } from '../options/machine-options.js';
import { flagGroups, type Option } from '../options/option.js';
import { type Config, options } from './schema.js';

/** A flag of `hurwitz train` that sets one value of the configuration. */
export interface Flag extends Pick<Option, 'kind' | 'group' | 'about'> {
  key: keyof Config;
}

/** Every flag, in the order of the help. */
export const flags: readonly Flag[] = flagGroups.flatMap((heading) =>
  Object.entries(options).flatMap(([key, { kind, group, about }]) =>
    group === heading ? [{ key: key as keyof Config, kind, group, about }] : [],
  ),
);

/** Flags that a resumed run takes: they do not decide its numbers, beyond rounding. */
export const resumableKeys = ['dataDir', ...Object.keys(machineOptions)] as readonly (keyof Config)[];
