import type { StateSpace } from './state-space.js';
import { scaled } from './step.js';

const ITERATIONS = 12;

/**
 * The rate ρ of the mode that decays fastest at (t, h), where one dominates: the Jacobian's eigenvalue of largest
 * modulus, found by power iteration on differences of `f`, when it is near -ρ; `undefined` where the fastest
 * mode grows or turns. Good to about two digits; for messages, not for analysis.
 */
export function fastestDecay<S extends D, D>(
  space: StateSpace<S, D>,
  f: (t: number, h: S) => D,
  { t, h }: { t: number; h: S },
): number | undefined {
  return space.scope(() => {
    const size = (weights: readonly number[], vectors: readonly D[]) =>
      space.norm(weights, vectors, { rtol: 0, atol: 1, h, next: h });
    const here = f(t, space.combine(h, [], []));
    const delta = Math.sqrt(space.roundoff) * Math.max(1, size([1], [h]));
    let direction: { weights: number[]; vectors: D[] } = { weights: [1], vectors: [here] };
    let rate: number | undefined;
    for (let iteration = 0; iteration < ITERATIONS; iteration++) {
      const length = size(direction.weights, direction.vectors);
      if (!(length > 0 && Number.isFinite(length))) return undefined;
      const unit = direction.weights.map((weight) => weight / length);
      const { vectors } = direction;
      const nearby = space.combine(h, scaled(unit, delta), vectors);
      const ahead = f(t, nearby);
      const image = { weights: [1 / delta, -1 / delta], vectors: [ahead, here] };
      const growth = size(image.weights, image.vectors);
      if (!(growth > 0 && Number.isFinite(growth))) return undefined;
      const turned = size(
        [...unit, ...image.weights.map((weight) => weight / growth)],
        [...vectors, ...image.vectors],
      );
      rate = turned < 0.2 ? growth : undefined;
      direction = image;
    }
    return rate;
  });
}
