import { ExplodingTrajectoryError } from './errors.js';
import { type Factorisation, keepInRange, newFactorisation, orthonormalise } from './orthonormalise.js';
import type { TangentMap } from './system.js';

/** What a factorisation told about one trajectory: growth since the last one, and which directions rounding hides. */
export type Growth = Pick<Factorisation, 'growth' | 'unresolved'>;

/** The input of each trajectory at one step. */
export type InputOf = (trajectory: number) => ArrayLike<number>;

/** When a factorisation comes after steps: whether one step went since the last, or several. */
export type Due = 'after one step' | 'after several' | undefined;

/**
 * The states and tangent frames of a batch of trajectories, which advance together. Both methods throw
 * `ExplodingTrajectoryError` when something stops being finite; `step` is what they count that from.
 */
export interface Trajectories {
  /** One step of all, and the factorisation of all frames if it is due. */
  advance(inputOf: InputOf, step: number, due: Due): void;
  /** Orthonormalises all frames; a vector in the span of those before it becomes zero, and its growth -Infinity. */
  factorise(step: number, due: Due): void;
  /** Shows the growth that the last factorisation found for each trajectory, and forgets it. */
  drain(visit: (trajectory: number, growth: Growth) => void): void;
  /** A copy of a frame: vectors one after the other. */
  frame(trajectory: number): Float64Array;
  /** Takes another frame, orthonormalises it, and returns the positions of the vectors that became zero. */
  replaceFrame(trajectory: number, frame: Float64Array, step: number): readonly number[];
  /** Whether at least so many rows of a frame hold a number that is not zero. */
  hasRows(trajectory: number, least: number): boolean;
  /** A copy of the states, [batch][n]. */
  states(): number[][];
  /** Sets all states, and all frames to `frame`. */
  restart(starts: readonly Float64Array[], frame: Float64Array): void;
  /** Gives memory back that is not the garbage collector's. */
  release(): void;
}

const none: readonly number[] = [];

/** Positions of the vectors that a factorisation found in the span of those before. */
export function lostPositions(growth: Float64Array): readonly number[] {
  if (!growth.includes(Number.NEGATIVE_INFINITY)) return none;
  const lost: number[] = [];
  for (let j = 0; j < growth.length; j++) if (growth[j] === Number.NEGATIVE_INFINITY) lost.push(j);
  return lost;
}

/** Trajectories of any system, in float64. */
export class PlainTrajectories implements Trajectories {
  private readonly current: Float64Array[];
  private readonly frames: Float64Array[];
  private readonly results: Factorisation[];

  constructor(
    private readonly system: TangentMap,
    batch: number,
    private readonly count: number,
    private readonly where: string,
  ) {
    const { stateSize, tangentSize } = system;
    this.current = Array.from({ length: batch }, () => new Float64Array(stateSize));
    this.frames = this.current.map(() => new Float64Array(count * tangentSize));
    this.results = this.current.map(() => newFactorisation(count, tangentSize));
  }

  advance(inputOf: InputOf, step: number, due: Due): void {
    const { system, where } = this;
    for (const [b, state] of this.current.entries()) {
      const frame = this.frames[b]!;
      system.advance(state, inputOf(b), frame, this.count, step);
      for (let i = 0; i < state.length; i++) {
        if (!Number.isFinite(state[i])) throw new ExplodingTrajectoryError(where, 'state', step + 1, b);
      }
      if (!due && !keepInRange(frame, system.tangentSize, this.results[b]!.growth)) {
        throw new ExplodingTrajectoryError(where, 'tangent', step + 1, b);
      }
    }
    if (due) this.factorise(step + 1, due);
  }

  factorise(step: number, due: Due): void {
    for (const [b, frame] of this.frames.entries()) {
      if (!orthonormalise(frame, this.results[b]!, due === 'after one step')) {
        throw new ExplodingTrajectoryError(this.where, 'tangent', step, b);
      }
    }
  }

  drain(visit: (trajectory: number, growth: Growth) => void): void {
    for (const [b, result] of this.results.entries()) {
      visit(b, result);
      result.growth.fill(0);
    }
  }

  frame(trajectory: number): Float64Array {
    return this.frames[trajectory]!.slice();
  }

  replaceFrame(trajectory: number, frame: Float64Array, step: number): readonly number[] {
    const own = this.frames[trajectory]!;
    const result = this.results[trajectory]!;
    own.set(frame);
    if (!orthonormalise(own, result)) {
      throw new ExplodingTrajectoryError(this.where, 'tangent', step, trajectory);
    }
    const lost = lostPositions(result.growth);
    result.growth.fill(0);
    return lost;
  }

  hasRows(trajectory: number, least: number): boolean {
    const frame = this.frames[trajectory]!;
    const { tangentSize: size } = this.system;
    let found = 0;
    for (let t = 0; t < size && found < least; t++) {
      for (let at = t; at < frame.length; at += size) {
        if (frame[at] === 0) continue;
        found++;
        break;
      }
    }
    return found >= least;
  }

  states(): number[][] {
    return this.current.map((state) => Array.from(state));
  }

  restart(starts: readonly Float64Array[], frame: Float64Array): void {
    for (const [b, state] of this.current.entries()) {
      state.set(starts[b]!);
      this.frames[b]!.set(frame);
      this.results[b]!.growth.fill(0);
    }
  }

  release(): void {}
}
