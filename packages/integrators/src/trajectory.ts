import type { State } from './state.js';
import type { StateSpace } from './state-space.js';
import { scaled, stages } from './step.js';
import type { Tableau } from './tableau.js';

/** What `integrate` solves, checked; the field counts its evaluations itself. */
export interface Problem {
  readonly space: StateSpace<State, State>;
  readonly tableau: Tableau;
  readonly f: (t: number, h: State) => State;
  readonly h0: State;
  readonly times: readonly number[];
  readonly maxSteps: number;
}

export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

/** A step that has been computed but not yet taken. */
interface Attempt {
  readonly next: State;
  /** f at the end of the step, where the last stage is just that. */
  readonly lastSlope?: State;
  /** The error estimate over the tolerance; 0 when no tolerance is asked for. */
  readonly error: number;
}

/** A solution in the making: where it stands, what the steps so far were, and the states to hand out. */
export class Trajectory {
  readonly states: State[];
  accepted = 0;
  rejected = 0;
  shortestStep = Number.POSITIVE_INFINITY;
  longestStep = 0;
  t: number;
  h: State;
  private knownSlope: State | undefined;
  private readonly reusesLastStage: boolean;

  constructor(private readonly problem: Problem) {
    const { space, h0, times, tableau } = problem;
    this.t = times[0]!;
    this.h = space.own(h0);
    // A sum of nothing: a copy, also of a vector, which its owner may go on to change.
    this.states = [space.combine(h0, [], [])];
    // The last stage is evaluated at the step's own end: "first same as last".
    const last = tableau.b.length - 1;
    this.reusesLastStage =
      last > 0 &&
      tableau.c[last] === 1 &&
      tableau.b[last] === 0 &&
      tableau.a[last]!.every((w, j) => w === tableau.b[j]);
  }

  /** f at the present point, evaluated at most once. */
  slope(): State {
    const { space, f } = this.problem;
    // A copy of the state, which the field may change or keep.
    this.knownSlope ??= space.scope(() => space.own(f(this.t, space.combine(this.h, [], []))));
    return this.knownSlope;
  }

  attempt(dt: number, tolerance?: Tolerance): Attempt {
    const { space, tableau, f } = this.problem;
    const { t, h } = this;
    const first = this.slope();
    return space.scope(() => {
      const slopes = stages(space, tableau, f, { t, h, dt, first });
      const next = space.combine(h, scaled(tableau.b, dt), slopes);
      const lastSlope = this.reusesLastStage ? space.own(slopes.at(-1)!) : undefined;
      if (!tolerance || !tableau.embedded) return { next, lastSlope, error: 0 };
      const difference = tableau.embedded.b.map((weight, i) => dt * (tableau.b[i]! - weight));
      return { next, lastSlope, error: space.norm(difference, slopes, { ...tolerance, h, next }) };
    });
  }

  accept({ next, lastSlope }: Attempt, t: number): void {
    const length = Math.abs(t - this.t);
    this.shortestStep = Math.min(this.shortestStep, length);
    this.longestStep = Math.max(this.longestStep, length);
    this.accepted++;
    this.release();
    this.t = t;
    this.h = next;
    this.knownSlope = lastSlope;
  }

  reject({ next, lastSlope }: Attempt): void {
    this.rejected++;
    this.problem.space.dispose(next);
    if (lastSlope) this.problem.space.dispose(lastSlope);
  }

  /** Hands out the present state. */
  record(): void {
    this.states.push(this.problem.space.own(this.h));
  }

  /** Frees what the trajectory holds, except the states handed out. */
  release(): void {
    const { space } = this.problem;
    space.dispose(this.h);
    if (this.knownSlope) space.dispose(this.knownSlope);
    this.knownSlope = undefined;
  }
}
