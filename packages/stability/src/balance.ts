/**
 * Scales a square matrix by a diagonal similarity D⁻¹ M D, D powers of 2, until its row and column norms are close, so
 * that eigenvalues of a badly scaled matrix keep their digits. Parlett and Reinsch 1969, with the 2-norm and the stopping
 * rule of James, Langou and Lowery 2014 (LAPACK's `dgebal` since 3.5). Exact: powers of 2 add no rounding.
 *
 * @param matrix row-major n x n entries; overwritten and returned.
 */
export function balance(matrix: Float64Array, n: number): Float64Array {
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = 0; i < n; i++) {
      let column = 0;
      let row = 0;
      for (let j = 0; j < n; j++) {
        if (j === i) continue;
        column = Math.hypot(column, matrix[j * n + i]!);
        row = Math.hypot(row, matrix[i * n + j]!);
      }
      if (column === 0 || row === 0) continue;
      const exponent = Math.max(-500, Math.min(500, Math.round(Math.log2(row / column) / 2)));
      const factor = 2 ** exponent;
      if (Math.hypot(column * factor, row / factor) >= 0.95 * Math.hypot(column, row)) continue;
      changed = true;
      for (let j = 0; j < n; j++) {
        matrix[j * n + i] = matrix[j * n + i]! * factor;
        matrix[i * n + j] = matrix[i * n + j]! / factor;
      }
    }
  }
  return matrix;
}
