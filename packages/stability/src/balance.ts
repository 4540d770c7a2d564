import { largestCycleMean } from './cycle-mean.js';
import { exponentOf, timesPowerOfTwo } from './float64-range.js';

/** M = 2^exponent · D B D⁻¹ with D = diag(2^dᵢ): B has the eigenvalues of M, divided by 2^exponent. */
export interface Balanced {
  /** Row-major n x n; its largest entry is between 1/2 and 2. */
  readonly B: Float64Array;
  readonly d: Int32Array;
  readonly exponent: number;
}

/** Stands for the exponent of a zero entry: below all others, and far from the ends of an Int32. */
const NONE = -(2 ** 28);
/** Terms this much smaller than the largest, in powers of 2, do not change a sum. */
const NEGLIGIBLE = 60;
const SWEEPS = 100;

/**
 * Scales an irreducible square matrix by a diagonal similarity and a factor, both powers of 2, until its row and column
 * norms are close and its entries of size 1: eigenvalues of a badly scaled matrix keep their digits, and nothing in the
 * QR algorithm overflows or vanishes.
 *
 * Parlett and Reinsch 1969, with the 2-norm and the stopping rule of James, Langou and Lowery 2014 (LAPACK's `dgebal`
 * since 3.5). Worked out on exponents, with one product an entry at the end: exact but for entries that end up more than
 * 2^1022 below the largest, over the whole range of float64.
 *
 * @param matrix row-major n x n entries, not changed.
 */
export function balance(matrix: Float64Array, n: number): Balanced {
  const exponents = new Int32Array(n * n);
  const squares = new Float64Array(n * n); // of entries divided by 2^exponent
  for (let at = 0; at < n * n; at++) {
    const x = matrix[at]!;
    exponents[at] = x === 0 ? NONE : exponentOf(x);
    squares[at] = x === 0 ? 0 : timesPowerOfTwo(x, -exponents[at]!) ** 2;
  }
  const d = balancingExponents(exponents, squares, n);
  let exponent = largestScaled(exponents, d, { n, diagonal: true });
  if (exponent < NONE / 2) exponent = 0;
  const B = new Float64Array(n * n);
  for (let i = 0, at = 0; i < n; i++) {
    for (let j = 0; j < n; j++, at++) B[at] = timesPowerOfTwo(matrix[at]!, d[j]! - d[i]! - exponent);
  }
  return { B, d, exponent };
}

/** From the given scaling if its largest entry off the diagonal is near the least that can be; else from one that is. */
function balancingExponents(exponents: Int32Array, squares: Float64Array, n: number): Int32Array {
  const d = evenOut(new Int32Array(n), { exponents, squares, n });
  const largest = largestScaled(exponents, d, { n, diagonal: false });
  if (n === 1 || largest < NONE / 2) return d;
  const { mean, potentials } = largestCycleMean(exponents, n);
  if (largest <= mean + 1) return d; // rounded potentials reach no less
  const better = evenOut(Int32Array.from(potentials, Math.round), { exponents, squares, n });
  return largestScaled(exponents, better, { n, diagonal: false }) < largest ? better : d;
}

/** Exponent of the largest entry of D⁻¹ M D. */
function largestScaled(
  exponents: Int32Array,
  d: Int32Array,
  { n, diagonal }: { n: number; diagonal: boolean },
): number {
  let largest = NONE;
  for (let i = 0, at = 0; i < n; i++) {
    for (let j = 0; j < n; j++, at++) {
      if (i !== j) largest = Math.max(largest, exponents[at]! + d[j]! - d[i]!);
      else if (diagonal) largest = Math.max(largest, exponents[at]!);
    }
  }
  return largest;
}

interface Sizes {
  readonly exponents: Int32Array;
  readonly squares: Float64Array;
  readonly n: number;
}

/** Osborne's sweeps: one index at a time gets the power of 2 that evens out its row and column. d is overwritten. */
function evenOut(d: Int32Array, { exponents, squares, n }: Sizes): Int32Array {
  const quarters = Float64Array.from({ length: NEGLIGIBLE }, (_, k) => 4 ** -k);
  /** log₂ of the norm of row i (stride 1, sign 1) or column i (stride n, sign -1) off the diagonal, scaled by d. */
  const logNorm = (i: number, stride: number, sign: number): number => {
    const start = stride === 1 ? i * n : i;
    let top = 2 * NONE;
    for (let j = 0, at = start; j < n; j++, at += stride) {
      const size = exponents[at]! + sign * d[j]!;
      if (size > top && j !== i) top = size;
    }
    if (top < NONE / 2) return -Infinity;
    let sum = 0;
    for (let j = 0, at = start; j < n; j++, at += stride) {
      const below = top - exponents[at]! - sign * d[j]!;
      if (below < NEGLIGIBLE && j !== i) sum += squares[at]! * quarters[below]!;
    }
    return top + Math.log2(sum) / 2 - sign * d[i]!;
  };
  for (let sweep = 0, changed = true; changed && sweep < SWEEPS; sweep++) {
    changed = false;
    for (let step = 0; step < n; step++) {
      const i = sweep % 2 === 0 ? step : n - 1 - step; // to and fro, so that changes travel along chains both ways
      const gap = logNorm(i, 1, 1) - logNorm(i, n, -1);
      if (!Number.isFinite(gap)) continue; // an empty row or column
      const by = Math.round(gap / 2);
      if (by === 0 || gain(gap, by) >= 0.95) continue;
      d[i] = d[i]! + by;
      changed = true;
    }
  }
  return d;
}

/** √(c²4^by + r²4^-by) / √(c² + r²) for norms with r/c = 2^gap: what the change leaves of both. */
function gain(gap: number, by: number): number {
  const half = Math.abs(gap) / 2; // both over the larger one
  const rest = Math.abs(by) - half;
  return Math.sqrt((2 ** (2 * (rest - half)) + 2 ** (2 * (-rest - half))) / (1 + 2 ** (-4 * half)));
}
