/** A dense float64 matrix as rows. */
export type Rows = Float64Array[];

/** Rows of a two-dimensional tensor, or of its transpose. */
export function rowsOf(
  values: ArrayLike<number>,
  [rows, columns]: readonly number[],
  transposed = false,
): Rows {
  const [height, width] = transposed ? [columns!, rows!] : [rows!, columns!];
  return Array.from({ length: height }, (_, i) =>
    Float64Array.from({ length: width }, (_, j) => values[transposed ? j * columns! + i : i * columns! + j]!),
  );
}

/** M v. */
export function apply(M: Rows, v: ArrayLike<number>): Float64Array {
  return Float64Array.from(M, (row) => {
    let sum = 0;
    for (let j = 0; j < row.length; j++) sum += row[j]! * v[j]!;
    return sum;
  });
}

/** M N. */
export function product(M: Rows, N: Rows): Rows {
  const width = N[0]!.length;
  return M.map((row) => {
    const out = new Float64Array(width);
    for (let k = 0; k < row.length; k++) {
      const factor = row[k]!;
      const other = N[k]!;
      if (factor !== 0) for (let j = 0; j < width; j++) out[j] = out[j]! + factor * other[j]!;
    }
    return out;
  });
}

/** target + factor · M, in place. */
export function accumulate(target: Rows, factor: number, M: Rows): void {
  for (const [i, row] of target.entries()) {
    for (let j = 0; j < row.length; j++) row[j] = row[j]! + factor * M[i]![j]!;
  }
}

/** scale · I. */
export function scaledIdentity(size: number, scale: number): Rows {
  return Array.from({ length: size }, (_, i) => {
    const row = new Float64Array(size);
    row[i] = scale;
    return row;
  });
}

/** Σ_k diag(d_k) M_k, the shape that the chain rule gives a gated step. */
export function diagonalSum(...terms: [d: ArrayLike<number>, M: Rows][]): Rows {
  const [[, first]] = terms as [(typeof terms)[0]];
  return first.map((row, i) =>
    Float64Array.from(row, (_, j) => terms.reduce((sum, [d, M]) => sum + d[i]! * M[i]![j]!, 0)),
  );
}

export const toArrays = (M: Rows): number[][] => M.map((row) => Array.from(row));
