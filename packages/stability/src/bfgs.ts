/** A function and a (sub)gradient at a point. */
export type Objective = (x: readonly number[]) => { value: number; gradient: readonly number[] };

/**
 * Lowers a function by BFGS with a weak Wolfe line search, which also works on nonsmooth convex functions such as a
 * largest singular value (Lewis and Overton 2013). Returns the best point seen; it stops when no step lowers the value.
 */
export function minimise(
  objective: Objective,
  { start, iterations }: { start: readonly number[]; iterations: number },
): number[] {
  const n = start.length;
  let x = [...start];
  let { value, gradient } = objective(x);
  const inverse = Array.from({ length: n }, (_, i) =>
    Float64Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)),
  );
  for (let iteration = 0; iteration < iterations; iteration++) {
    const direction = inverse.map((row) => -dot(row, gradient));
    const slope = dot(direction, gradient);
    if (!(slope < -1e-12 * Math.abs(value))) break;
    const found = wolfe(objective, { x, value, slope, direction });
    if (found === undefined) break;
    const s = found.x.map((xi, i) => xi - x[i]!);
    const y = found.gradient.map((g, i) => g - gradient[i]!);
    const curvature = dot(s, y);
    if (curvature > 1e-14 * dot(y, y)) update(inverse, { s, y, curvature, first: iteration === 0 });
    const drop = value - found.value;
    ({ x, value, gradient } = found);
    if (drop <= 1e-6 * Math.abs(value)) break;
  }
  return x;
}

interface Search {
  readonly x: readonly number[];
  readonly value: number;
  readonly slope: number;
  readonly direction: readonly number[];
}

/** A step with sufficient decrease and, when bisection reaches it, a flatter slope. */
function wolfe(objective: Objective, { x, value, slope, direction }: Search) {
  let low = 0;
  let high = Infinity;
  let step = Math.min(1, 1 / Math.max(...direction.map(Math.abs)));
  let best: { x: number[]; value: number; gradient: readonly number[] } | undefined;
  for (let trial = 0; trial < 25; trial++) {
    const point = x.map((xi, i) => xi + step * direction[i]!);
    const there = objective(point);
    if (!(there.value <= value + 1e-4 * step * slope)) high = step;
    else {
      if (best === undefined || there.value < best.value) best = { x: point, ...there };
      if (dot(there.gradient, direction) >= 0.9 * slope) break;
      low = step;
    }
    step = high < Infinity ? (low + high) / 2 : 2 * low;
  }
  return best;
}

/** The BFGS update of the inverse Hessian; the first one also sets its scale. */
function update(
  H: Float64Array[],
  { s, y, curvature, first }: { s: number[]; y: number[]; curvature: number; first: boolean },
): void {
  if (first) {
    const scale = curvature / dot(y, y);
    H.forEach((row, i) => {
      row[i] = scale;
    });
  }
  const Hy = H.map((row) => dot(row, y));
  const factor = (1 + dot(y, Hy) / curvature) / curvature;
  H.forEach((row, i) => {
    for (let j = 0; j < row.length; j++) {
      row[j] = row[j]! + factor * s[i]! * s[j]! - (Hy[i]! * s[j]! + s[i]! * Hy[j]!) / curvature;
    }
  });
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
