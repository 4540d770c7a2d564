import type { Device } from '@hurwitz/kernels';
import { type Addon, theAddon } from './addon.js';
import { nativeRecurrence } from './recurrence.js';

/** The addon of this host; throws where there is none. */
export function requireAddon(): Addon {
  const loaded = theAddon();
  if ('addon' in loaded) return loaded.addon;
  throw new Error(`@hurwitz/kernels-native: ${loaded.absence}.`);
}

/** Native code as a device of `@hurwitz/kernels`. */
export const nativeDevice: Device = {
  name: 'native',
  absence() {
    const loaded = theAddon();
    return 'absence' in loaded ? loaded.absence : undefined;
  },
  arithmetic: () => requireAddon().instructionSet(),
  recurrence: nativeRecurrence(requireAddon),
};
