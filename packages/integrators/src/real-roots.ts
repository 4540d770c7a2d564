/**
 * The first x > 0 where the real polynomial (coefficients by ascending power, constant term 0) passes from at
 * most zero to above; 0 when it is positive just right of 0, `Infinity` when it never is.
 */
export function firstUpwardCrossing(coefficients: readonly number[]): number {
  const lowest = coefficients.findIndex((coefficient) => coefficient !== 0);
  if (lowest < 0) return Number.POSITIVE_INFINITY;
  if (coefficients[lowest]! > 0) return 0;
  // Division by the lowest power leaves the signs for x > 0 and takes the root at 0 away.
  const reduced = coefficients.slice(lowest);
  const end = rootBound(reduced);
  const points = [0, ...turningPoints(reduced, end), end];
  for (let i = 1; i < points.length; i++) {
    // Touching zero from below within rounding is no crossing.
    if (evaluate(reduced, points[i]!) > 8 * Number.EPSILON * magnitude(reduced, points[i]!)) {
      return crossing(reduced, points[i - 1]!, points[i]!);
    }
  }
  return Number.POSITIVE_INFINITY;
}

/** Where the polynomial may turn within (0, end), ascending: the real roots of its derivative. */
function turningPoints(coefficients: readonly number[], end: number): number[] {
  if (coefficients.length <= 2) return [];
  const slope = coefficients.slice(1).map((coefficient, j) => coefficient * (j + 1));
  const points = [0, ...turningPoints(slope, end), end];
  const roots: number[] = [];
  for (let i = 1; i < points.length; i++) {
    const left = points[i - 1]!;
    const right = points[i]!;
    // Between two turning points of the slope there is at most one root of it; a double root is one of them.
    if (evaluate(slope, left) * evaluate(slope, right) < 0) roots.push(crossing(slope, left, right));
    if (i < points.length - 1) roots.push(right);
  }
  return roots.sort((a, b) => a - b);
}

/** Cauchy's bound: no root has a larger modulus. */
function rootBound(coefficients: readonly number[]): number {
  const top = coefficients.filter((coefficient) => coefficient !== 0).at(-1)!;
  return 1 + Math.max(...coefficients.map((coefficient) => Math.abs(coefficient / top)));
}

/** The root between two points of opposite sign, by bisection down to neighbouring floating-point numbers. */
function crossing(coefficients: readonly number[], left: number, right: number): number {
  const sign = Math.sign(evaluate(coefficients, right));
  let [low, high] = [left, right];
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return low;
    if (Math.sign(evaluate(coefficients, middle)) === sign) high = middle;
    else low = middle;
  }
}

function evaluate(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((value, coefficient) => value * x + coefficient, 0);
}

function magnitude(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((value, coefficient) => value * x + Math.abs(coefficient), 0);
}
