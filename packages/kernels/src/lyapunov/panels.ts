/** Numbers in the memory: those of panels of `lanes` columns. */
export const numbersAt = (
  buffer: ArrayBufferLike,
  { at, length, lanes }: { at: number; length: number; lanes: number },
): Float32Array | Float64Array =>
  lanes === 8 ? new Float32Array(buffer, at, length) : new Float64Array(buffer, at, length);

/** Where a matrix of one or several gates goes: its rows in panels of `lanes` columns of its transpose. */
export interface PanelShape {
  units: number;
  /** Rows that each gate takes, padding included. */
  width: number;
  /** Columns of the panels' matrix; at least those of the source. */
  columns: number;
  /** 4 in float64, 8 in float32. */
  lanes: number;
}

/** Copies the row-major matrix `source`, [gates units, sourceColumns], into panels, which were zero before. */
export function packPanels(
  target: Float32Array | Float64Array,
  source: Float64Array,
  { units, width, columns, lanes }: PanelShape,
): void {
  const gates = target.length / (width * columns);
  const sourceColumns = source.length / (gates * units);
  for (let row = 0; row < gates * units; row++) {
    const place = Math.floor(row / units) * width + (row % units);
    const start = Math.floor(place / lanes) * columns * lanes + (place % lanes);
    for (let j = 0; j < sourceColumns; j++) target[start + j * lanes] = source[row * sourceColumns + j]!;
  }
}

/** The row-major transpose of the `rows` x `columns` matrix that starts at `offset`. */
export function transposed(
  source: Float64Array,
  offset: number,
  rows: number,
  columns: number,
): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[j * rows + i] = source[offset + i * columns + j]!;
  }
  return out;
}
