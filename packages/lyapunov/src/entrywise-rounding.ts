import { newFactorisation, orthonormalise } from './orthonormalise.js';
import type { TangentMap } from './system.js';
import { tangentProduct } from './tangent-product.js';

/** The Jacobian of a step, row-major: the system's own, or what the step makes of the identity. */
export function stepJacobian(
  { tangentSize: size, advance, jacobian }: TangentMap,
  { state, input, step }: { state: ArrayLike<number>; input: ArrayLike<number>; step: number },
): Float64Array {
  if (jacobian) return jacobian(Float64Array.from(state), input);
  const columns = new Float64Array(size * size);
  for (let i = 0; i < size; i++) columns[i * size + i] = 1;
  advance(Float64Array.from(state), input, columns, size, step);
  return columns.map((_, at) => columns[(at % size) * size + Math.floor(at / size)]!);
}

interface Step {
  /** J, row-major, [size][size]. */
  jacobian: Float64Array;
  /** Orthonormal tangent vectors before the step, one after the other. */
  frame: Float64Array;
}

interface StepProduct extends Step {
  /** Marks the directions that are in question. */
  suspects: ArrayLike<number>;
  /** Relative error of a sum of `size` products. */
  rounding: number;
}

/**
 * Which of the suspected directions a step does lose to rounding: those with R_jj, of Q R = J V, no larger than its own
 * rounding error, with every entry judged by the numbers that made it:
 *
 *     e_i = |J| |v_i|,   u_i² R_ii² = ⟨e_i², q_j²⟩ + Σ_{k<i} R_ki² u_k²,   R_jj ≤ rounding sqrt(⟨e_j², q_j²⟩ + Σ_{i<j} R_ij² u_i²)
 *
 * with u_i the turn of q_i towards q_j. A factorisation in passing compares with whole rows, which a single large entry of J dominates that
 * need not touch a direction at all: in [[0.5, 1e17], [0, 0.4]] nothing is lost.
 */
export function lostToRounding({ jacobian, frame, suspects, rounding }: StepProduct): Uint8Array {
  const size = Math.sqrt(jacobian.length);
  const count = frame.length / size;
  const product = new Float64Array(frame.length);
  tangentProduct(jacobian, frame, product, count, size);
  const errors = new Float64Array(frame.length);
  tangentProduct(jacobian.map(Math.abs), frame.map(Math.abs), errors, count, size);
  for (let i = 0; i < errors.length; i++) errors[i]! **= 2;

  const result = newFactorisation(count, size, true);
  const lost = new Uint8Array(count);
  if (!orthonormalise(product, result)) return lost;
  const factor = result.factor!;
  const turns = new Float64Array(count);
  for (let j = 0; j < count; j++) {
    if (!suspects[j]) continue;
    const square = product.subarray(j * size, (j + 1) * size).map((x) => x * x);
    for (let i = 0; i <= j; i++) {
      let variance = 0;
      for (let t = 0; t < size; t++) variance += errors[i * size + t]! * square[t]!;
      for (let k = 0; k < i; k++) variance += factor[k * count + i]! ** 2 * turns[k]!;
      const diagonal = factor[i * count + i]! ** 2;
      if (i === j) lost[j] = diagonal <= rounding ** 2 * variance ? 1 : 0;
      else turns[i] = diagonal > 0 ? variance / diagonal : 0;
    }
  }
  return lost;
}

/** A vector that meets less than this share of the mean square of the entries of J is spared by them. */
const SPARED = 1 / 16;

/**
 * Whether the entries of J leave out any vector v_i, as seen from the direction q after the step, so that a judgement by
 * entries can differ from one by whole rows:
 *
 *     Σ_k g_k v_ik² < mean(g) / 16,   g_k = Σ_t q_t² J_tk²
 *
 * If none is left out, ⟨e_i², q²⟩ ≥ Σ_k g_k v_ik² holds every e_i of `lostToRounding` to within a factor of 4 sqrt(size) of the
 * rows, and for dense vectors, whose sums of magnitudes are about sqrt(size) times their norms, to within a small one. Takes
 * size² operations where `lostToRounding` takes size³.
 */
export function sparesDirections({ jacobian, frame }: Step, direction: Float64Array): boolean {
  const size = direction.length;
  const seen = new Float64Array(size);
  for (let t = 0; t < size; t++) {
    const share = direction[t]! ** 2;
    if (share === 0) continue;
    for (let k = 0, at = t * size; k < size; k++, at++) seen[k]! += share * jacobian[at]! * jacobian[at]!;
  }
  const least = (SPARED * seen.reduce((sum, x) => sum + x, 0)) / size;
  for (let at = 0; at < frame.length; ) {
    let met = 0;
    for (let k = 0; k < size; k++, at++) met += seen[k]! * frame[at]! * frame[at]!;
    if (!(met >= least)) return true;
  }
  return false;
}
