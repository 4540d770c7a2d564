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
  const C = new Float64Array(count * count);
  const products = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const given = onFrame.subarray(i * size, (i + 1) * size);
    dots(given, frame, products.subarray(0, i + 1));
    for (let j = 0; j <= i; j++) {
      const value = (i === j ? onGrowth[i]! : 0) - products[j]!;
      C[i * count + j] = value;
      C[j * count + i] = value;
    }
  }
  for (let i = 0; i < count; i++) {
    const target = onFrame.subarray(i * size, (i + 1) * size);
    addCombination(target, frame, C.subarray(i * count, (i + 1) * count));
  }
  for (let i = count - 1; i >= 0; i--) {
    const target = onFrame.subarray(i * size, (i + 1) * size);
    const row = factor.subarray(i * count + i + 1, (i + 1) * count).map((entry) => -entry);
    addCombination(target, onFrame.subarray((i + 1) * size), row);
    const inverse = 1 / factor[i * count + i]!;
    for (let t = 0; t < size; t++) target[t]! *= inverse;
  }
  return onFrame;
}

/** out_j = <a, v_j> for the first vectors v_j, four at a time. */
function dots(a: Float64Array, vectors: Float64Array, out: Float64Array): void {
  const size = a.length;
  for (let j = 0; j < out.length; j += 4) {
    // Past the end, the last vector again: its product is not stored.
    const p = j * size;
    const q = Math.min(j + 1, out.length - 1) * size;
    const r = Math.min(j + 2, out.length - 1) * size;
    const s = Math.min(j + 3, out.length - 1) * size;
    let w = 0;
    let x = 0;
    let y = 0;
    let z = 0;
    for (let t = 0; t < size; t++) {
      const value = a[t]!;
      w += value * vectors[p + t]!;
      x += value * vectors[q + t]!;
      y += value * vectors[r + t]!;
      z += value * vectors[s + t]!;
    }
    out[j] = w;
    if (j + 1 < out.length) out[j + 1] = x;
    if (j + 2 < out.length) out[j + 2] = y;
    if (j + 3 < out.length) out[j + 3] = z;
  }
}

/** target += Σ_j weight_j v_j, four at a time. */
function addCombination(target: Float64Array, vectors: Float64Array, weights: Float64Array): void {
  const size = target.length;
  const count = weights.length;
  let j = 0;
  for (; j + 4 <= count; j += 4) {
    const p = j * size;
    const q = p + size;
    const r = q + size;
    const s = r + size;
    const [w, x, y, z] = [weights[j]!, weights[j + 1]!, weights[j + 2]!, weights[j + 3]!];
    for (let t = 0; t < size; t++) {
      target[t]! += w * vectors[p + t]! + x * vectors[q + t]! + y * vectors[r + t]! + z * vectors[s + t]!;
    }
  }
  for (; j < count; j++) {
    const weight = weights[j]!;
    for (let t = 0; t < size; t++) target[t]! += weight * vectors[j * size + t]!;
  }
}
