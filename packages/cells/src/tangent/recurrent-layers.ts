import { kerasActivations } from '@hurwitz/network';
import { tidy } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { CellError, UnsupportedLayerError } from '../errors.js';
import { cellOf, readsTokens, recurrenceReader } from './read-recurrence.js';
import { recurrentMap } from './recurrent-map.js';
import type { RecurrentMap } from './system.js';

const WHERE = 'tangentSystem';

const accepted =
  'a recurrent layer or cell of @hurwitz/cells, or a SimpleRNN, LSTM or GRU of tf.layers, or a model of them';

const reading = {
  where: WHERE,
  called: (layerName: string) => `the activation of '${layerName}'`,
  activations: kerasActivations,
};

type Layer = layers.Layer;

/** Whether a layer carries a state from step to step, whether or not its tangent is known. */
export function isRecurrent(layer: Layer): boolean {
  return cellOf(layer) !== undefined || 'stateSize' in layer || layer.getClassName() === 'Bidirectional';
}

/**
 * The maps of a recurrent layer, or of a cell alone, in the order of the data: one, or several for stacked cells.
 *
 * @throws UnsupportedLayerError when it is not recurrent or of an unknown kind, NotBuiltError without weights.
 */
export function recurrentMaps(
  layer: Layer | undefined,
  { hiddenOnly }: { hiddenOnly: boolean },
): RecurrentMap[] {
  if (!layer?.getClassName) throw new CellError(WHERE, accepted, String(layer), 'Pass the layer itself.');
  const stacked = ((cellOf(layer) ?? layer) as { cells?: Layer[] }).cells;
  if (stacked) return stacked.flatMap((each) => recurrentMaps(each, { hiddenOnly }));
  const read = recurrenceReader(layer, reading);
  if (read === undefined) {
    throw new UnsupportedLayerError(
      WHERE,
      accepted,
      { name: layer.name, className: layer.getClassName() },
      advice(layer),
    );
  }
  let map!: RecurrentMap;
  tidy(() => {
    map = recurrentMap(read(), { tokens: readsTokens(layer), hiddenOnly });
  });
  return [map];
}

function advice(layer: Layer): string {
  const kind = layer.getClassName();
  if (kind === 'Bidirectional') {
    return 'It is two systems, one of which runs against time: pass its forwardLayer or its backwardLayer.';
  }
  if (kind.startsWith('Conv')) return 'Convolutional recurrences are not covered.';
  return cellOf(layer)
    ? `The cell ${cellOf(layer)!.getClassName()} is not known here: write { step, jacobian } for lyapunovSpectrum yourself.`
    : 'It has no state of its own: pass a recurrent layer, or the whole model.';
}
