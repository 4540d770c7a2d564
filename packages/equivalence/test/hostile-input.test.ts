import { describe, expect, it } from 'vitest';
import { describeHostileCalls, hostileValues, isOptions } from '../../../scripts/hostile-arguments.js';
import * as equivalence from '../src/index.js';
import { contraction } from './random.js';

const { EquivalenceError } = equivalence;
const { W, kernel, bias, readout } = contraction({ units: 2, inputDim: 1, outputs: 1 });
const relu = { W, kernel, bias, readout, activation: 'relu', initialState: [0, 0] };
const linear = { ...relu, activation: 'linear' };
const x = [[0.1], [0.2]];
const tight = equivalence.tightContractiveRNN({ units: 1 });

/** A valid call of every function of the package. */
const calls: { [name: string]: unknown[] } = {
  checkEquivalence: [relu, relu, { tolerance: 1e-9, inputs: [x] }],
  closestRNN: [
    { ...relu, activation: 'tanh' },
    { units: 1, inputs: [x], transition: 'any', starts: 1, iterations: 1, seed: 1 },
  ],
  compareRNNs: [relu, relu, { inputBound: 1, inputNorm: '2', sequences: 1, steps: 2, seed: 1 }],
  markovParameters: [linear, 2],
  minimalOrder: [linear, { tolerance: 1e-9 }],
  linearise: [
    { ...relu, activation: 'tanh' },
    { input: [0.1], iterations: 1000 },
  ],
  noisySequences: [relu, { sequences: 1, steps: 2, signalToNoise: 10, seed: 1 }],
  rSquared: [[[1], [2]], x],
  checkRankArgument: [
    equivalence.unitaryFromContractive(tight),
    tight,
    { inputs: [[0.1], [0.2]], tolerance: 1e-9 },
  ],
  runRNN: [relu, x, { checkInputs: false }],
  syntheticContractiveRNN: [
    { units: 2, inputDim: 1, outputs: 1, epsilon: 0.1, onFraction: 0.5, tuningSteps: 10, seed: 1 },
  ],
  tightContractiveRNN: [{ units: 1, contraction: 0.5 }],
  transformRNN: [
    relu,
    [
      [0, 1],
      [1, 0],
    ],
  ],
  unitaryFromContractive: [{ ...relu, inputBound: 1, inputNorm: '2' }],
};

const disposed = {
  shape: [2, 2],
  dataSync: () => {
    throw new Error('Tensor is disposed.');
  },
};

const hostile: unknown[] = [
  ...hostileValues,
  Object.create(null),
  [{}],
  [Object.create(null)],
  { shape: 3, dataSync: 4 },
  { value: 1, derivative: 2 },
  disposed,
];

const call = (name: string, args: unknown[]) =>
  (equivalence as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!(...args);

describeHostileCalls(equivalence, calls, { hostile: () => hostile, Refusal: EquivalenceError });

describe('options of another name', () => {
  for (const [name, valid] of Object.entries(calls)) {
    valid.forEach((arg, i) => {
      if (!isOptions(arg)) return;
      if ('W' in arg) {
        it(`${name}: refuses a misspelt member of the network in argument ${i}, with the nearest name`, () => {
          const { bias, ...others } = arg;
          const args = valid.map((other, j) => (j === i ? { ...others, bais: bias } : other));
          expect(() => call(name, args)).toThrow(EquivalenceError);
          expect(() => call(name, args)).toThrow("got one with 'bais'. Did you mean 'bias'?");
        });
        return;
      }
      it(`${name}: refuses an unknown option in argument ${i}, with the nearest name`, () => {
        const key = Object.keys(arg)[0]!;
        const args = valid.map((other, j) => (j === i ? { ...arg, [`${key}z`]: 1 } : other));
        expect(() => call(name, args)).toThrow(EquivalenceError);
        expect(() => call(name, args)).toThrow(`got '${key}z'. Did you mean '${key}'?`);
      });
    });
  }

  it('unitaryFromContractive: refuses a misspelt option', () => {
    expect(() => call('unitaryFromContractive', [{ ...relu, inputBound: 1, inputNrom: '2' }])).toThrow(
      "got one with 'inputNrom'. Did you mean 'inputNorm'?",
    );
  });

  it('a network may carry what is not read, as the results of this package do', () => {
    const carried = { ...relu, note: 'trained on Monday', accuracy: 1 };
    expect(call('runRNN', [carried, x])).toEqual(call('runRNN', [relu, x]));
  });
});
