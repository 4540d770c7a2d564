import { described } from '@hurwitz/input';
import { type Tensor1D, type Tensor2D, transpose } from '@tensorflow/tfjs-core';
import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { DynamicalCell } from './dynamical-cell.js';
import { CellError, NotBuiltError, UnsupportedLayerError } from './errors.js';
import { checkName } from './options.js';
import { dynamicalStep } from './propagate/dynamical.js';
import { type GatedParts, gruStep, lstmStep } from './propagate/gated.js';
import { inputVectors } from './propagate/input-vectors.js';
import type { PreparedStep, Propagated, TangentPropagator } from './propagate/system.js';

const WHERE = 'tangentPropagator';
const activations = ['tanh', 'relu', 'linear', 'sigmoid', 'hardSigmoid'] as const;
const accepted = 'a recurrent layer or cell of @hurwitz/cells, or a SimpleRNN, LSTM or GRU of tf.layers';

/** The members of tf.layers' own cells that are read here. */
interface KerasCell {
  units: number;
  kernel: LayerVariable;
  recurrentKernel: LayerVariable;
  bias: LayerVariable | null;
  activation: { getClassName(): string };
  recurrentActivation?: { getClassName(): string };
}

/**
 * A recurrent layer as a map of its state with its tangent map, in TensorFlow.js operations that are differentiable in
 * the layer's weights: what `flossing` (@hurwitz/lyapunov/flossing) takes.
 *
 * Takes every layer and cell of this package, and tf.layers' SimpleRNN, LSTM and GRU. The state is h [batch, units],
 * for LSTM [h, c] side by side; inputs are vectors, or tokens for a layer with `vocabularySize`. The weights are read at
 * every `prepare()`, so it stays true while they train.
 *
 * @throws `UnsupportedLayerError` for another kind of layer. `prepare` throws `NotBuiltError` before the layer has
 *   weights and `CellError` for an activation without a known derivative; its step `CellError` for inputs of another
 *   kind or length.
 */
export function tangentPropagator(layer: layers.Layer): TangentPropagator {
  if (!layer?.getClassName) throw new CellError(WHERE, accepted, String(layer), 'Pass the layer itself.');
  const cell = (layer as { cell?: layers.Layer }).cell ?? layer;
  const tokens = (layer as { vocabularySize?: number }).vocabularySize !== undefined;
  const keras = cell as unknown as KerasCell;
  const { units } = keras;
  if (cell instanceof DynamicalCell) return propagator({ size: units, tokens }, () => ofDynamicalCell(cell));
  switch (cell.getClassName()) {
    case 'SimpleRNNCell':
      return propagator({ size: units, tokens }, () => ofSimpleRNN(keras));
    case 'LSTMCell':
      return propagator({ size: 2 * units, tokens }, () => lstmStep(gatedParts(keras)));
    case 'GRUCell':
      return propagator({ size: units, tokens }, () => gruStep(gatedParts(keras)));
    default:
      throw new UnsupportedLayerError(
        WHERE,
        accepted,
        { name: layer.name, className: layer.getClassName() },
        'Bidirectional and stacked layers are several systems: pass one of them.',
      );
  }
}

function propagator(
  { size, tokens }: { size: number; tokens: boolean },
  prepare: () => PreparedStep,
): TangentPropagator {
  return {
    stateSize: size,
    tangentSize: size,
    prepare: () => {
      const { step, kernel } = prepare();
      const kind = { where: WHERE, inputDim: kernel.shape[0], tokens };
      return (from, input) => {
        checkPlace(from, size);
        return step(from, inputVectors(input, kind));
      };
    },
  };
}

function checkPlace(from: Propagated, size: number): void {
  const { state, tangents } = from ?? {};
  const fits =
    state?.rank === 2 && tangents?.rank === 3 && state.shape[1] === size && tangents.shape[2] === size;
  if (fits) return;
  const got = state?.shape && tangents?.shape ? `[${state.shape}] and [${tangents.shape}]` : described(from);
  const expected = `a state [batch, ${size}] and tangents [batch, count, ${size}]`;
  throw new CellError(WHERE, expected, got, 'Pass { state, tangents }, as the step returns them.');
}

function ofDynamicalCell(cell: DynamicalCell): PreparedStep {
  const { W, A, kernel, bias, gate } = cell.recurrenceSpec();
  const { carry, epsilon, activation } = cell.member;
  const { a, b } = cell.tableau;
  return dynamicalStep({ carry, epsilon, activation, a, b, W, A, kernel, bias, gate });
}

/** The vanilla member with W the transpose of the recurrent kernel. */
function ofSimpleRNN(cell: KerasCell): PreparedStep {
  const { kernel, recurrentKernel, bias } = weightsOf(cell);
  const activation = activationOf(cell.activation);
  const W: Tensor2D = transpose(recurrentKernel);
  return dynamicalStep({
    carry: 0,
    epsilon: 1,
    activation,
    a: [[]],
    b: [1],
    W,
    kernel,
    bias,
  });
}

function gatedParts(cell: KerasCell): GatedParts {
  return {
    ...weightsOf(cell),
    activation: activationOf(cell.activation),
    recurrentActivation: activationOf(cell.recurrentActivation!),
  };
}

function weightsOf({ kernel, recurrentKernel, bias }: KerasCell) {
  if (!kernel || !recurrentKernel) throw new NotBuiltError(WHERE);
  return {
    kernel: kernel.read() as Tensor2D,
    recurrentKernel: recurrentKernel.read() as Tensor2D,
    bias: (bias ?? undefined)?.read() as Tensor1D | undefined,
  };
}

function activationOf(activation: { getClassName(): string }): GatedParts['activation'] {
  const name = activation.getClassName();
  checkName(WHERE, 'the activation', name, activations);
  return name;
}
