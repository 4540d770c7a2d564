import { type Complex, derivative, minus, over, plus, polynomial, times } from './complex.js';
import { IntegratorError } from './errors.js';
import { checkOptions } from './options.js';
import { stabilityPolynomial } from './stability-function.js';
import { assertTableau, type Tableau } from './tableau.js';

/** A phase step is halved down to this where two branches meet. */
const SHORTEST_PHASE_STEP = 1e-7;

/**
 * The boundary of the stability region {z : |R(z)| ≤ 1}: one closed curve for each of its components, the first
 * through z = 0, for plotting. Each is a list of points `{ re, im }`, counterclockwise, neighbours at most
 * `spacing` apart (also the last and the first, which is not repeated). The region is what the curves enclose.
 *
 * Method: on the boundary R(z) = exp(iφ). All roots z of that polynomial equation are followed together as φ runs
 * over a turn; a component that holds m roots of R is passed m times over by φ, so the paths join into closed
 * curves, and every component is found, since |R| ≤ 1 cannot have a component without a root of R
 * (the minimum principle).
 *
 * @throws {IntegratorError} when `spacing` is not within [1e-4, 1].
 */
export function stabilityBoundary(tableau: Tableau, options: { spacing?: number } = {}): Complex[][] {
  assertTableau('stabilityBoundary', tableau);
  checkOptions('stabilityBoundary', options, { spacing: true });
  const { spacing = 0.02 } = options;
  if (!(Number.isFinite(spacing) && spacing >= 1e-4 && spacing <= 1)) {
    throw new IntegratorError(
      'stabilityBoundary',
      'a spacing from 1e-4 to 1',
      String(spacing),
      'It is the largest distance of neighbouring points in the plane of z.',
    );
  }
  const equation = levelEquation(stabilityPolynomial(tableau));
  const start = equation.firstRoots();
  const paths = start.map((root) => [root]);
  let roots = start;
  let phase = 0;
  let stride = spacing;
  while (phase < 2 * Math.PI) {
    const target = Math.min(phase + stride, 2 * Math.PI);
    const next = equation.follow(roots, target);
    const moved = Math.max(...next.map((root, k) => distance(root, roots[k]!)));
    if (moved > spacing && stride > SHORTEST_PHASE_STEP) {
      stride /= 2;
      continue;
    }
    phase = target;
    roots = next;
    next.forEach((root, k) => {
      paths[k]!.push(root);
    });
    if (moved < spacing / 3) stride = Math.min(2 * stride, 0.1);
  }
  return join(paths, start, spacing);
}

/** The equation R(z) = exp(iφ), by the Aberth–Ehrlich iteration for all of its roots at once. */
function levelEquation(coefficients: readonly number[]) {
  const slope = derivative(coefficients);
  const degree = coefficients.length - 1;
  const follow = (from: readonly Complex[], phase: number): Complex[] => {
    const level = { re: Math.cos(phase), im: Math.sin(phase) };
    const roots = [...from];
    for (let sweep = 0; sweep < 200; sweep++) {
      let largest = 0;
      for (let k = 0; k < degree; k++) {
        const z = roots[k]!;
        const residual = minus(polynomial(coefficients, z), level);
        if (residual.re === 0 && residual.im === 0) continue;
        // Newton's correction, made to repel the other roots, so that no two paths end in one.
        const repulsion = roots.reduce<Complex>(
          (sum, other, j) => (j === k ? sum : plus(sum, over({ re: 1, im: 0 }, minus(z, other)))),
          { re: 0, im: 0 },
        );
        const logarithmic = over(polynomial(slope, z), residual);
        const correction = over({ re: 1, im: 0 }, minus(logarithmic, repulsion));
        if (!Number.isFinite(correction.re) || !Number.isFinite(correction.im)) continue;
        roots[k] = minus(z, correction);
        largest = Math.max(largest, Math.hypot(correction.re, correction.im) / (1 + Math.hypot(z.re, z.im)));
      }
      if (largest < 1e-14) break;
    }
    return roots;
  };
  return {
    follow,
    firstRoots(): Complex[] {
      // One root is 0, as R(0) = 1; it starts there, the others on a circle turned off the real axis.
      const radius = Math.abs(1 / coefficients[degree]!) ** (1 / degree);
      const guesses = Array.from({ length: degree }, (_, k) => {
        const angle = (2 * Math.PI * k) / degree + 0.4;
        return k === 0
          ? { re: 0, im: 0 }
          : times({ re: radius, im: 0 }, { re: Math.cos(angle), im: Math.sin(angle) });
      });
      return follow(guesses, 0);
    },
  };
}

/** Closed curves from paths: each path ends where another one, or itself, began. */
function join(paths: Complex[][], start: readonly Complex[], spacing: number): Complex[][] {
  const used = new Set<number>();
  const curves: Complex[][] = [];
  for (let first = 0; first < paths.length; first++) {
    if (used.has(first)) continue;
    const curve: Complex[] = [];
    for (let k = first; !used.has(k); ) {
      used.add(k);
      const path = paths[k]!;
      curve.push(...path.slice(0, -1));
      const end = path.at(-1)!;
      k = start.reduce((best, root, j) => (distance(root, end) < distance(start[best]!, end) ? j : best), 0);
    }
    curves.push(thin(curve, spacing));
  }
  return curves;
}

/** Drops points that lie closer than the spacing asks for. */
function thin(curve: readonly Complex[], spacing: number): Complex[] {
  const kept = [curve[0]!];
  for (let i = 1; i < curve.length; i++) {
    const following = curve[(i + 1) % curve.length]!;
    if (distance(kept.at(-1)!, following) > spacing) kept.push(curve[i]!);
  }
  return kept;
}

function distance(a: Complex, b: Complex): number {
  return Math.hypot(a.re - b.re, a.im - b.im);
}
