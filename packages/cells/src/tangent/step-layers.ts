import {
  activationLayers,
  apply,
  diagonalSum,
  kerasActivations,
  product,
  type Rows,
  rowsOf,
  type ScalarFunction,
  scalarFunctions,
} from '@hurwitz/network';
import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { CellError, NotBuiltError, UnsupportedLayerError } from '../errors.js';
import { batchNormalization, layerNormalization } from './normalisation-layers.js';
import { activationOf } from './read-activation.js';
import type { StepMap } from './system.js';
import { checkedToken } from './tokens.js';

const WHERE = 'tangentSystem';

type Layer = layers.Layer;
type Reader = (layer: Layer, rank: number) => StepMap;

/** The members of tf.layers' layers that are read here. */
interface KerasMembers {
  kernel?: LayerVariable;
  bias?: LayerVariable | null;
  embeddings?: LayerVariable;
  activation?: { getClassName(): string };
  maskZero?: boolean;
  maskValue?: number;
  layer?: Layer;
}

const members = (layer: Layer): KerasMembers => layer as unknown as KerasMembers;

/** Layers of tf.layers that treat every time step alike, as they are at inference. */
const readers: Record<string, Reader> = {
  Dense: dense,
  Activation: (layer) => elementwise(activationFunction(layer)),
  Embedding: embedding,
  Masking: (layer) => unpadded(layer, members(layer).maskValue ?? 0),
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  // tf.layers adds a dimension less inside.
  TimeDistributed: (layer) => stepMap(members(layer).layer!, 2),
  ...Object.fromEntries(
    ['Dropout', 'SpatialDropout1D', 'GaussianNoise', 'GaussianDropout', 'AlphaDropout'].map((name) => [
      name,
      (): StepMap => ({ ...elementwise(scalarFunctions.linear), passes: true }),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(activationLayers).map(([name, make]) => [
      name,
      (layer: Layer): StepMap => elementwise(make(layer.getConfig() as Record<string, number | undefined>)),
    ]),
  ),
};

/**
 * A layer that acts on each time step, with its derivative; `rank` is that of what it reads.
 *
 * @throws UnsupportedLayerError for a layer that does anything else, or whose derivative is not known here.
 */
export function stepMap(layer: Layer, rank = 3): StepMap {
  const reader = readers[layer.getClassName()];
  if (reader) return reader(layer, rank);
  throw new UnsupportedLayerError(
    WHERE,
    `layers that act on each time step (${Object.keys(readers).join(', ')}) before and between the recurrent ones`,
    { name: layer.name, className: layer.getClassName() },
    'List the layers from the first recurrent one on, tangentSystem([layer, ...]), and give the inputs that it gets.',
  );
}

function activationFunction(layer: Layer): ScalarFunction {
  const called = `the activation of '${layer.name}'`;
  const name = activationOf(members(layer).activation!, { where: WHERE, called, known: kerasActivations });
  return scalarFunctions[name];
}

function elementwise({ value, derivative }: ScalarFunction): StepMap {
  return {
    kind: 'step',
    inputSize: undefined,
    at: (input) => {
      const x = Float64Array.from(input);
      const push = (u: Rows): Rows => diagonalSum([x.map((v) => derivative(v, 0)), u]);
      return { value: x.map((v) => value(v, 0)), push };
    },
  };
}

function dense(layer: Layer): StepMap {
  const { kernel, bias } = members(layer);
  if (!kernel) throw new NotBuiltError(WHERE);
  const K = rowsOf(kernel.read().dataSync(), kernel.read().shape, true);
  const b = bias ? bias.read().dataSync() : new Float64Array(K.length);
  const { value, derivative } = activationFunction(layer);
  return {
    kind: 'step',
    inputSize: K[0]!.length,
    at: (input) => {
      const z = apply(K, input).map((v, i) => v + b[i]!);
      const push = (u: Rows): Rows => diagonalSum([z.map((v) => derivative(v, 0)), product(K, u)]);
      return { value: z.map((v) => value(v, 0)), push };
    },
  };
}

function embedding(layer: Layer): StepMap {
  const { embeddings, maskZero } = members(layer);
  if (!embeddings) throw new NotBuiltError(WHERE);
  const table = rowsOf(embeddings.read().dataSync(), embeddings.read().shape);
  return {
    kind: 'step',
    inputSize: 1,
    vocabularySize: table.length,
    refuses: maskZero,
    at: (input) => {
      const token = checkedToken(input[0], table.length);
      if (maskZero && token === 0) throw padded(layer);
      return { value: table[token]!, push: (u) => refuseTangent(layer, u) };
    },
  };
}

/** Tokens do not move, so there is nothing to push through a table. */
function refuseTangent(layer: Layer, _: Rows): never {
  throw new UnsupportedLayerError(
    WHERE,
    'an embedding before the first recurrent layer only',
    { name: layer.name, className: layer.getClassName() },
    'Tokens made from states have no derivative.',
  );
}

function unpadded(layer: Layer, maskValue: number): StepMap {
  return {
    kind: 'step',
    inputSize: undefined,
    refuses: true,
    at: (input) => {
      const value = Float64Array.from(input);
      if (value.every((v) => v === maskValue)) throw padded(layer);
      return { value, push: (u) => u };
    },
  };
}

/** A padded step leaves every state alone: it would count as growth 1 and pull each exponent to 0. */
const padded = (layer: Layer): CellError =>
  new CellError(
    WHERE,
    'inputs without padding',
    `one that ${layer.getClassName()} '${layer.name}' masks`,
    'Cut the sequences before their padding.',
  );
