import { completeFrame } from './complete-frame.js';
import { lostToRounding, stepJacobian } from './entrywise-rounding.js';
import { ExplodingTrajectoryError, LyapunovError } from './errors.js';
import { initialFrame } from './initial-frame.js';
import {
  assertInteger,
  type InitialStateLike,
  type InputsLike,
  readSequences,
  readStates,
} from './numeric-input.js';
import { checkRunOptions, type OptionNames } from './options.js';
import { type Factorisation, newFactorisation, orthonormalise, roundingOf } from './orthonormalise.js';
import { prepareSystem } from './prepare-system.js';
import type { FlowOptions, LyapunovSystem, TangentMap } from './system.js';
import { lostPositions } from './trajectories.js';

const where = 'covariantLyapunovVectors';

export interface CovariantVectorOptions extends FlowOptions {
  /** [time][inputDim] of one trajectory; none for autonomous systems. */
  inputs?: InputsLike;
  /** [n]. Default: the system's own, or zeros. */
  initialState?: InitialStateLike;
  /** Times at which vectors are returned. */
  steps: number;
  /** Steps before, in which the frame settles onto the backward Lyapunov vectors. */
  warmup?: number;
  /** Steps after, in which the coefficients settle on their way back. */
  settle?: number;
  /** How many leading vectors. Default all. */
  exponents?: number;
}

const covariantOptions: OptionNames<CovariantVectorOptions> = {
  inputs: true,
  initialState: true,
  steps: true,
  warmup: true,
  settle: true,
  exponents: true,
  dt: true,
  scheme: true,
};

export interface CovariantVectors {
  /** [time][vector][component]: unit vectors at each of `steps` + 1 times; vector i belongs to exponent i. */
  vectors: number[][][];
  /** [time][component], the states at those times. */
  states: number[][];
  /**
   * Exponents over the returned times, in the order of the vectors: mean log growth of each covariant vector per step
   * or unit time, in nats. Not sorted.
   */
  exponents: number[];
}

/**
 * Covariant Lyapunov vectors: the directions v_i(t) that the tangent map carries into each other,
 *
 *     J_t v_i(t) = γ_i(t) v_i(t+1),   mean log |γ_i| = λ_i,
 *
 * by the forward and backward iteration of Ginelli et al. (Phys. Rev. Lett. 99, 130601, 2007): QR forward, then
 * upper triangular coefficients C <- R^-1 C backward, vectors Q C. The sign of each vector is arbitrary. Vectors of
 * equal exponents span their common subspace but are not determined within it.
 *
 * Memory: (steps + settle) frames of `exponents` x n numbers. Calls the system's own methods, in float64, also where it
 * carries a `network`. Throws `LyapunovError` on bad input, and when the tangent map loses a followed direction after the
 * warm-up, exactly or to rounding (its R cannot be inverted: ask for fewer `exponents`).
 */
export function covariantLyapunovVectors(
  system: LyapunovSystem,
  options: CovariantVectorOptions,
): CovariantVectors {
  checkRunOptions(where, options, covariantOptions);
  const { steps, warmup = 100, settle = 100, initialState, inputs } = options;
  assertInteger(steps, 'steps', 1, where);
  assertInteger(warmup, 'warmup', 0, where);
  assertInteger(settle, 'settle', 0, where);
  const given = initialState === undefined ? undefined : readStates(initialState, undefined, where);
  const sequences = inputs === undefined ? undefined : readSequences(inputs, where);
  const total = warmup + steps + settle;
  if ((given?.length ?? 1) > 1 || (sequences?.length ?? 1) > 1) {
    throw new LyapunovError(where, 'one trajectory', 'a batch', 'Call it once for each trajectory.');
  }
  if (sequences && sequences[0]!.length < total) {
    throw new LyapunovError(
      where,
      `${total} input vectors (warmup + steps + settle)`,
      `${sequences[0]!.length}`,
      'Give longer inputs or shorten one of the three.',
    );
  }
  const map = prepareSystem(system, given?.[0]?.length, options, where);
  const size = map.tangentSize;
  const { exponents: count = size } = options;
  assertInteger(count, 'exponents', 1, where);
  if (count > size) {
    throw new LyapunovError(where, `at most ${size} exponents`, `${count}`, 'Ask for fewer.');
  }

  const state = (given?.[0] ?? map.initialState).slice();
  const frame = initialFrame(count, size);
  const result = newFactorisation(count, size, true);
  const frames: Float64Array[] = [];
  const factors: Float64Array[] = [];
  const states: number[][] = [];
  for (let t = 0; t < total; t++) {
    const before = { state: state.slice(), input: sequences?.[0]?.[t] ?? [], step: t, frame: frame.slice() };
    if (t >= warmup) {
      frames.push(before.frame);
      if (t <= warmup + steps) states.push(Array.from(state));
    }
    map.advance(state, before.input, frame, count, t);
    if (!state.every(Number.isFinite)) throw new ExplodingTrajectoryError(where, 'state', t + 1, 0);
    const lost = factorise(frame, result, t + 1);
    if (t < warmup) {
      complete(frame, lost, result, t + 1);
      continue;
    }
    const [direction] = lost.length > 0 ? lost : hidden(map, before, result.unresolved);
    if (direction !== undefined) {
      throw new LyapunovError(
        where,
        'a tangent map that keeps the followed directions',
        `direction ${direction} lost at step ${t + 1}`,
        direction > 0 ? `Ask for at most ${direction} exponents.` : 'Warm up past that step.',
      );
    }
    factors.push(result.factor!.slice());
  }
  frames.push(frame);
  if (settle === 0) states.push(Array.from(state));
  return { ...backward(frames, factors, steps, count, size, map.timeStep), states };
}

