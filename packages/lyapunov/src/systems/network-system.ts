import type { FlatNetwork } from '@hurwitz/network';
import { plain } from '../numeric-input.js';
import type { InPlaceSystem } from '../system.js';
import { tangentProduct } from '../tangent-product.js';

/** A map in place for speed, and with the plain methods of a map. */
export interface SteppedSystem extends InPlaceSystem {
  readonly dimension: number;
  step(state: ArrayLike<number>, input: ArrayLike<number>): Float64Array;
  /** Jacobian as rows, [m][m]. */
  jacobian(state: ArrayLike<number>, input: ArrayLike<number>): number[][];
}

/** A network as a system. */
export interface NetworkSystem extends SteppedSystem {
  readonly network: FlatNetwork;
}

/** Replaces a state by its successor and, when asked, fills the row-major Jacobian at the old state. */
type Linearise = (state: Float64Array, input: ArrayLike<number>, jacobian: Float64Array | undefined) => void;

/** The system of a network, from one function. */
export function networkSystem(network: FlatNetwork, linearise: Linearise): NetworkSystem {
  const { family, units } = network;
  const dimension = family === 'lstm' ? 2 * units : units;
  const tangentDimension = family === 'lstm' && network.hiddenOnly ? units : dimension;
  return { ...steppedSystem({ dimension, tangentDimension }, linearise), network };
}

/** The system of any map, from one function. */
export function steppedSystem(
  { dimension, tangentDimension: m }: { dimension: number; tangentDimension: number },
  linearise: Linearise,
): SteppedSystem {
  const jacobian = new Float64Array(m * m);
  let product = new Float64Array(0);
  return {
    dimension,
    tangentDimension: m,
    advance(state, input, tangents, count) {
      linearise(state, input, count > 0 ? jacobian : undefined);
      if (count === 0) return;
      if (product.length !== count * m) product = new Float64Array(count * m);
      tangentProduct(jacobian, tangents, product, count, m);
      tangents.set(product);
    },
    step(state, input) {
      const next = Float64Array.from(state);
      linearise(next, input, undefined);
      return next;
    },
    jacobian(state, input) {
      linearise(Float64Array.from(state), input, jacobian);
      return Array.from({ length: m }, (_, i) => plain(jacobian.subarray(i * m, (i + 1) * m)));
    },
  };
}
