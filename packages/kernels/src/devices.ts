import type {
  Device,
  DeviceStatus,
  Network,
  RecurrenceKernels,
  RecurrenceShape,
  TangentKernels,
  TangentOptions,
} from './contract.js';
import { KernelsError } from './errors.js';
import { processWide } from './runtime/process-wide.js';
import { webAssemblyDevice } from './webassembly-device.js';

/*
 * Which device computes what. Native code comes first, then WebAssembly, then whatever else has registered; where none
 * serves, callers fall back on plain operations. HURWITZ_KERNELS names one device to use alone, or `plain` for none.
 */

const ORDER = ['native', 'wasm'];
const PLAIN = 'plain';

const registered = processWide('devices', () => new Map<string, Device>([['wasm', webAssemblyDevice]]));

/** Adds a device, or replaces the one of the same name: a package that has one calls this as it is imported. */
export function registerDevice(device: Device): void {
  if (typeof device?.name !== 'string' || device.name === '' || device.name === PLAIN) {
    throw new KernelsError(
      'registerDevice',
      `a device with a name other than '${PLAIN}'`,
      String(device?.name),
      "Such as 'native'.",
    );
  }
  registered.set(device.name, device);
}

/** Every registered device, the preferred one first, and why it cannot run on this host. */
export function devices(): DeviceStatus[] {
  return inOrder().map((device) => ({ name: device.name, absence: device.absence() }));
}

/**
 * The device that comes first here with what decides its bits, such as `native (avx512)`; `plain` where none can run. Where the
 * words are the same, so are the results, to the bit.
 *
 * @throws {@link KernelsError} if `HURWITZ_KERNELS` names no device, or one that cannot run on this host.
 */
export function arithmetic(): string {
  const [device] = candidates();
  if (device === undefined) return PLAIN;
  const detail = device.arithmetic?.();
  return detail === undefined ? device.name : `${device.name} (${detail})`;
}

/**
 * The device to compute a recurrence; undefined where plain operations should.
 *
 * @throws {@link KernelsError} if `HURWITZ_KERNELS` names no device, or one that cannot run on this host.
 */
export function recurrenceDevice(
  shape: RecurrenceShape,
): (Device & { recurrence: RecurrenceKernels }) | undefined {
  const serves = (device: Device): device is Device & { recurrence: RecurrenceKernels } =>
    device.recurrence?.supports(shape) === true;
  return candidates().find(serves);
}

/**
 * The device to propagate a network's tangent vectors; undefined where plain arithmetic should.
 *
 * @throws {@link KernelsError} if `HURWITZ_KERNELS` names no device, or one that cannot run on this host.
 */
export function tangentDevice(
  network: Network,
  options: TangentOptions,
): (Device & { tangents: TangentKernels }) | undefined {
  const serves = (device: Device): device is Device & { tangents: TangentKernels } =>
    device.tangents?.supports(network, options) === true;
  return candidates().find(serves);
}

/** The devices that may be used and can run here. */
function candidates(): Device[] {
  const asked = askedFor();
  if (asked === undefined) return inOrder().filter((device) => device.absence() === undefined);
  if (asked === PLAIN) return [];
  const device = registered.get(asked);
  const reason = device === undefined ? `no device of this name` : device.absence();
  if (device !== undefined && reason === undefined) return [device];
  throw new KernelsError(
    'HURWITZ_KERNELS',
    `one of ${[...inOrder().map(({ name }) => name), PLAIN].join(', ')} that this host has`,
    `${asked} (${reason})`,
    device === undefined && asked === 'native'
      ? 'Install and import @hurwitz/kernels-native, or unset the variable.'
      : 'Change or unset the variable.',
  );
}

function inOrder(): Device[] {
  const rank = ({ name }: Device) => (ORDER.indexOf(name) + ORDER.length + 1) % (ORDER.length + 1);
  return [...registered.values()].sort((a, b) => rank(a) - rank(b));
}

/** What the environment asks for; browsers have none. */
function askedFor(): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.HURWITZ_KERNELS || undefined;
}
