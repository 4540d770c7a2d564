import { diagonalSum } from '@hurwitz/network';
import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { NotBuiltError, UnsupportedLayerError } from '../errors.js';
import type { StepMap } from './system.js';

const WHERE = 'tangentSystem';

type Layer = layers.Layer;

/** The members of tf.layers' normalisations that are read here. */
interface KerasNormalisation {
  gamma?: LayerVariable | null;
  beta?: LayerVariable | null;
  movingMean?: LayerVariable;
  movingVariance?: LayerVariable;
  axis?: number | number[];
  epsilon?: number;
}

const members = (layer: Layer): KerasNormalisation => layer as unknown as KerasNormalisation;

/** With the moving mean and variance, as at inference: an affine map. `rank` is that of what the layer reads. */
export function batchNormalization(layer: Layer, rank: number): StepMap {
  const { movingMean, movingVariance, gamma, beta, epsilon = 0 } = members(layer);
  if (!movingMean || !movingVariance) throw new NotBuiltError(WHERE);
  checkLastAxis(layer, rank);
  const mean = movingMean.read().dataSync();
  const [factor, shift] = [read(gamma), read(beta)];
  const variance = Float64Array.from(movingVariance.read().dataSync());
  const scale = variance.map((v, i) => (factor?.[i] ?? 1) / Math.sqrt(v + epsilon));
  return {
    kind: 'step',
    inputSize: scale.length,
    at: (input) => ({
      value: scale.map((s, i) => s * (input[i]! - mean[i]!) + (shift?.[i] ?? 0)),
      push: (u) => diagonalSum([scale, u]),
    }),
  };
}

const read = (variable: LayerVariable | null | undefined) => variable?.read().dataSync();

/** y = γ (x - mean) / s + β with s² = variance + ε over the features; dy = γ (u - mean(u) - ŷ mean(ŷ u)) / s. */
export function layerNormalization(layer: Layer, rank: number): StepMap {
  const { gamma, beta, epsilon = 0 } = members(layer);
  if (!layer.built) throw new NotBuiltError(WHERE);
  checkLastAxis(layer, rank);
  const [factor, shift] = [read(gamma), read(beta)];
  const average = (v: Float64Array): number => v.reduce((total, x) => total + x, 0) / v.length;
  return {
    kind: 'step',
    inputSize: factor?.length ?? shift?.length,
    at: (input) => {
      const x = Float64Array.from(input);
      const mean = average(x);
      const s = Math.sqrt(average(x.map((v) => (v - mean) ** 2)) + epsilon);
      const normal = x.map((v) => (v - mean) / s);
      const scale = x.map((_, i) => (factor?.[i] ?? 1) / s);
      return {
        value: normal.map((v, i) => scale[i]! * s * v + (shift?.[i] ?? 0)),
        push: (u) => {
          const columns = u[0]!.map((_, j) => average(Float64Array.from(u, (row) => row[j]!)));
          const along = u[0]!.map((_, j) => average(normal.map((v, i) => v * u[i]![j]!)));
          return u.map((row, i) => row.map((v, j) => scale[i]! * (v - columns[j]! - normal[i]! * along[j]!)));
        },
      };
    },
  };
}

function checkLastAxis(layer: Layer, rank: number): void {
  const axes = [members(layer).axis ?? -1].flat();
  if (axes.length === 1 && (axes[0] === -1 || axes[0] === rank - 1)) return;
  throw new UnsupportedLayerError(
    WHERE,
    'a normalisation of the features at each time step, axis -1',
    { name: layer.name, className: `${layer.getClassName()} over axis ${axes}` },
    'One over time has no derivative by step.',
  );
}
