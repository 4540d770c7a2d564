import { randomNormal, serialization, type Tensor, tensor2d, transpose } from '@tensorflow/tfjs-core';
import { initializers } from '@tensorflow/tfjs-layers';

/** The initializer type of tfjs-layers, which does not export it by name. */
export type Initializer = ReturnType<typeof initializers.zeros>;

/** A default initial value: how to draw a weight of the given shape; without a seed it differs at every call. */
export type Draw = (shape: number[], seed: number | undefined) => Tensor;

// tfjs takes a seed of 0 for none at all; half a unit further no integer is 0.
const streamOf = (seed: number | undefined) => (seed === undefined ? undefined : seed + 0.5);

export const zeros: Draw = (shape) => initializers.zeros().apply(shape);
export const ones: Draw = (shape) => initializers.ones().apply(shape);

/** Uniform in (-bound, bound). */
export const uniform =
  (bound: number): Draw =>
  (shape, seed) =>
    initializers.randomUniform({ minval: -bound, maxval: bound, seed: streamOf(seed) }).apply(shape);

/** Normal with mean 0. */
export const normal =
  (std: number): Draw =>
  (shape, seed) =>
    randomNormal(shape as [number, number], 0, std, 'float32', streamOf(seed));

export const glorotNormal: Draw = (shape, seed) =>
  initializers.glorotNormal({ seed: streamOf(seed) }).apply(shape);

/**
 * Uniformly distributed over the matrices [rows, columns] with orthonormal rows or columns, whichever are fewer: Gram–Schmidt on
 * normal vectors, in float64. (tfjs-layers' own needs tfjs's chained operations, and warns of its slowness from 2,000 entries on.)
 */
export const orthogonal: Draw = (shape, seed) => {
  const [rows, columns] = shape as [number, number];
  const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
  const drawn = normal(1)([count, length], seed);
  const numbers = Float64Array.from(drawn.dataSync());
  drawn.dispose();
  const basis = Array.from({ length: count }, (_, i) => numbers.subarray(i * length, (i + 1) * length));
  for (const [i, v] of basis.entries()) {
    let before = Math.sqrt(dot(v, v));
    for (;;) {
      for (let j = 0; j < i; j++) subtract(v, dot(basis[j]!, v), basis[j]!);
      const norm = Math.sqrt(dot(v, v));
      // A length that kept its size has no rounding error worth another pass (Parlett, The Symmetric Eigenvalue Problem).
      if (norm > Math.SQRT1_2 * before) {
        for (let k = 0; k < length; k++) v[k] = v[k]! / norm;
        break;
      }
      before = norm;
    }
  }
  const byRow = tensor2d(Float32Array.from(numbers), [count, length]);
  if (rows <= columns) return byRow;
  const byColumn = transpose(byRow);
  byRow.dispose();
  return byColumn;
};

function dot(u: Float64Array, v: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < u.length; k++) sum += u[k]! * v[k]!;
  return sum;
}

function subtract(target: Float64Array, factor: number, v: Float64Array): void {
  for (let k = 0; k < v.length; k++) target[k] = target[k]! - factor * v[k]!;
}

/** A draw as the initializer that `addWeight` wants. It is never serialized: a default comes back from the class. */
export class DefaultInitializer extends serialization.Serializable {
  static readonly className: string = 'HurwitzDefault';

  constructor(
    private readonly draw: Draw,
    private readonly seed: number | undefined,
  ) {
    super();
  }

  apply(shape: (number | null)[]): Tensor {
    return this.draw(shape as number[], this.seed);
  }

  fromConfigUsesCustomObjects(): boolean {
    return false;
  }

  getConfig(): serialization.ConfigDict {
    return {};
  }
}

/** {@link orthogonal} as an initializer that a saved model can name; the default of `lstm` and `gru`. */
export class OrthogonalInitializer extends DefaultInitializer {
  static override readonly className = 'HurwitzOrthogonal';
  private readonly config: { seed: number | null };

  constructor({ seed = null }: { seed?: number | null } = {}) {
    super(orthogonal, seed ?? undefined);
    this.config = { seed };
  }

  override getConfig(): serialization.ConfigDict {
    return { ...this.config };
  }
}

serialization.registerClass(OrthogonalInitializer);
