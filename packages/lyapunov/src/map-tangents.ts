import { LyapunovError } from './errors.js';
import { copyMatrix, copyVector, describe, plain } from './numeric-input.js';
import type { InPlaceSystem, JacobianLike, MapSystem } from './system.js';
import { tangentProduct } from './tangent-product.js';

/** The `advance` of a map given by `step` and `jacobian` or `jvp`. */
export function mapTangents(
  system: MapSystem,
  stateSize: number,
  tangentSize: number,
  where: string,
): InPlaceSystem['advance'] {
  const push = tangentPush(tangentSize, where);
  return (state, input, tangents, count) => {
    // Fresh plain arrays for each: the user's functions may change or keep them, and may use any array method.
    if (count > 0) {
      const current = plain(state);
      const drive = plain(input);
      if (system.jvp) push.many((views) => system.jvp!(current, drive, views), tangents, count);
      else push.matrix(system.jacobian!(current, drive), tangents, count);
    }
    const next = system.step(plain(state), plain(input));
    if (!copyVector(next, state)) {
      throw new LyapunovError(
        where,
        `step to return ${stateSize} numbers`,
        describe(next),
        'Return the next state, as long as the state.',
      );
    }
  };
}

/** The `jacobian` of a map, checked and row-major. */
export function jacobianOf(
  system: MapSystem,
  size: number,
  where: string,
): (state: Float64Array, input: ArrayLike<number>) => Float64Array {
  return (state, input) => {
    const matrix = new Float64Array(size * size);
    readJacobian(system.jacobian!(plain(state), plain(input)), size, matrix, where);
    return matrix;
  };
}

function readJacobian(value: JacobianLike, size: number, into: Float64Array, where: string): void {
  if (copyMatrix(value, size, size, into)) return;
  throw new LyapunovError(
    where,
    `jacobian to return a ${size} x ${size} matrix`,
    describe(value),
    'Row i is the gradient of component i with respect to the state.',
  );
}

/** Applies what users' `jacobian` and `jvp` return to a block of tangent vectors, in place, after checking shapes. */
export function tangentPush(size: number, where: string) {
  const jacobian = new Float64Array(size * size);
  let product = new Float64Array(0);
  return {
    matrix(value: JacobianLike, tangents: Float64Array, count: number): void {
      readJacobian(value, size, jacobian, where);
      if (product.length < count * size) product = new Float64Array(count * size);
      tangentProduct(jacobian, tangents, product, count, size);
      tangents.set(product.length === count * size ? product : product.subarray(0, count * size));
    },
    many(jvp: (views: Float64Array[]) => unknown, tangents: Float64Array, count: number): void {
      const views = Array.from({ length: count }, (_, j) => tangents.slice(j * size, (j + 1) * size));
      const result = jvp(views);
      if (!copyMatrix(result, count, size, tangents.subarray(0, count * size))) {
        throw new LyapunovError(
          where,
          `jvp to return ${count} vectors of ${size} numbers`,
          describe(result),
          'Return J v for each tangent vector v, in the same order.',
        );
      }
    },
  };
}
