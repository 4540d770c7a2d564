/**
 * The largest eigenvalue of a symmetric matrix, and nothing else: Householder reduction to tridiagonal form without
 * vectors (4n³/3 operations), then bisection on Sturm's count of eigenvalues above a point. Several times faster than
 * the whole spectrum, and with the same backward error of about n·ε·‖S‖.
 *
 * Golub and Van Loan, Matrix Computations, sections 8.3.1 and 8.4.1.
 *
 * @param S row by row, n x n; overwritten. Only symmetric matrices make sense, and nothing is checked.
 */
export function largestEigenvalue(S: Float64Array, n: number): number {
  const { diagonal, squares } = tridiagonalise(S, n);
  // Gershgorin: every eigenvalue lies within these.
  let low = -Infinity;
  let high = -Infinity;
  for (let i = 0; i < n; i++) {
    const reach = Math.sqrt(squares[i]!) + Math.sqrt(squares[i + 1]!);
    low = Math.max(low, diagonal[i]!); // a Rayleigh quotient
    high = Math.max(high, diagonal[i]! + reach);
  }
  // Halved until no number lies between.
  for (;;) {
    const middle = low + (high - low) / 2;
    if (!(middle > low && middle < high)) return high;
    if (allBelow(diagonal, squares, middle)) high = middle;
    else low = middle;
  }
}

/** Whether T - xI has only negative pivots, that is, no eigenvalue of T reaches x. */
function allBelow(diagonal: Float64Array, squares: Float64Array, x: number): boolean {
  let pivot = -1;
  for (let i = 0; i < diagonal.length; i++) {
    pivot = diagonal[i]! - x - squares[i]! / pivot;
    if (!(pivot < 0)) return false;
  }
  return true;
}

/** The diagonal of a similar tridiagonal matrix, and the squares of its off-diagonal between two zeros. */
function tridiagonalise(S: Float64Array, n: number): { diagonal: Float64Array; squares: Float64Array } {
  const diagonal = new Float64Array(n);
  const squares = new Float64Array(n + 1);
  const v = new Float64Array(n);
  const p = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    diagonal[k] = S[k * n + k]!;
    if (k === n - 1) break;
    let tail = 0;
    for (let i = k + 1; i < n; i++) {
      v[i] = S[k * n + i]!;
      if (i > k + 1) tail += v[i]! * v[i]!;
    }
    const first = v[k + 1]!;
    squares[k + 1] = first * first + tail;
    if (tail === 0) continue;
    // I - βvvᵀ takes the column below the diagonal to a multiple of the first unit vector.
    v[k + 1] = first + Math.sign(first || 1) * Math.sqrt(squares[k + 1]!);
    const beta = 2 / (v[k + 1]! * v[k + 1]! + tail);
    let along = 0;
    for (let i = k + 1; i < n; i++) {
      const row = i * n;
      let sum = 0;
      for (let j = k + 1; j < n; j++) sum += S[row + j]! * v[j]!;
      p[i] = beta * sum;
      along += p[i]! * v[i]!;
    }
    for (let i = k + 1; i < n; i++) p[i]! -= 0.5 * beta * along * v[i]!;
    for (let i = k + 1; i < n; i++) {
      const row = i * n;
      const vi = v[i]!;
      const pi = p[i]!;
      for (let j = k + 1; j < n; j++) S[row + j]! -= vi * p[j]! + pi * v[j]!;
    }
  }
  return { diagonal, squares };
}
