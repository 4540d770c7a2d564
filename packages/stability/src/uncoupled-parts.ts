import { Matrix } from 'ml-matrix';

/**
 * The parts of a matrix that share no row and no column: permuted, the matrix is block diagonal with them on the diagonal,
 * and its singular values are theirs, with zeros. Rows and columns of zeros are left out. In order of the entries.
 */
export function uncoupledParts(matrix: Matrix): Matrix[] {
  const { rows, columns } = matrix;
  const entries = matrix.to2DArray();
  // Rows are 0, ..., rows - 1, columns follow; `head` leads to one index of the part.
  const head = Int32Array.from({ length: rows + columns }, (_, i) => i);
  const find = (i: number): number => {
    let top = i;
    while (head[top] !== top) top = head[top]!;
    head[i] = top;
    return top;
  };
  entries.forEach((row, i) => {
    row.forEach((x, j) => {
      if (x !== 0) head[find(rows + j)] = find(i);
    });
  });
  const parts = new Map<number, { rows: number[]; columns: number[] }>();
  for (let i = 0; i < rows + columns; i++) {
    const top = find(i);
    const part = parts.get(top) ?? { rows: [], columns: [] };
    parts.set(top, part);
    if (i < rows) part.rows.push(i);
    else part.columns.push(i - rows);
  }
  return [...parts.values()]
    .filter((part) => part.rows.length > 0 && part.columns.length > 0)
    .map((part) => new Matrix(part.rows.map((i) => part.columns.map((j) => entries[i]![j]!))));
}
