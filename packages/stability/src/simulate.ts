import { StabilityError } from './errors.js';
import { checkNumber, toVector, type VectorLike } from './matrix.js';
import { checkOptions } from './options.js';
import { checkTableau, classicalTableau, type TableauLike } from './scheme.js';
import { type Flow, type FlowInput, systemOptions, toFlow } from './system.js';

/** Fixed steps of an explicit scheme. */
export interface StepOptions {
  readonly scheme?: TableauLike;
  /** Δt, in units of time. */
  readonly step: number;
  readonly steps: number;
}

/**
 * The trajectory of dh/dt = A h + σ(W h + drive) from a start, drive held constant.
 *
 * @returns steps + 1 states, the start first; each of length units.
 * @throws StabilityError on bad input, or when the trajectory leaves the finite numbers.
 */
export function simulate(input: FlowInput & StepOptions & { start: VectorLike }): number[][] {
  const where = 'simulate';
  checkOptions(where, input, { start: true, step: true, steps: true, scheme: true, ...systemOptions });
  const { start, step, steps, scheme = classicalTableau, ...system } = input;
  const flow = toFlow(where, system);
  checkNumber(where, 'step', step, { above: 0 });
  checkNumber(where, 'steps', steps, { least: 1, integer: true });
  checkTableau(where, scheme);
  let h = toVector(where, 'start', start, flow.units);
  const states = [Array.from(h)];
  for (let k = 0; k < steps; k++) {
    h = advance(flow, h, { scheme, step });
    if (!h.every(Number.isFinite)) {
      throw new StabilityError(
        where,
        'a finite trajectory',
        `overflow at step ${k + 1}`,
        'Shorten the step.',
      );
    }
    states.push(Array.from(h));
  }
  return states;
}

/** One step of an explicit Runge–Kutta method. */
export function advance(
  flow: Flow,
  h: Float64Array,
  { scheme, step }: { scheme: TableauLike; step: number },
): Float64Array {
  const slopes: Float64Array[] = [];
  const moved = (weights: readonly number[]) =>
    h.map((x, i) => x + step * slopes.reduce((sum, k, j) => sum + (weights[j] ?? 0) * k[i]!, 0));
  for (const row of scheme.a) slopes.push(flow.field(moved(row)));
  return moved(scheme.b);
}
