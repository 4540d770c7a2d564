/** A column whose norm leaves this range is rescaled before squares of it can overflow or vanish. */
const SMALL = 1e-100;
const LARGE = 1e100;

/** Below this fraction of the original norm the projection is repeated: rounding may have left it oblique. */
const REPEAT_BELOW = 0.1;

/** A second projection that shrinks a residual this much more says that the residual was rounding in the span. */
const LOST_BELOW = 1e-8;

/**
 * QR factorisation in place, for the growth of a tangent frame: `count` vectors of `size` numbers, one after the
 * other, become orthonormal, and `growth[j]` increases by log R_jj, where R has a positive diagonal.
 *
 * Modified Gram–Schmidt in groups of four, repeated where cancellation calls for it (Daniel, Gragg, Kaufman and
 * Stewart 1976), so the frame is orthonormal to rounding. A vector that lies in the span of those before it has
 * R_jj = 0: its growth becomes -Infinity and the vector zero. It then stays zero under every Jacobian and takes part
 * in no later projection, so the other exponents are what they would be without it.
 *
 * `factor`, if given, receives R, row-major, count x count, zero below the diagonal.
 *
 * Returns false when a vector is not finite.
 */
export function orthonormalise(
  frame: Float64Array,
  count: number,
  size: number,
  growth: Float64Array,
  factor?: Float64Array,
): boolean {
  factor?.fill(0);
  for (let j = 0; j < count; j++) {
    const column = j * size;
    let original = norm(frame, column, size);
    let scale = 1;
    if (!(original >= SMALL && original <= LARGE)) {
      scale = rescale(frame, column, size);
      if (!Number.isFinite(scale)) return false;
      growth[j]! += Math.log(scale);
      original = norm(frame, column, size);
    }
    let residual = original;
    if (j > 0 && original > 0) {
      project(frame, j, size, factor, count);
      residual = norm(frame, column, size);
      if (residual < REPEAT_BELOW * original) {
        project(frame, j, size, factor, count);
        const repeated = norm(frame, column, size);
        residual = repeated < LOST_BELOW * residual ? 0 : repeated;
      }
    }
    if (residual === 0) {
      growth[j] = Number.NEGATIVE_INFINITY;
      frame.fill(0, column, column + size);
      continue;
    }
    growth[j]! += Math.log(residual);
    if (factor) {
      factor[j * count + j] = residual;
      if (scale !== 1) for (let i = 0; i <= j; i++) factor[i * count + j]! *= scale;
    }
    const inverse = 1 / residual;
    for (let t = column; t < column + size; t++) frame[t]! *= inverse;
  }
  return true;
}

/**
 * Keeps vectors that wait for their QR inside the range of float64: a vector whose norm left [1e-100, 1e100] is
 * divided by it, and the logarithm goes to `growth`. Exact for the exponents, because R_jj scales with vector j.
 * Returns false when a vector is not finite.
 */
export function keepInRange(frame: Float64Array, count: number, size: number, growth: Float64Array): boolean {
  for (let j = 0; j < count; j++) {
    const length = norm(frame, j * size, size);
    if (length >= SMALL && length <= LARGE) continue;
    const scale = rescale(frame, j * size, size);
    if (!Number.isFinite(scale)) return false;
    growth[j]! += Math.log(scale);
  }
  return true;
}

/** Divides a vector by its largest magnitude and returns that: 1 for a zero vector, not finite for one that is not. */
function rescale(frame: Float64Array, start: number, size: number): number {
  let largest = 0;
  for (let t = start; t < start + size; t++) {
    // Math.max keeps NaN.
    largest = Math.max(largest, Math.abs(frame[t]!));
  }
  if (largest === 0) return 1;
  if (Number.isFinite(largest)) for (let t = start; t < start + size; t++) frame[t]! /= largest;
  return largest;
}

function norm(frame: Float64Array, start: number, size: number): number {
  let sum = 0;
  for (let t = start; t < start + size; t++) {
    const x = frame[t]!;
    sum += x * x;
  }
  return Math.sqrt(sum);
}

/** Subtracts from vector `j` its projections on the vectors before it, four at a time; adds them to column j of R. */
function project(
  frame: Float64Array,
  j: number,
  size: number,
  factor: Float64Array | undefined,
  count: number,
): void {
  const v = j * size;
  let i = 0;
  for (; i + 4 <= j; i += 4) {
    const p = i * size;
    const q = p + size;
    const r = q + size;
    const s = r + size;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let t = 0; t < size; t++) {
      const x = frame[v + t]!;
      a += x * frame[p + t]!;
      b += x * frame[q + t]!;
      c += x * frame[r + t]!;
      d += x * frame[s + t]!;
    }
    for (let t = 0; t < size; t++) {
      frame[v + t]! -= a * frame[p + t]! + b * frame[q + t]! + c * frame[r + t]! + d * frame[s + t]!;
    }
    if (factor) {
      factor[i * count + j]! += a;
      factor[(i + 1) * count + j]! += b;
      factor[(i + 2) * count + j]! += c;
      factor[(i + 3) * count + j]! += d;
    }
  }
  for (; i < j; i++) {
    const p = i * size;
    let a = 0;
    for (let t = 0; t < size; t++) a += frame[v + t]! * frame[p + t]!;
    for (let t = 0; t < size; t++) frame[v + t]! -= a * frame[p + t]!;
    if (factor) factor[i * count + j]! += a;
  }
}
