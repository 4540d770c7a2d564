/** How far a vector of a partial frame is turned away from its coordinate axis. */
const NUDGE = 1e-3;

interface Incomplete {
  /** Orthonormal vectors of `size` numbers, one after the other, and zeros in the place of lost ones. */
  frame: Float64Array;
  size: number;
  /** The positions of the lost ones. */
  lost: readonly number[];
  /** Makes a frame orthonormal, and says which vectors became zero. May return another array for it. */
  orthonormalise(frame: Float64Array): { frame: Float64Array; lost: readonly number[] };
}

/**
 * Puts fresh directions in the place of lost ones, behind all others, so that no factorisation to come takes them out of
 * vectors that are left of the old frame. Returns the old position of each vector.
 */
export function completeFrame({ frame, size, lost, orthonormalise }: Incomplete): number[] {
  const count = frame.length / size;
  const missing = new Set(lost);
  const kept = Array.from({ length: count }, (_, j) => j).filter((j) => !missing.has(j));
  const order = [...kept, ...lost];
  let current: Float64Array = new Float64Array(frame.length);
  for (const [to, from] of kept.entries()) {
    current.set(frame.subarray(from * size, (from + 1) * size), to * size);
  }
  let open: readonly number[] = lost.map((_, i) => kept.length + i);
  // Two axes that are covered least may have the same rest; then one of them is lost, and another axis has its turn.
  for (let before = count + 1; open.length > 0 && open.length < before; ) {
    before = open.length;
    fillWithAxes(current, size, open);
    const result = orthonormalise(current);
    open = result.lost;
    current = result.frame;
  }
  return order;
}

/**
 * Writes unit vectors into the given positions: the coordinate axes that the other vectors cover least. In a partial
 * frame they are turned a little, the same way every time, since an axis can stay in an invariant coordinate subspace
 * (the Jacobians of uncoupled units are diagonal) and miss the leading exponents.
 */
export function fillWithAxes(frame: Float64Array, size: number, positions: readonly number[]): void {
  const covered = new Float64Array(size);
  const open = new Set(positions);
  for (let j = 0; j < frame.length / size; j++) {
    const column = j * size;
    if (open.has(j)) frame.fill(0, column, column + size);
    else for (let t = 0; t < size; t++) covered[t]! += frame[column + t]! ** 2;
  }
  // To six digits: rounding is no reason to leave the order of the axes.
  for (const [t, sum] of covered.entries()) covered[t] = Math.round(1e6 * sum);
  const axes = Array.from(covered, (_, t) => t).sort((a, b) => covered[a]! - covered[b]! || a - b);
  const partial = frame.length < size * size;
  for (const [i, j] of positions.entries()) {
    frame[j * size + axes[i]!] = 1;
    if (!partial) continue;
    // The golden-ratio sequence: cheap, fixed, and without linear relations between the vectors.
    for (let t = j * size; t < (j + 1) * size; t++) {
      frame[t]! += NUDGE * (2 * (((t + 1) * 0.6180339887498949) % 1) - 1);
    }
  }
}
