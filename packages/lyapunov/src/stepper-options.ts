import { LyapunovError } from './errors.js';
import {
  assertAbove,
  assertFlag,
  assertInteger,
  type InitialStateLike,
  readStates,
} from './numeric-input.js';
import type { OptionNames } from './options.js';
import { prepareSystem } from './prepare-system.js';
import type { QROptions } from './qr-schedule.js';
import type { PropagationOptions } from './start-trajectories.js';
import type { FlowOptions, LyapunovSystem, TangentMap } from './system.js';

export interface StepperOptions extends FlowOptions, PropagationOptions, QROptions {
  /** [n], or [batch][n] for several trajectories. Default: the system's own, or zeros. */
  initialState?: InitialStateLike;
  /** Number of trajectories when `initialState` does not tell; all then start alike and need different inputs. */
  batch?: number;
  /** How many leading exponents. Default all. */
  exponents?: number;
  /** Base of the logarithm: Math.E for nats, 2 for bits. */
  base?: number;
}

export const stepperOptions: OptionNames<StepperOptions> = {
  initialState: true,
  batch: true,
  qrInterval: true,
  fixedInterval: true,
  exponents: true,
  base: true,
  dt: true,
  scheme: true,
  precision: true,
  propagation: true,
};

interface Prepared extends Required<QROptions> {
  system: TangentMap;
  batch: number;
  /** Exponents that are followed. */
  count: number;
  /** The state that each trajectory starts from. */
  starts: Float64Array[];
  base: number;
}

/** The system and the options of a stepper, made ready. Throws `LyapunovError` where they do not fit each other. */
export function readStepper(system: LyapunovSystem, options: StepperOptions, where: string): Prepared {
  const { initialState, qrInterval = 1, fixedInterval = false, base = Math.E } = options;
  const given = initialState === undefined ? undefined : readStates(initialState, undefined, where);
  const prepared = prepareSystem(system, given?.[0]?.length, options, where);
  const { exponents: count = prepared.tangentSize, batch = given?.length ?? 1 } = options;
  assertInteger(qrInterval, 'qrInterval', 1, where);
  assertFlag(fixedInterval, 'fixedInterval', where);
  assertInteger(count, 'exponents', 1, where);
  assertInteger(batch, 'batch', 1, where);
  assertAbove(base, 'base', 1, where);
  if (count > prepared.tangentSize) {
    throw new LyapunovError(
      where,
      `at most ${prepared.tangentSize} exponents, one per dimension of the state`,
      `exponents: ${count}`,
      'Ask for fewer.',
    );
  }
  const starts = given ? eachOf(given, batch, where) : eachOf([prepared.initialState], batch, where);
  return { system: prepared, batch, count, starts, base, qrInterval, fixedInterval };
}

/** One state for each trajectory, given one for all or one for each. */
export function eachOf(states: readonly Float64Array[], batch: number, where: string): Float64Array[] {
  if (states.length !== 1 && states.length !== batch) {
    throw new LyapunovError(
      where,
      `one initial state, or one for each of the ${batch} trajectories`,
      `${states.length}`,
      'Make the batch sizes agree.',
    );
  }
  return Array.from({ length: batch }, (_, b) => states[states.length === 1 ? 0 : b]!);
}
