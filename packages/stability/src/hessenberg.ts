/**
 * Reduces a square matrix to upper Hessenberg form by Householder reflections, in place: H becomes Zᵀ H Z.
 * Golub and Van Loan, Matrix Computations (4th ed.), algorithm 7.4.2. 10/3 n³ flops, 14/3 n³ with Z.
 *
 * @param h row-major n x n matrix, overwritten.
 * @param n its size.
 * @param z row-major n x n matrix that is multiplied by Z from the right, or undefined when not wanted.
 */
export function reduceToHessenberg(h: Float64Array, n: number, z?: Float64Array): void {
  const v = new Float64Array(n);
  const w = new Float64Array(n);
  for (let k = 0; k < n - 2; k++) {
    let scale = 0;
    for (let i = k + 2; i < n; i++) scale = Math.max(scale, Math.abs(h[i * n + k]!));
    if (scale === 0) continue;
    scale = Math.max(scale, Math.abs(h[(k + 1) * n + k]!));
    let square = 0;
    for (let i = k + 1; i < n; i++) {
      const x = h[i * n + k]! / scale;
      v[i] = x;
      square += x * x;
    }
    const first = v[k + 1]!;
    const alpha = first > 0 ? -Math.sqrt(square) : Math.sqrt(square);
    const beta = 1 / (square - first * alpha); // 2 / vᵀv
    v[k + 1] = first - alpha;

    w.fill(0, k);
    for (let i = k + 1; i < n; i++) {
      const vi = v[i]!;
      for (let j = k, at = i * n + k; j < n; j++, at++) w[j] = w[j]! + vi * h[at]!;
    }
    for (let i = k + 1; i < n; i++) {
      const vi = beta * v[i]!;
      for (let j = k, at = i * n + k; j < n; j++, at++) h[at] = h[at]! - vi * w[j]!;
    }
    reflectFromRight(h, n, { v, beta, from: k + 1 });
    if (z !== undefined) reflectFromRight(z, n, { v, beta, from: k + 1 });
    h[(k + 1) * n + k] = alpha * scale;
    for (let i = k + 2; i < n; i++) h[i * n + k] = 0;
  }
}

/** M becomes M (I - beta v vᵀ), where v lives in the entries `from`, ..., n - 1. */
function reflectFromRight(
  m: Float64Array,
  n: number,
  { v, beta, from }: { v: Float64Array; beta: number; from: number },
): void {
  for (let i = 0; i < n; i++) {
    let dot = 0;
    for (let j = from, at = i * n + from; j < n; j++, at++) dot += m[at]! * v[j]!;
    dot *= beta;
    for (let j = from, at = i * n + from; j < n; j++, at++) m[at] = m[at]! - dot * v[j]!;
  }
}
