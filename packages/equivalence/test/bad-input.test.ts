import { describe, expect, test } from 'vitest';
import * as equivalence from '../src/index.js';
import { contraction } from './random.js';

const { EquivalenceError, unitaryFromContractive, runRNN, compareRNNs } = equivalence;
const model = contraction();
const dilate = (change: object) => () =>
  unitaryFromContractive({ ...model, inputBound: 1, ...change } as Parameters<
    typeof unitaryFromContractive
  >[0]);

describe('bad input is refused by name', () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      'no bound',
      dilate({ inputBound: undefined }),
      /inputBound to be a finite number, at least 0, got undefined/,
    ],
    ['negative bound', dilate({ inputBound: -1 }), /at least 0, got -1/],
    ['NaN bound', dilate({ inputBound: NaN }), /got NaN/],
    ['unknown norm', dilate({ inputNorm: '1' }), /inputNorm 'infinity' or '2', got 1/],
    ['tanh', dilate({ activation: 'tanh' }), /activation 'relu', got tanh/],
    ['W not square', dilate({ W: [[0.1, 0.2]] }), /model\.W of shape \[1, 1\], got \[1, 2\]/],
    ['bias of other units', dilate({ bias: [1] }), /model\.bias of length 4, got length 1/],
    ['readout of other units', dilate({ readout: [[1]] }), /model\.readout of shape \[4, any\]/],
    ['x of another width', () => runRNN(model, [[1]]), /x of shape \[any, 2\], got \[1, 1\]/],
    ['NaN in x', () => runRNN(model, [[1, NaN]]), /x\[0\]\[1\] = NaN/],
    ['no model', () => runRNN(null as never, [[1]]), /model to be a network, got null/],
    [
      'checking without a bound',
      () => runRNN(model, [[1, 1]], { checkInputs: true }),
      /a model with an inputBound/,
    ],
    ['overflow', () => runRNN({ W: [[1e200]], kernel: [[1e200]] }, [[1], [1], [1]]), /an overflow at step 1/],
    ['nothing to compare on', () => compareRNNs(model, model), /inputs or an inputBound, got neither/],
    ['nothing to compare with', () => compareRNNs(model, null as never), /second to be a network, got null/],
    [
      'a sequence of another width',
      () => compareRNNs(model, model, { inputs: [[[1]]] }),
      /compareRNNs: expected inputs\[0\] of shape \[any, 2\]/,
    ],
    [
      'an unknown norm to draw in',
      () => compareRNNs(model, model, { inputBound: 1, inputNorm: '1' as never }),
      /inputNorm 'infinity' or '2', got 1/,
    ],
    ['seed NaN', () => equivalence.noisySequences(model, { seed: NaN }), /seed to be an integer, got NaN/],
    ['no sequences', () => compareRNNs(model, model, { inputs: [] }), /at least one sequence/],
    ['other inputs', () => compareRNNs(model, contraction({ inputDim: 3 })), /one inputDim, got 2 and 3/],
    [
      'other outputs',
      () => compareRNNs(model, contraction({ outputs: 1 }), { inputBound: 1 }),
      /one number of outputs, got 3 and 1/,
    ],
    [
      'other ports',
      () => equivalence.checkEquivalence(model, contraction({ outputs: 1 })),
      /the same inputs and outputs, got 2 inputs, 3 outputs; 2 inputs, 1 outputs/,
    ],
    ['markov of ReLU', () => equivalence.markovParameters(model, 3), /activation 'linear', got relu/],
    [
      'no units',
      () => equivalence.tightContractiveRNN({ units: 0 }),
      /units to be an integer, at least 1, got 0/,
    ],
    ['w = 1', () => equivalence.tightContractiveRNN({ units: 1, contraction: 1 }), /below 1, got 1/],
    [
      'no rest',
      () => equivalence.linearise({ W: [[-1]], kernel: [[1]], bias: [1] }, { iterations: 50 }),
      /rest within 50 steps/,
    ],
    [
      'fractional units',
      () => equivalence.closestRNN(model, { units: 1.5, inputs: [[[1, 1]]] }),
      /an integer/,
    ],
    [
      'no search inputs',
      () => equivalence.closestRNN(model, { units: 1, inputs: [] }),
      /at least one sequence/,
    ],
    [
      'epsilon 2',
      () => equivalence.syntheticContractiveRNN({ epsilon: 2 }),
      /epsilon to be .*below 2, got 2/,
    ],
    ['NaN dB', () => equivalence.noisySequences(model, { signalToNoise: NaN }), /signalToNoise/],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(EquivalenceError);
    expect(act).toThrow(message);
  });
});
