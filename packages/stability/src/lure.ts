import { Matrix } from 'ml-matrix';
import { largestExponent } from './float64-range.js';
import { checkFlag, checkNumber, type MatrixLike, toSquare } from './matrix.js';

/** dh/dt = A h + σ(W h + c): a linear system in feedback with slopes of σ in an interval (Lur'e). */
export interface LureInput {
  readonly A: MatrixLike;
  readonly W: MatrixLike;
  /** Largest slope of σ; tanh and ReLU have 1, the logistic function 1/4. */
  readonly lipschitzConstant?: number;
  /** Whether slopes are non-negative; otherwise they may be anything in [-M, M]. */
  readonly monotone?: boolean;
}

/**
 * A checked system, in a unit of time in which its fastest rates are of size 1, so that nothing depends on the unit it
 * was given in. The unit is a power of two: no digit of the matrices is lost.
 */
export interface LureSystem {
  readonly units: number;
  readonly A: Matrix;
  readonly W: Matrix;
  /** The slopes of σ lie in [low, high] = [centre - radius, centre + radius]. */
  readonly slopes: { readonly low: number; readonly high: number };
  readonly centre: number;
  readonly radius: number;
  /** Of the Euler map h ← h + step (A h + σ(W h + c)); 0 for the flow. */
  readonly step: number;
  /** The given A, W and rates are those here times this; the given step is that here over it. */
  readonly frequency: number;
}

/** Checks A, W, the slopes and the step, and changes the unit of time. */
export function lureSystem(
  where: string,
  { A, W, lipschitzConstant = 1, monotone = true, step }: LureInput & { readonly step?: number | undefined },
): LureSystem {
  const a = toSquare(where, 'A', A);
  const w = toSquare(where, 'W', W, a.rows);
  checkNumber(where, 'lipschitzConstant', lipschitzConstant, { above: 0 });
  checkFlag(where, 'monotone', monotone);
  if (step !== undefined) checkNumber(where, 'step', step, { above: 0 });
  const low = monotone ? 0 : -lipschitzConstant;
  return inOwnTime({
    units: a.rows,
    A: a,
    W: w,
    slopes: { low, high: lipschitzConstant },
    centre: (low + lipschitzConstant) / 2,
    radius: (lipschitzConstant - low) / 2,
    step: step ?? 0,
    frequency: 1,
  });
}

/** The same system in the unit of time that its own largest entry sets. */
export function inOwnTime(system: LureSystem): LureSystem {
  const { A, W, slopes, step, frequency } = system;
  const entries = [...A.to1DArray(), ...Matrix.mul(W, slopes.high).to1DArray()];
  // Inside the range where dividing by it loses nothing.
  const pace = 2 ** Math.max(-1000, Math.min(1000, largestExponent(entries)));
  return {
    ...system,
    A: Matrix.div(A, pace),
    W: Matrix.div(W, pace),
    step: step * pace,
    frequency: frequency * pace,
  };
}

/** P, Λ and a rate that are to prove contraction, in the units of a `LureSystem`. */
export interface CertificateMatrices {
  readonly P: Matrix;
  /** The diagonal of Λ, as the inequality of the flow has it, also for the map. */
  readonly multipliers: readonly number[];
  readonly rate: number;
}

/** A + centre · W, the system of the middle slope. */
export const centred = ({ A, W, centre }: LureSystem): Matrix => Matrix.add(A, Matrix.mul(W, centre));

/**
 * A multiplier in the units that the system was given in: over the frequency for the flow; for the map, whose inequality
 * has the step as a factor, times the step as well.
 */
export function multiplierIn({ frequency, step }: Pick<LureSystem, 'frequency' | 'step'>, x: number): number {
  return step === 0 ? x / frequency : ((x / frequency) * step) / frequency;
}

/** The inverse of `multiplierIn`. */
export function multiplierFrom({ frequency, step }: LureSystem, x: number): number {
  return step === 0 ? x * frequency : ((x * frequency) / step) * frequency;
}
