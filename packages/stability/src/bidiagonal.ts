/** M = U B Vᵀ with B upper bidiagonal: `diagonal`, and `beside` above it. Columns of U and V as arrays, when asked for. */
export interface Bidiagonal {
  readonly diagonal: Float64Array;
  readonly beside: Float64Array;
  readonly U?: Float64Array[];
  readonly V?: Float64Array[];
}

/** I - beta v vᵀ, v in the entries from `from` on. */
interface Reflector {
  readonly from: number;
  readonly v: Float64Array;
  readonly beta: number;
}

/**
 * Householder bidiagonalisation. Golub and Van Loan, Matrix Computations (4th ed.), algorithm 5.4.2.
 *
 * @param columns of a matrix with at least as many rows as columns, entries of size 1 at most; overwritten.
 * @param vectors whether to form U (rows x columns) and V: about as much work again.
 */
export function bidiagonalise(columns: Float64Array[], { vectors }: { vectors: boolean }): Bidiagonal {
  const n = columns.length;
  const rows = columns[0]!.length;
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  const left: Reflector[] = [];
  const right: Reflector[] = [];
  const row = new Float64Array(n);
  const sums = new Float64Array(rows);
  for (let k = 0; k < n; k++) {
    const column = columns[k]!;
    const { alpha, reflector } = reflectorOf(column, k);
    diagonal[k] = alpha;
    if (reflector !== undefined) {
      for (let j = k + 1; j < n; j++) reflect(columns[j]!, reflector);
      if (vectors) left.push(reflector);
    }
    if (k + 1 >= n) break;
    for (let j = k + 1; j < n; j++) row[j] = columns[j]![k]!;
    const across = reflectorOf(row, k + 1);
    beside[k] = across.alpha;
    if (across.reflector === undefined) continue;
    const { v, beta } = across.reflector;
    sums.fill(0);
    for (let j = k + 1; j < n; j++) {
      const [vj, source] = [v[j]!, columns[j]!];
      for (let i = k + 1; i < rows; i++) sums[i] = sums[i]! + vj * source[i]!;
    }
    for (let j = k + 1; j < n; j++) {
      const [factor, target] = [beta * v[j]!, columns[j]!];
      for (let i = k + 1; i < rows; i++) target[i] = target[i]! - factor * sums[i]!;
    }
    if (vectors) right.push(across.reflector);
  }
  if (!vectors) return { diagonal, beside };
  return { diagonal, beside, U: formed(left, n, rows), V: formed(right, n, n) };
}

/** The reflector that takes entries from `from` on to (alpha, 0, ..., 0); none when they have that form already. */
function reflectorOf(x: Float64Array, from: number): { alpha: number; reflector?: Reflector } {
  let largest = 0;
  for (let i = from + 1; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]!));
  if (largest === 0) return { alpha: x[from]! };
  const scale = Math.max(largest, Math.abs(x[from]!)); // or squares of small entries would vanish
  const v = new Float64Array(x.length);
  let tail = 0;
  for (let i = from; i < x.length; i++) {
    v[i] = x[i]! / scale;
    if (i > from) tail += v[i]! * v[i]!;
  }
  const first = v[from]!;
  const signed = Math.sqrt(first * first + tail) * (first < 0 ? -1 : 1);
  v[from] = first + signed;
  return { alpha: -signed * scale, reflector: { from, v, beta: 2 / (v[from]! * v[from]! + tail) } };
}

function reflect(x: Float64Array, { from, v, beta }: Reflector): void {
  let dot = 0;
  for (let i = from; i < x.length; i++) dot += v[i]! * x[i]!;
  if (dot === 0) return;
  dot *= beta;
  for (let i = from; i < x.length; i++) x[i] = x[i]! - dot * v[i]!;
}

/** The first `count` columns of the product of the reflectors. */
function formed(reflectors: readonly Reflector[], count: number, size: number): Float64Array[] {
  const columns = Array.from({ length: count }, (_, j) => {
    const column = new Float64Array(size);
    column[j] = 1;
    return column;
  });
  for (const reflector of [...reflectors].reverse()) for (const column of columns) reflect(column, reflector);
  return columns;
}
