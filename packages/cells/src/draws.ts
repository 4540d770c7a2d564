import { randomNormal, serialization, type Tensor } from '@tensorflow/tfjs-core';
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

export const orthogonal: Draw = (shape, seed) =>
  initializers.orthogonal({ seed: streamOf(seed) }).apply(shape);

/** A draw as the initializer that `addWeight` wants. It is never serialized: a default comes back from the class. */
export class DefaultInitializer extends serialization.Serializable {
  static readonly className = 'HurwitzDefault';

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
