import { NonFiniteError, StepLimitError } from './errors.js';
import { type Problem, Trajectory } from './trajectory.js';

/** Each interval between two times in the fewest equal steps no longer than `dt`. */
export function fixedSteps(problem: Problem, dt: number): Trajectory {
  const { space, times, maxSteps } = problem;
  const counts = times.slice(1).map((end, i) => stepsWithin(Math.abs(end - times[i]!), dt));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > maxSteps) {
    throw new StepLimitError(
      `at most maxSteps = ${maxSteps} steps`,
      `dt = ${dt}, which makes ${total}`,
      'Take a larger dt or a larger maxSteps.',
      { t: times[0]!, dt, accepted: 0, rejected: 0 },
    );
  }
  const trajectory = new Trajectory(problem);
  counts.forEach((count, interval) => {
    const start = times[interval]!;
    const end = times[interval + 1]!;
    for (let n = 1; n <= count; n++) {
      // Counted from the start of the interval: adding dt up would drift.
      const t = n === count ? end : start + ((end - start) * n) / count;
      trajectory.accept(trajectory.attempt(t - trajectory.t), t);
    }
    if (!space.isFinite(trajectory.h)) {
      throw new NonFiniteError(
        'a finite state',
        `NaN or Infinity between t = ${start} and t = ${end}`,
        `Take a dt below ${dt} (largestStableStep says how small), or look at f there.`,
        end,
      );
    }
    trajectory.record();
  });
  trajectory.release();
  return trajectory;
}

/** Rounding in the quotient must not cost a step: an interval of 1 in steps of 0.1 takes 10. */
function stepsWithin(length: number, dt: number): number {
  return Math.max(1, Math.ceil((length / dt) * (1 - 1e-12)));
}
