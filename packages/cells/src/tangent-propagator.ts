import { described } from '@hurwitz/input';
import type { Propagated } from '@hurwitz/scan';
import { add, matMul, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { CellError, UnsupportedLayerError } from './errors.js';
import { differentiatedStep } from './tangent/differentiated-step.js';
import { inputVectors } from './tangent/input-vectors.js';
import { cellOf, readsTokens, recurrenceReader } from './tangent/read-recurrence.js';

const WHERE = 'tangentPropagator';
const accepted = 'a recurrent layer or cell of @hurwitz/cells, or a SimpleRNN, LSTM or GRU of tf.layers';

const reading = {
  where: WHERE,
  called: () => 'the activation',
  activations: ['tanh', 'relu', 'linear', 'sigmoid', 'hardSigmoid'],
};

/** The next state, and J_t v for each tangent vector v, with J_t taken at the state before the step. */
export type TangentStep = (from: Propagated, input: Tensor) => Propagated;

/** A layer's map with its tangent as tfjs operations; what `flossing` of @hurwitz/lyapunov takes. */
export interface TangentPropagator {
  /** Length of the state: units, for LSTM twice that. */
  readonly stateSize: number;
  /** Length of a tangent vector, the same. */
  readonly tangentSize: number;
  /** Reads the weights, on the tape of a gradient if there is one, and gives the step they make. */
  prepare(): TangentStep;
}

/**
 * A recurrent layer as a map of its state with its tangent map, in TensorFlow.js operations that are differentiable in
 * the layer's weights: what `flossing` (@hurwitz/lyapunov/flossing) takes.
 *
 * Takes every layer and cell of this package or of yours, and tf.layers' SimpleRNN, LSTM and GRU. A family without a tangent map of
 * its own in these operations gets it from its step, which costs several steps for each tangent. The state is h [batch, units],
 * for LSTM [h, c] side by side; inputs are vectors, or tokens for a layer with `vocabularySize`. The weights are read at
 * every `prepare()`, so it stays true while they train.
 *
 * @throws `UnsupportedLayerError` for another kind of layer. `prepare` throws `NotBuiltError` before the layer has
 *   weights and `CellError` for an activation without a known derivative; its step `CellError` for inputs of another
 *   kind or length.
 */
export function tangentPropagator(layer: layers.Layer): TangentPropagator {
  if (!layer?.getClassName) throw new CellError(WHERE, accepted, String(layer), 'Pass the layer itself.');
  const read = recurrenceReader(layer, reading);
  if (read === undefined) {
    throw new UnsupportedLayerError(
      WHERE,
      accepted,
      { name: layer.name, className: layer.getClassName() },
      'Bidirectional and stacked layers are several systems: pass one of them.',
    );
  }
  const { stateSize } = (cellOf(layer) ?? layer) as layers.RNNCell;
  const size = [stateSize].flat().reduce((sum, width) => sum + width, 0);
  return {
    stateSize: size,
    tangentSize: size,
    prepare: () => {
      const { family, ...weights } = read();
      const { kernel, bias, step } = family.propagate?.(weights) ?? differentiatedStep(family, weights);
      const kind = { where: WHERE, inputDim: kernel.shape[0], tokens: readsTokens(layer) };
      return (from, input) => {
        checkPlace(from, size);
        const product = matMul<Tensor2D>(inputVectors(input, kind), kernel);
        return step(from, bias ? add(product, bias) : product);
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
