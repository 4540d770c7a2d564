import { NonFiniteError, type Progress, StepLimitError, StepSizeError } from './errors.js';
import { fastestDecay } from './fastest-decay.js';
import { largestStableStep } from './largest-stable-step.js';
import { firstStep, piController } from './step-controller.js';
import { type Problem, type Tolerance, Trajectory } from './trajectory.js';

export interface AdaptiveSettings extends Tolerance {
  readonly firstStep?: number;
  readonly maxStep: number;
}

/** Steps as long as the tolerance allows, each requested time hit by shortening or stretching the last one. */
export function adaptiveSteps(problem: Problem, settings: AdaptiveSettings): Trajectory {
  const { times, tableau, maxSteps } = problem;
  const k = Math.min(tableau.order, tableau.embedded!.order) + 1;
  const controller = piController(k);
  const trajectory = new Trajectory(problem);
  assertFiniteStart(problem, trajectory);
  const direction = Math.sign(times[1]! - times[0]!);
  let length = Math.min(
    settings.maxStep,
    settings.firstStep ?? chooseFirst(problem, trajectory, settings, k),
  );

  let lastError = 0;
  for (const end of times.slice(1)) {
    while (trajectory.t !== end) {
      const { t, accepted, rejected } = trajectory;
      const progress: Progress = { t, dt: direction * length, accepted, rejected };
      if (accepted + rejected >= maxSteps) throw stepLimit(problem, trajectory, progress);
      const shortest = 16 * Number.EPSILON * Math.abs(t);
      if (!(length > shortest) && !(lastError <= 1)) throw stepTooSmall(lastError, progress);
      length = Math.max(length, shortest);

      const remaining = Math.abs(end - t);
      // Stretching by a hundredth spares a sliver of a step at the end; beyond maxStep by no more than times round.
      const last = remaining <= Math.min(1.01 * length, settings.maxStep * (1 + 1e-12));
      const target = last ? end : t + direction * length;
      const tried = Math.abs(target - t);
      const attempt = trajectory.attempt(target - t, settings);
      lastError = attempt.error;
      if (lastError <= 1) {
        trajectory.accept(attempt, target);
        const proposed = tried * controller.accept(lastError);
        // A step cut short to hit a time says nothing against the length that was due.
        length = Math.min(settings.maxStep, tried < length ? Math.max(proposed, length) : proposed);
      } else {
        trajectory.reject(attempt);
        length = tried * controller.reject(lastError);
      }
    }
    assertFiniteState(problem, trajectory);
    trajectory.record();
  }
  trajectory.release();
  return trajectory;
}

function chooseFirst(problem: Problem, trajectory: Trajectory, tolerance: Tolerance, k: number): number {
  const { space, f, times } = problem;
  const { t, h } = trajectory;
  return firstStep(space, f, {
    t,
    h,
    slope: trajectory.slope(),
    span: times.at(-1)! - t,
    k,
    scale: { rtol: tolerance.rtol, atol: tolerance.atol, h, next: h },
  });
}

function assertFiniteStart({ space }: Problem, trajectory: Trajectory): void {
  for (const [name, value] of [
    ['h0', trajectory.h],
    ['f(t, h0)', trajectory.slope()],
  ] as const) {
    if (space.isFinite(value)) continue;
    throw new NonFiniteError(
      `a finite ${name}`,
      'NaN or Infinity',
      'Start where the field is defined.',
      trajectory.t,
    );
  }
}

function assertFiniteState({ space }: Problem, { h, t }: Trajectory): void {
  if (space.isFinite(h)) return;
  throw new NonFiniteError('a finite state', `NaN or Infinity at t = ${t}`, 'Look at f near that time.', t);
}

function stepTooSmall(error: number, progress: Progress): Error {
  const { t, dt } = progress;
  if (Number.isNaN(error)) {
    return new NonFiniteError(
      'a field that is finite along the solution',
      `NaN just after t = ${t}, however small the step`,
      'Stop before that time, or repair f there.',
      t,
    );
  }
  return new StepSizeError(
    'steps that meet the tolerance',
    `an error of ${error.toPrecision(2)} tolerances with the shortest step that time still resolves, ${dt.toPrecision(2)} at t = ${t}`,
    'The solution blows up or f jumps there: stop before that time, or integrate the two sides of a jump apart.',
    progress,
  );
}

function stepLimit(problem: Problem, trajectory: Trajectory, progress: Progress): StepLimitError {
  const { space, f, tableau, times, maxSteps } = problem;
  const end = times.at(-1)!;
  const { t, dt, accepted, rejected } = progress;
  const rate = fastestDecay(space, f, { t, h: trajectory.h });
  const stable = largestStableStep(tableau, [-1]);
  const stiff = rate !== undefined && rate * Math.abs(dt) > 0.3 * stable;
  return new StepLimitError(
    `to reach t = ${end} within maxSteps = ${maxSteps} steps`,
    `t = ${t} after ${accepted} accepted and ${rejected} rejected ones, the next of length ${Math.abs(dt).toPrecision(2)}`,
    stiff
      ? `The system is stiff: a mode that decays at a rate of about ${rate.toPrecision(2)} holds the steps of ` +
          `${tableau.name}, as of any explicit scheme, below about ${(stable / rate).toPrecision(2)}, ` +
          'whatever the tolerance. Take an implicit solver elsewhere, remove the fast mode, or raise maxSteps.'
      : 'Raise maxSteps, loosen rtol and atol, or ask for a shorter interval.',
    progress,
  );
}
