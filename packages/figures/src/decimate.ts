/**
 * Indices of a curve that still draw the same picture: of each run of points inside one pixel column only the first,
 * the lowest, the highest and the last (Jugel et al., M4, VLDB 2014). Positions are in pixels; x need not be sorted.
 */
export function decimateColumns(x: readonly number[], y: readonly number[]): number[] {
  const kept: number[] = [];
  let start = 0;
  while (start < x.length) {
    const column = Math.floor(x[start]!);
    let [lowest, highest, end] = [start, start, start];
    for (let i = start; i < x.length && Math.floor(x[i]!) === column; i++) {
      if (y[i]! < y[lowest]!) lowest = i;
      if (y[i]! > y[highest]!) highest = i;
      end = i;
    }
    kept.push(...[...new Set([start, lowest, highest, end])].sort((a, b) => a - b));
    start = end + 1;
  }
  return kept;
}

/**
 * Indices of a path in the plane that stay within `tolerance` of the whole path; both ends stay (Ramer, 1972; Douglas and
 * Peucker, 1973, with a list in place of recursion).
 */
export function decimatePath(points: readonly (readonly [number, number])[], tolerance: number): number[] {
  const kept = new Set([0, points.length - 1]);
  const ranges: [number, number][] = [[0, points.length - 1]];
  for (let range = ranges.pop(); range; range = ranges.pop()) {
    const [first, last] = range;
    let [farthest, largest] = [first, tolerance];
    for (let i = first + 1; i < last; i++) {
      const distance = distanceToSegment(points[i]!, points[first]!, points[last]!);
      if (distance > largest) [farthest, largest] = [i, distance];
    }
    if (farthest === first) continue;
    kept.add(farthest);
    ranges.push([first, farthest], [farthest, last]);
  }
  return [...kept].sort((a, b) => a - b);
}

type Position = readonly [number, number];

function distanceToSegment([x, y]: Position, [x0, y0]: Position, [x1, y1]: Position): number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length2 = dx * dx + dy * dy;
  const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length2));
  return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
}
