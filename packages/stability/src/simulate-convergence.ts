import { generator } from '@hurwitz/random';
import { type Equilibrium, newton } from './equilibrium.js';
import { StabilityError } from './errors.js';
import { checkNumber } from './matrix.js';
import { singularValuesOf } from './norms.js';
import { checkOptions } from './options.js';
import { classicalTableau } from './scheme.js';
import { advance } from './simulate.js';
import { stateUnits } from './state-units.js';
import { type FlowInput, systemOptions, toFlow } from './system.js';

/** Whether simulated trajectories reached the equilibrium. */
export interface ConvergenceReport {
  /** Every trajectory came within `closeness` of the equilibrium, relative to where it started. */
  readonly converged: boolean;
  readonly equilibrium: Equilibrium;
  /** ‖h(0) - h*‖ and ‖h(time) - h*‖ for each start. */
  readonly startDistances: number[];
  readonly endDistances: number[];
  readonly time: number;
  readonly step: number;
}

/**
 * Simulates from random starts and measures the distance to the equilibrium: what Theorem 1 or a certificate promises,
 * seen. A check, not a proof.
 *
 * @param input.time by default 30 time constants of the equilibrium's slowest mode.
 * @param input.step by default 1/4 of 1/(‖A‖₂ + max slope · ‖W‖₂), well inside the classical scheme's stability region.
 * @param input.spread standard deviation of the starts, in the units of the state. Default: 5 times the state that moves an
 * argument of σ by 1, or at which A h balances σ, whichever is smaller.
 * @throws StabilityError on bad input, when the equilibrium does not attract (no time constant) and no time is given, or a
 * trajectory leaves the finite numbers; and the errors of `findEquilibrium`.
 */
export function simulateConvergence(
  input: FlowInput & {
    trajectories?: number;
    spread?: number;
    closeness?: number;
    seed?: number;
    time?: number;
    step?: number;
  },
): ConvergenceReport {
  const where = 'simulateConvergence';
  checkOptions(where, input, {
    trajectories: true,
    spread: true,
    closeness: true,
    seed: true,
    time: true,
    step: true,
    ...systemOptions,
  });
  const { trajectories = 8, spread, closeness = 1e-6, seed = 1, time, step, ...system } = input;
  const flow = toFlow(where, system);
  checkNumber(where, 'trajectories', trajectories, { least: 1, integer: true });
  if (spread !== undefined) checkNumber(where, 'spread', spread, { above: 0 });
  checkNumber(where, 'seed', seed);
  checkNumber(where, 'closeness', closeness, { above: 0 });
  const equilibrium = newton(where, flow, { start: new Float64Array(flow.units) });
  const abscissa = equilibrium.eigenvalues[0]!.re;
  if (time === undefined && abscissa >= 0) {
    const got = `the eigenvalue ${abscissa} + ${equilibrium.eigenvalues[0]!.im}i there`;
    throw new StabilityError(where, 'an attracting equilibrium', got, 'Pass the time to simulate.');
  }
  const duration = time ?? -30 / abscissa;
  checkNumber(where, 'time', duration, { above: 0 });
  const speed = singularValuesOf(flow.A)[0]! + singularValuesOf(flow.W)[0]!;
  const stride = step ?? Math.min(duration, 0.25 / (speed || 1));
  checkNumber(where, 'step', stride, { above: 0 });
  const normal = generator(seed).normal;
  const { bending, balance } = stateUnits(flow);
  const widths = bending.map((unit, j) => spread ?? 5 * Math.min(unit, balance[j]!));
  const distance = (h: Float64Array) => Math.hypot(...h.map((x, i) => x - equilibrium.equilibrium[i]!));
  const startDistances: number[] = [];
  const endDistances: number[] = [];
  for (let k = 0; k < trajectories; k++) {
    let h: Float64Array = Float64Array.from(widths, (width) => width * normal());
    startDistances.push(distance(h));
    const steps = Math.ceil(duration / stride);
    for (let i = 0; i < steps; i++)
      h = advance(flow, h, { scheme: classicalTableau, step: duration / steps });
    const end = distance(h);
    if (!Number.isFinite(end)) {
      throw new StabilityError(
        where,
        'a finite trajectory',
        `overflow in trajectory ${k}`,
        'Shorten the step.',
      );
    }
    endDistances.push(end);
  }
  const converged = endDistances.every((end, i) => end <= closeness * startDistances[i]!);
  return { converged, equilibrium, startDistances, endDistances, time: duration, step: stride };
}
