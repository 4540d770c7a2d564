import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { CellError } from './errors.js';
import { checkName, checkOptions } from './options.js';
import { isModel, layerChain } from './tangent/layer-chain.js';
import { isRecurrent, recurrentMaps } from './tangent/recurrent-layers.js';
import { stackSystem } from './tangent/stack.js';
import { stepMap } from './tangent/step-layers.js';
import type { Link, TangentSystem } from './tangent/system.js';

const WHERE = 'tangentSystem';

export interface TangentSystemOptions {
  /**
   * For layers of several states, such as LSTMs: `'with-cell'` gives the Jacobian of [h, c], `'only'` that of h at fixed c, as some
   * papers use.
   */
  hidden?: 'with-cell' | 'only';
}

/**
 * A recurrent layer, or the whole recurrence of a model, as a map of its state with the exact Jacobian, in float64, for
 * Lyapunov exponents and stability checks.
 *
 *     const system = tangentSystem(await tf.loadLayersModel('https://…/model.json'));
 *     const { exponents } = lyapunovSpectrum(system, { inputs, warmup: 100 }); // of @hurwitz/lyapunov
 *
 * Takes a layer or cell of this package, or one of yours whose family has a tangent map, tf.layers' SimpleRNN, LSTM, GRU and stacked cells, a list of layers, or a
 * model, sequential or functional. The state is h [units], for an LSTM [h, c], and for several layers theirs one after
 * the other from the input on; the Jacobian is then block lower triangular. A model is followed from its input to its
 * last recurrent layer, through layers that act on each time step, as they are at inference. After an embedding, and for
 * a layer with `vocabularySize`, the input of a step is [token].
 *
 * The weights are read once: after more training, make it again. Row i of the Jacobian holds the derivatives of the next
 * state's entry i. At a kink of relu, hardSigmoid or modReLU the derivative from the flat side is taken; modReLU
 * at z = 0 has 1 unless its threshold is negative. A first layer
 * with `goBackwards` wants its inputs from the last to the first.
 *
 * @throws `CellError` for an unknown option; `UnsupportedLayerError` for a layer that is not recurrent, Bidirectional, a branching model, or a layer
 *   in between that mixes time steps; `CellError` for a model without a recurrent layer, a family without a tangent
 *   map or an activation without a known derivative; `NotBuiltError` before there are weights. `step`, `jacobian` and `jvp` throw
 *   `CellError` for arguments of another length, a token outside the vocabulary and a masked input.
 */
export function tangentSystem(
  layer: layers.Layer | readonly layers.Layer[],
  options: TangentSystemOptions = {},
): TangentSystem {
  checkOptions(WHERE, options, { hidden: true });
  const { hidden = 'with-cell' } = options;
  checkName(WHERE, 'hidden', hidden, ['with-cell', 'only'] as const);
  const reading = { hiddenOnly: hidden === 'only' };
  const given = layer as layers.Layer | undefined;
  if (!Array.isArray(layer) && !(given && isModel(given))) return stackSystem(recurrentMaps(given, reading));
  const chain = Array.isArray(layer) ? upToRecurrence(layer) : layerChain(layer as LayersModel);
  return stackSystem(
    chain.flatMap((each): Link[] => (isRecurrent(each) ? recurrentMaps(each, reading) : [stepMap(each)])),
  );
}

/** A list without what comes after its last recurrent layer. */
function upToRecurrence(list: readonly layers.Layer[]): layers.Layer[] {
  const wrong = list.findIndex((layer) => typeof layer?.getClassName !== 'function');
  if (wrong >= 0) {
    throw new CellError(WHERE, 'a list of layers', `${list[wrong]} at position ${wrong}`, 'Pass the layers.');
  }
  const last = list.map(isRecurrent).lastIndexOf(true);
  if (last >= 0) return list.slice(0, last + 1);
  throw new CellError(
    WHERE,
    'a list with a recurrent layer',
    `[${list.map((layer) => layer.getClassName())}]`,
    'Only what carries a state from step to step has Lyapunov exponents.',
  );
}
