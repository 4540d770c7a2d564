/** A vector whose norm leaves this range is rescaled before its squares can overflow or vanish. */
const SMALL = 1e-100;
const LARGE = 1e100;

/** A projection that leaves less than this fraction is repeated: rounding may have left the rest oblique. */
const REPEAT_BELOW = 0.1;

/** What is left of a vector in the span of those before it goes on shrinking with every projection, to below this. */
const ZERO_BELOW = 1e-300;

/** The least square that has all its digits. */
const LEAST_SQUARE = 2 ** -1022;

/** Relative error of a row of `size` numbers in one factorisation: as many roundings as its sums make, in squares. */
export const roundingOf = (size: number, epsilon = Number.EPSILON): number =>
  epsilon * (4 + 2 * Math.sqrt(size));

/** What one factorisation tells, one entry per vector; allocated once and filled again by every call. */
export interface Factorisation {
  /** In: growth not yet accounted for. Out: that plus log R_jj; -Infinity for a vector in the span of those before. */
  readonly growth: Float64Array;
  /** 1 where R_jj is no larger than its own rounding error. */
  readonly unresolved: Uint8Array;
  /** R, row-major, zero below the diagonal, where it is wanted. */
  readonly factor?: Float64Array;
  /** Scratch: (amplification of rounding / R_ii)² of each direction. */
  readonly variance: Float64Array;
  /** Scratch: squared norms of the rows. */
  readonly rows: Float64Array;
}

export function newFactorisation(count: number, size: number, withFactor = false): Factorisation {
  return {
    growth: new Float64Array(count),
    unresolved: new Uint8Array(count),
    factor: withFactor ? new Float64Array(count * count) : undefined,
    variance: new Float64Array(count),
    rows: new Float64Array(size),
  };
}

/**
 * QR factorisation in place, for the growth of a tangent frame: the vectors, one after the other, become orthonormal, or
 * zero where they are lost; R has a positive diagonal, or zeros there.
 *
 * Modified Gram–Schmidt in groups of four, repeated where cancellation calls for it (Daniel, Gragg, Kaufman and
 * Stewart 1976), so what is left of the frame is orthonormal to rounding. A vector that lies in the span of those before it becomes
 * zero. It then stays zero under every Jacobian and takes part in no later projection, so the other exponents are
 * what they would be without it.
 *
 * After several steps without QR (`single` false) rounding alone can align vectors. Then only what is certain counts
 * as lost: a zero vector, or more vectors than rows that are not zero. Any other gets a fresh direction and growth at
 * the level of rounding.
 *
 * Rounding leaves an error of about eps times its norm in every row. Along direction q that is ε(q), so q_i is turned
 * towards q by ε(q) / R_ii, which the projections hand on to vector j with weight R_ij. Summed in squares, since
 * rounding errors are nearly independent, this is what R_jj is compared with.
 *
 * Returns false when a vector is not finite.
 */
export function orthonormalise(frame: Float64Array, result: Factorisation, single = true): boolean {
  const { growth, unresolved, variance, rows, factor } = result;
  const count = growth.length;
  const size = rows.length;
  factor?.fill(0);
  for (let j = 0; j < count; j++) {
    const scale = keepVectorInRange(frame, j * size, size);
    if (!Number.isFinite(scale)) return false;
    if (scale !== 1) growth[j]! += Math.log(scale);
    // Waits on the diagonal until column j of R is known for the scaled vector.
    if (factor) factor[j * count + j] = scale;
  }
  const shift = growth.reduce((largest, value) => Math.max(largest, value), Number.NEGATIVE_INFINITY);
  squaredRowNorms(frame, growth, shift, rows);
  const rounding = roundingOf(size);
  let room = rows.reduce((count, row) => count + (row > 0 ? 1 : 0), 0);

  for (let j = 0; j < count; j++) {
    const column = j * size;
    // What one unit of the vector as it is now was at the start.
    let scale = factor ? factor[j * count + j]! : 1;
    let weight = growth[j] === shift ? 1 : Math.exp(growth[j]! - shift);
    let original = norm(frame, column, size);
    // Where those before span all rows that are not zero, nothing is left.
    let residual = room > 0 ? original : 0;
    let inherited = 0;
    if (factor) factor[j * count + j] = 0;
    for (let previous = residual; j > 0 && residual > 0; previous = residual) {
      inherited += project(frame, j, size, result, scale);
      residual = norm(frame, column, size);
      if (residual >= REPEAT_BELOW * previous) break;
      if (residual >= SMALL) continue;
      // Its squares lose digits: everything that is measured by this vector changes its unit.
      const part = keepVectorInRange(frame, column, size);
      residual = norm(frame, column, size);
      if (residual === 0 || part < ZERO_BELOW * original) {
        residual = 0;
      } else {
        growth[j]! += Math.log(part);
        scale *= part;
        original /= part;
        weight *= part;
        inherited /= part * part;
      }
    }
    if (residual === 0 && original > 0 && !single && room > 0) {
      freshDirection(frame, j, result);
      residual = rounding * original;
      for (let t = column; t < column + size; t++) frame[t]! *= residual;
    }
    if (factor) factor[j * count + j] = residual * scale;
    if (residual === 0) {
      frame.fill(0, column, column + size);
      growth[j] = Number.NEGATIVE_INFINITY;
      unresolved[j] = 1;
      variance[j] = 0;
      continue;
    }
    room--;
    growth[j]! += Math.log(residual);
    const inverse = 1 / residual;
    for (let t = column; t < column + size; t++) frame[t]! *= inverse;
    const amplification = 1 + weight * weight * inherited;
    const size2 = (weight * residual) ** 2;
    // Not a number where the range of float64 does not tell, which counts as unresolved.
    unresolved[j] = size2 > rounding ** 2 * amplification * rowNormAlong(frame, column, rows) ? 0 : 1;
    variance[j] = amplification / size2;
  }
  return true;
}

