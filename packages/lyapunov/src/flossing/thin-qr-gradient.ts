/** Sizes of a batch of frames: k vectors of m numbers each. */
export interface FrameShape {
  readonly count: number;
  readonly size: number;
}

/** What the adjoint of one QR takes, all row-major; vectors are rows. */
export interface QRCotangents {
  /** Q: k orthonormal vectors. */
  readonly frame: Float64Array;
  /** R [k, k], upper triangular. */
  readonly factor: Float64Array;
  /** Cotangent of each vector of Q. */
  readonly onFrame: Float64Array;
  /** Cotangent of each log R_jj. */
  readonly onGrowth: Float64Array;
}

/**
 * Adjoint of the thin QR factorisation A = Q R with cotangents on Q and on log R_jj:
 *
 *     Ā = (Q̄ + Q C) R⁻ᵀ,   C = the lower triangle of diag(ḡ) - Q̄ᵀQ, mirrored
 *
 * which is Ā = (Q̄ + Q copyltu(M)) R⁻ᵀ with M = R R̄ᵀ - Q̄ᵀQ (Walter and Lehmann, Algorithmic differentiation of linear
 * algebra functions, 2012; Roberts and Roberts, QR and LQ decomposition matrix backpropagation, 2020) where R̄ is
 * diagonal, R̄_jj = ḡ_j / R_jj. Holds for k <= m and full column rank. Overwrites and returns `onFrame`; k² m
 * multiplications for each of its three parts.
 */
export function thinQRGradient(
  { frame, factor, onFrame, onGrowth }: QRCotangents,
  { count, size }: FrameShape,
): Float64Array {
  const row = (vectors: Float64Array, j: number) => vectors.subarray(j * size, (j + 1) * size);
  const C = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      const value = (i === j ? onGrowth[i]! : 0) - dot(row(onFrame, i), row(frame, j));
      C[i * count + j] = value;
      C[j * count + i] = value;
    }
  }
  for (let j = 0; j < count; j++) {
    for (let i = 0; i < count; i++) addScaled(row(onFrame, j), C[i * count + j]!, row(frame, i));
  }
  for (let i = count - 1; i >= 0; i--) {
    const target = row(onFrame, i);
    for (let j = i + 1; j < count; j++) addScaled(target, -factor[i * count + j]!, row(onFrame, j));
    const inverse = 1 / factor[i * count + i]!;
    for (let t = 0; t < size; t++) target[t]! *= inverse;
  }
  return onFrame;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let t = 0; t < a.length; t++) sum += a[t]! * b[t]!;
  return sum;
}

function addScaled(target: Float64Array, factor: number, source: Float64Array): void {
  for (let t = 0; t < target.length; t++) target[t]! += factor * source[t]!;
}
