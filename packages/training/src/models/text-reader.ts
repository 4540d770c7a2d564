import type { Truncated } from '@hurwitz/truncation/layers';
import * as tf from '@tensorflow/tfjs-core';
import type { RNN } from '@tensorflow/tfjs-layers';

/** Reads a text stretch by stretch. */
export interface TextReader {
  readonly carries: 'float32' | 'int32';
  /**
   * @param tokens [batch, time]
   * @param carried what the stretch before this one left; nothing at the start of a text.
   * @returns the state at each token [batch, time, units], and what the next stretch needs.
   */
  read(
    tokens: tf.Tensor2D,
    carried: readonly tf.Tensor[],
  ): { states: tf.Tensor3D; carried: readonly tf.Tensor[] };
}

/** Carries the final state of a layer that returns all its states and the final ones. */
export function recurrentReader(layer: RNN): TextReader {
  return {
    carries: 'float32',
    read(tokens, carried) {
      const initialState = carried.length > 0 ? [...carried] : null;
      const [states, ...final] = layer.call(tokens, { initialState }) as [tf.Tensor3D, ...tf.Tensor[]];
      return { states, carried: final };
    },
  };
}

/** Carries the k - 1 tokens that a truncated layer looks back at. */
export function truncatedReader(layer: Truncated): TextReader {
  return {
    carries: 'int32',
    read(tokens, [before]) {
      const all = before === undefined ? tokens : tf.concat([before as tf.Tensor2D, tokens], 1);
      const [batch, time] = all.shape;
      const states = layer.call(all, null) as tf.Tensor3D;
      const kept = Math.min(layer.k - 1, time);
      return {
        states: tf.slice(states, [0, time - tokens.shape[1]], [batch, -1]),
        carried: kept === 0 ? [] : [tf.slice(all, [0, time - kept], [batch, kept])],
      };
    },
  };
}
