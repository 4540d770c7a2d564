import { checkOptions, iterable } from './options.js';
import { eulerTableau } from './scheme.js';
import { simulate } from './simulate.js';

/** A two-unit system dh/dt = tanh(W h), whose Euler trajectories show one kind of stability. */
export interface PlanarSystem {
  readonly name: 'stable' | 'unstable' | 'rotation' | 'damped rotation';
  readonly W: readonly (readonly [number, number])[];
  /** What the eigenvalues of W say of the flow, and what Euler makes of it. */
  readonly note: string;
}

/** The four systems of the AntisymmetricRNN paper (Chang et al., ICLR 2019, section 4.3). */
export const planarSystems: readonly PlanarSystem[] = [
  {
    name: 'unstable',
    W: [
      [2, -2],
      [0, 2],
    ],
    note: 'Re λ = 2: the flow leaves the origin.',
  },
  {
    name: 'stable',
    W: [
      [-2, 2],
      [0, -2],
    ],
    note: 'Re λ = -2: the flow falls into the origin and forgets its start.',
  },
  {
    name: 'rotation',
    W: [
      [0, -2],
      [2, 0],
    ],
    note: 'Re λ = 0: the flow is critical, but Euler grows, |1 + iεω| > 1.',
  },
  {
    name: 'damped rotation',
    W: [
      [-0.15, -2],
      [2, -0.15],
    ],
    note: 'Re λ = -0.15: enough for the flow, not for Euler at ε = 0.1 near the origin; tanh holds it on a cycle.',
  },
];

/** The starts of that figure. */
export const planarStarts: readonly (readonly [number, number])[] = [
  [0, 0.5],
  [-0.5, -0.5],
  [0.5, -0.75],
];

/**
 * Euler trajectories of one of the systems.
 *
 * @returns one trajectory of steps + 1 planar states for each start.
 */
export function simulatePlanarSystem(
  system: Pick<PlanarSystem, 'W'>,
  options: { starts?: readonly (readonly [number, number])[]; step?: number; steps?: number } = {},
): number[][][] {
  const where = 'simulatePlanarSystem';
  checkOptions<object>(where, system, { W: true, name: true, note: true });
  checkOptions(where, options, { starts: true, step: true, steps: true });
  const { W } = system;
  const { starts = planarStarts, step = 0.1, steps = 50 } = options;
  return Array.from(iterable(where, 'starts', starts), (start) =>
    simulate({ W, start, step, steps, scheme: eulerTableau }),
  );
}
