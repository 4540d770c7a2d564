import { nativeCapabilities, nativeMultiplyAddRate } from '@hurwitz/kernels-native';
import { multiplyAddRate, setThreads } from '@hurwitz/scan';

/** The devices of the fused recurrence that this machine has, the preferred one first, with what each says of itself. */
const known = {
  native: { rate: nativeMultiplyAddRate },
  wasm: { rate: multiplyAddRate },
};

export const deviceNames = nativeCapabilities().absence === undefined ? ['native', 'wasm'] : ['wasm'];

/** What the device is, for a table's title. */
export const described = {
  native: `native code (${nativeCapabilities().instructionSets[0]})`,
  wasm: 'WebAssembly',
};

/** Makes the fused recurrence use one device and so many threads. */
export function useDevice(name, threads) {
  process.env.HURWITZ_KERNELS = name;
  setThreads(threads);
}

/** Its multiply-adds a second on registers alone. */
export const ofDevice = (name) => known[name];