/** Makes the frame orthonormal, and returns the positions of vectors that lie in the span of those before. */
function factorise(frame: Float64Array, result: Factorisation, step: number): readonly number[] {
  result.growth.fill(0);
  if (!orthonormalise(frame, result)) throw new ExplodingTrajectoryError(where, 'tangent', step, 0);
  return lostPositions(result.growth);
}

/** Puts fresh directions in the place of what the warm-up loses. */
function complete(frame: Float64Array, lost: readonly number[], result: Factorisation, step: number): void {
  if (lost.length === 0) return;
  completeFrame({
    frame,
    size: result.rows.length,
    lost,
    orthonormalise: (fresh) => {
      const missing = factorise(fresh, result, step);
      frame.set(fresh);
      return { frame: fresh, lost: missing };
    },
  });
}

/** Directions of which a step leaves rounding errors only. */
function hidden(
  map: TangentMap,
  before: { state: Float64Array; input: number[]; step: number; frame: Float64Array },
  unresolved: Uint8Array,
): number[] {
  if (!unresolved.includes(1)) return [];
  const lost = lostToRounding({
    jacobian: stepJacobian(map, before),
    frame: before.frame,
    suspects: unresolved,
    rounding: roundingOf(map.tangentSize),
  });
  return Array.from(lost.entries()).flatMap(([j, flag]) => (flag ? [j] : []));
}

/** The backward half: from coefficients at the last time to vectors at times 0..steps. */
function backward(
  frames: Float64Array[],
  factors: Float64Array[],
  steps: number,
  count: number,
  size: number,
  timeStep: number,
): Omit<CovariantVectors, 'states'> {
  // Upper triangular with a generic strict part; column i holds the coefficients of vector i.
  const coefficients = Array.from({ length: count }, (_, i) =>
    Float64Array.from({ length: i + 1 }, (_, j) => (i === j ? 1 : 0.5 * Math.cos(1 + 3 * i + 7 * j))),
  );
  for (const column of coefficients) normalise(column);
  const vectors: number[][][] = new Array(steps + 1);
  const growth = new Float64Array(count);
  for (let t = factors.length; t >= 0; t--) {
    if (t <= steps) vectors[t] = coefficients.map((column) => combine(frames[t]!, column, size));
    if (t === 0) break;
    for (const [i, column] of coefficients.entries()) {
      solveUpper(factors[t - 1]!, column, count);
      const shrink = normalise(column);
      if (t <= steps) growth[i]! -= Math.log(shrink);
    }
  }
  return { vectors, exponents: Array.from(growth, (sum) => sum / steps / timeStep) };
}

/** Solves R x = column in place for the leading block of the row-major upper triangular R. */
function solveUpper(factor: Float64Array, column: Float64Array, count: number): void {
  for (let i = column.length - 1; i >= 0; i--) {
    let sum = column[i]!;
    for (let j = i + 1; j < column.length; j++) sum -= factor[i * count + j]! * column[j]!;
    column[i] = sum / factor[i * count + i]!;
  }
}

function normalise(column: Float64Array): number {
  const length = Math.hypot(...column);
  for (let i = 0; i < column.length; i++) column[i]! /= length;
  return length;
}

/** Q c, the vector with the given coefficients in the frame. */
function combine(frame: Float64Array, column: Float64Array, size: number): number[] {
  const vector = new Array<number>(size).fill(0);
  for (const [j, weight] of column.entries()) {
    for (let t = 0; t < size; t++) vector[t]! += weight * frame[j * size + t]!;
  }
  return vector;
}
