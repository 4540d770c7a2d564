/** Seeded normal numbers (mulberry32 and Box–Muller), so that every test sees the same weights. */
export function normals(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

export function normalMatrix(rows: number, columns: number, scale: number, normal: () => number): number[][] {
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => scale * normal()));
}

export const multiply = (M: readonly (readonly number[])[], v: ArrayLike<number>): number[] =>
  M.map((row) => row.reduce((sum, w, j) => sum + w * v[j]!, 0));
