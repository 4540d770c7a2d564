import type { RNN } from '@tensorflow/tfjs-layers';
import * as cells from '../src/index.js';

type Factory = (args: object) => RNN;

/** The layer factory of a fixture's cell: `lipschitzRNN` for LipschitzRNN, `lstm` for LSTM. */
export function layerOf(cell: string, { gateOrder: _, ...args }: Record<string, unknown>): RNN {
  const name = /^[A-Z]+$/.test(cell) ? cell.toLowerCase() : `${cell[0]!.toLowerCase()}${cell.slice(1)}`;
  const make = (cells as unknown as Record<string, Factory | undefined>)[name];
  if (make === undefined) throw new Error(`no layer ${cell}`);
  return make(args);
}
