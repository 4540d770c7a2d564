import { capabilities, tangentDevice } from '@hurwitz/kernels';
import { DeviceTrajectories } from './device-trajectories.js';
import { LyapunovError } from './errors.js';
import { describe } from './numeric-input.js';
import type { TangentMap } from './system.js';
import { PlainTrajectories, type Trajectories } from './trajectories.js';

/** How systems that carry their `network` are propagated. */
export interface PropagationOptions {
  /**
   * Numbers of the tangent vectors; states are always in float64. 'float32' is about twice as fast, and tells growths
   * apart within about 14 nats of each other between factorisations, float64 within 33.
   */
  precision?: 'float64' | 'float32';
  /**
   * 'webassembly' for networks, 'methods' to call the system's own methods all the same. Default: WebAssembly where the
   * system has a `network` and the host has SIMD.
   */
  propagation?: 'webassembly' | 'methods';
}

interface Start extends PropagationOptions {
  batch: number;
  count: number;
  where: string;
}

/** The batch of trajectories that the options ask for. Throws `LyapunovError` when it cannot be had. */
export function startTrajectories(system: TangentMap, options: Start): Trajectories {
  const { precision = 'float64', propagation, batch, count, where } = options;
  assertOneOf(precision, 'precision', ['float64', 'float32'], where);
  assertOneOf(propagation, 'propagation', [undefined, 'webassembly', 'methods'], where);
  const { network } = system;
  if (network && propagation !== 'methods') {
    const size = { batch, count, precision };
    const device = tangentDevice(network, size);
    if (device) return new DeviceTrajectories(device.tangents, network, { ...size, where });
  }
  if (propagation === 'webassembly' || precision === 'float32') {
    throw new LyapunovError(
      where,
      `${propagation === 'webassembly' ? 'propagation by' : 'float32, which needs'} WebAssembly, to be possible`,
      reason(system, propagation),
      'Leave precision and propagation out to use float64 and what there is.',
    );
  }
  return new PlainTrajectories(system, batch, count, where);
}

function reason({ network }: TangentMap, propagation: string | undefined): string {
  if (!network) return 'a system without its network';
  if (propagation === 'methods') return "propagation: 'methods'";
  return capabilities().reasons.simd ?? 'no device that serves it';
}

function assertOneOf(value: unknown, name: string, allowed: readonly unknown[], where: string): void {
  if (allowed.includes(value)) return;
  const names = allowed.filter((item) => item !== undefined).map((item) => `'${item}'`);
  throw new LyapunovError(
    where,
    `${name} as ${names.join(' or ')}`,
    typeof value === 'string' ? value : describe(value),
    `Change ${name}.`,
  );
}
