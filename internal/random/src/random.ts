/** Reproducible random numbers: mulberry32, and Box-Muller for normal ones. */
export function generator(seed: number): { uniform(): number; normal(): number } {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** Rows of normal numbers times `scale`. */
export function gaussian(
  rows: number,
  columns: number,
  { normal, scale = 1 }: { normal: () => number; scale?: number },
): number[][] {
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => scale * normal()));
}