/** Replaces vector `j` by a unit vector orthogonal to those before it, from the axis that they cover least. */
function freshDirection(frame: Float64Array, j: number, result: Factorisation): void {
  const size = result.rows.length;
  let axis = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let t = 0; t < size; t++) {
    if (result.rows[t] === 0) continue;
    let covered = 0;
    for (let i = 0; i < j; i++) covered += frame[i * size + t]! ** 2;
    if (covered < least) {
      least = covered;
      axis = t;
    }
  }
  const column = j * size;
  frame.fill(0, column, column + size);
  frame[column + axis] = 1;
  for (let pass = 0; pass < 2; pass++) {
    project(frame, j, size, { ...result, factor: undefined }, 1);
    const length = norm(frame, column, size);
    for (let t = column; t < column + size; t++) frame[t]! /= length;
  }
}

/**
 * Squared norms of the rows of the frame, with vector j counted exp(growth_j - shift) times; not below the range of
 * float64, unless the row is zero.
 */
function squaredRowNorms(frame: Float64Array, growth: Float64Array, shift: number, rows: Float64Array): void {
  const size = rows.length;
  rows.fill(0);
  for (let j = 0; j < growth.length; j++) {
    const weight = growth[j] === shift ? 1 : Math.exp(2 * (growth[j]! - shift));
    for (let t = 0; t < size; t++) {
      const x = frame[j * size + t]!;
      rows[t]! += weight * x * x;
    }
  }
  for (let t = 0; t < size; t++)
    if (rows[t]! < LEAST_SQUARE && !isZeroRow(frame, t, size)) rows[t] = LEAST_SQUARE;
}

function isZeroRow(frame: Float64Array, row: number, size: number): boolean {
  for (let at = row; at < frame.length; at += size) if (frame[at] !== 0) return false;
  return true;
}

/** Σ_t rows_t q_t² */
function rowNormAlong(frame: Float64Array, start: number, rows: Float64Array): number {
  let sum = 0;
  for (let t = 0; t < rows.length; t++) {
    const q = frame[start + t]!;
    sum += rows[t]! * q * q;
  }
  return sum;
}

/**
 * Keeps vectors that wait for their QR inside the range of float64: a vector whose norm left [1e-100, 1e100] is
 * divided by its largest entry, and the logarithm goes to `growth`. Exact for the exponents, because R_jj scales with
 * vector j. Returns false when a vector is not finite.
 */
export function keepInRange(frame: Float64Array, size: number, growth: Float64Array): boolean {
  for (let j = 0; j < growth.length; j++) {
    const scale = keepVectorInRange(frame, j * size, size);
    if (!Number.isFinite(scale)) return false;
    if (scale !== 1) growth[j]! += Math.log(scale);
  }
  return true;
}

/** What the vector was divided by: 1 when it was in range or zero, not finite when it is not. */
function keepVectorInRange(frame: Float64Array, start: number, size: number): number {
  const length = norm(frame, start, size);
  if (length >= SMALL && length <= LARGE) return 1;
  let largest = 0;
  // Math.max keeps NaN.
  for (let t = start; t < start + size; t++) largest = Math.max(largest, Math.abs(frame[t]!));
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

/**
 * Subtracts from vector `j` its projections on the vectors before it, four at a time, and adds them, times `scale`, to
 * column j of R.
 * Returns Σ R_ij² variance_i, the share of rounding errors that the directions before it bring in.
 */
function project(frame: Float64Array, j: number, size: number, result: Factorisation, scale: number): number {
  const { variance, factor } = result;
  const count = variance.length;
  const v = j * size;
  let inherited = 0;
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
    inherited +=
      a * a * variance[i]! + b * b * variance[i + 1]! + c * c * variance[i + 2]! + d * d * variance[i + 3]!;
    if (factor) {
      factor[i * count + j]! += scale * a;
      factor[(i + 1) * count + j]! += scale * b;
      factor[(i + 2) * count + j]! += scale * c;
      factor[(i + 3) * count + j]! += scale * d;
    }
  }
  for (; i < j; i++) {
    const p = i * size;
    let a = 0;
    for (let t = 0; t < size; t++) a += frame[v + t]! * frame[p + t]!;
    for (let t = 0; t < size; t++) frame[v + t]! -= a * frame[p + t]!;
    inherited += a * a * variance[i]!;
    if (factor) factor[i * count + j]! += scale * a;
  }
  return inherited;
}
