import { type AnyRecurrenceSpec, resolveWeights } from '@hurwitz/scan';
import type { layers } from '@tensorflow/tfjs-layers';
import { kerasReader } from './keras-cells.js';
import type { Reading, Recurrence } from './recurrence.js';

type Layer = layers.Layer;

/** A layer or cell that says what it runs. */
interface SaysRecurrence extends Layer {
  recurrenceSpec(): AnyRecurrenceSpec;
}

const says = (layer: Layer): layer is SaysRecurrence =>
  typeof (layer as Partial<SaysRecurrence>).recurrenceSpec === 'function';

/** The cell of a recurrent layer. */
export const cellOf = (layer: Layer): Layer | undefined => (layer as { cell?: Layer }).cell;

/**
 * What reads a layer or a cell alone as a recurrence, on the weights that it has at the call; undefined for another kind of
 * layer. What it reads may be new tensors: tidy them up.
 */
export function recurrenceReader(layer: Layer, reading: Reading): (() => Recurrence) | undefined {
  const cell = cellOf(layer) ?? layer;
  const speaking = [layer, cell].find(says);
  if (speaking) return () => resolveWeights(speaking.recurrenceSpec()) as Recurrence;
  return kerasReader(cell, layer.name, reading);
}

/** Whether a layer reads tokens. */
export const readsTokens = (layer: Layer): boolean =>
  (layer as { vocabularySize?: number }).vocabularySize !== undefined;
