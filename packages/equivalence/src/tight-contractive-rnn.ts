import type { InputBounded } from './input-bound.js';
import { checkCounts, checkNumber, checkOptions } from './numeric-input.js';
import { identity, type RNNModel } from './rnn-model.js';

/** A ReLU contraction that no orthogonal ReLU network of fewer than 2·units states matches. */
export interface TightContractiveRNN extends RNNModel, InputBounded {
  readonly W: number[][];
  readonly kernel: number[][];
  readonly bias: number[];
  readonly readout: number[][];
  readonly activation: 'relu';
}

/**
 * The family W = wI, F = C = I, b = 1 of Theorem 3.2 (Emami et al., NeurIPS 2019), for which 2·units states are needed.
 * Inside its `inputBound` every unit is on and the network is linear.
 *
 * @param options.contraction w in (0, 1).
 */
export function tightContractiveRNN(options: { units: number; contraction?: number }): TightContractiveRNN {
  const where = 'tightContractiveRNN';
  checkOptions(where, options, { units: true, contraction: true });
  const { units, contraction = 0.5 } = options;
  checkCounts(where, { units });
  checkNumber(where, 'contraction', contraction, { above: 0, below: 1 });
  return {
    W: identity(units).map((row) => row.map((entry) => contraction * entry)),
    kernel: identity(units),
    bias: new Array<number>(units).fill(1),
    readout: identity(units),
    activation: 'relu',
    inputBound: 1,
    inputNorm: 'infinity',
  };
}
