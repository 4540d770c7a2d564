import type { AnyFamily, FamilyWeights } from '@hurwitz/scan';

/** A recurrence by its family, on the current weights. */
export interface Recurrence extends FamilyWeights<Record<string, unknown>> {
  family: AnyFamily;
}

/** How a cell of tf.layers is read. */
export interface Reading {
  /** The public function, for messages. */
  where: string;
  /** What messages call the activation of a layer. */
  called(layerName: string): string;
  /** The activations that it may have. */
  activations: readonly string[];
}
