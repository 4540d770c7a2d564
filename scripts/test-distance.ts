/** The largest absolute difference between a tensor and nested numbers; infinite when sizes differ or one is NaN. */
export function distance(actual: { dataSync(): ArrayLike<number> }, expected: unknown): number {
  const want = (expected as number[]).flat(9) as number[];
  const got = actual.dataSync();
  if (got.length !== want.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (const [i, value] of want.entries()) {
    const gap = Math.abs(got[i]! - value);
    worst = Number.isNaN(gap) ? Number.POSITIVE_INFINITY : Math.max(worst, gap);
  }
  return worst;
}
