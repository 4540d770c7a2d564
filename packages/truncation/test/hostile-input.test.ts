import { lstmMap } from '@hurwitz/stability';
import { layers as tfLayers } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { describeHostileCalls, hostileValues, isOptions } from '../../../scripts/hostile-arguments.js';
import * as truncation from '../src/index.js';
import { truncated } from '../src/layers.js';

const { TruncationError } = truncation;
const { model: drawn, task } = truncation.gaussianInstance({ units: 2, inputDim: 1, sequences: 2, steps: 3 });
const model = { ...drawn };
const x = task.inputs[0];
const constants = { lambda: 0.5, inputLipschitz: 1, inputBound: 1, offset: 0 };
const weights = { activation: 'tanh' as const, units: 2, W: 0.5, kernel: 1, bias: 0 };
const bounds = { inputBound: 1, targetBound: 1, readoutNorm: 1 };
const regular = { ...truncation.regularity(weights, bounds) };
const rate = { alpha: 0.1, schedule: 'inverse' };

/** A valid call of every function of the package. */
const calls: { [name: string]: unknown[] } = {
  compareTraining: [model, task, { k: 2, steps: 1, rate, lambda: 0.5 }],
  gaussianInstance: [
    {
      units: 2,
      inputDim: 1,
      outputs: 1,
      lambda: 0.5,
      activation: 'tanh',
      sequences: 1,
      steps: 2,
      seed: 1,
    },
  ],
  gradientDistances: [model, task, [1]],
  gradientGapBound: [regular, 2],
  gradientGaps: [model, task, [1]],
  smoothness: [regular],
  lossGradient: [model, task, { k: 1 }],
  lemma1Constants: [model, { inputBound: 1 }],
  regularity: [weights, bounds],
  trainingDistances: [model, task, { k: 2, steps: 1, rate, radius: 1 }],
  truncatedState: [model, x, 1],
  truncationDistances: [model, x, [1]],
  lemma1Bound: [{ k: 1, ...constants }],
  truncationLength: [{ epsilon: 0.1, ...constants }],
  weightGapBounds: [{ steps: 2, rate, gradientGap: 1, smoothness: 1 }],
};

const hostile: unknown[] = [
  ...hostileValues,
  Object.create(null),
  [{}],
  [Object.create(null)],
  { shape: 3, dataSync: 4 },
  { value: 1, derivative: 2 },
  { step: 1, stateSize: -1, inputSize: 'x' },
  { step: 1, stateSize: 2, inputSize: 1 },
];

const call = (name: string, args: unknown[]) =>
  (truncation as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!(...args);

describeHostileCalls(truncation, calls, { hostile: () => hostile, Refusal: TruncationError });

describe('options of another name', () => {
  for (const [name, valid] of Object.entries(calls)) {
    valid.forEach((arg, i) => {
      if (!isOptions(arg) || (arg as unknown) === task) return;
      if ((arg as unknown) === model) {
        it(`${name}: refuses a misspelt member of the model, with the nearest name`, () => {
          const { bias, ...others } = model;
          const args = valid.map((other, j) => (j === i ? { ...others, bais: bias } : other));
          expect(() => call(name, args)).toThrow(TruncationError);
          expect(() => call(name, args)).toThrow("got one with 'bais'. Did you mean 'bias'?");
        });
        return;
      }
      it(`${name}: refuses an unknown option in argument ${i}, with the nearest name`, () => {
        const key = Object.keys(arg)[0]!;
        const args = valid.map((other, j) => (j === i ? { ...arg, [`${key}z`]: 1 } : other));
        expect(() => call(name, args)).toThrow(TruncationError);
        expect(() => call(name, args)).toThrow(`got '${key}z'. Did you mean '${key}'?`);
      });
    });
  }

  it('an unknown option of a rate is refused too', () => {
    const options = { steps: 2, gradientGap: 1, smoothness: 1, rate: { ...rate, alhpa: 1 } };
    expect(() => call('weightGapBounds', [options])).toThrow("got 'alhpa'. Did you mean 'alpha'?");
  });

  it('a map of @hurwitz/stability is taken whatever else it has', () => {
    const map = lstmMap({ kernel: [[1, 1, 1, 1]], recurrentKernel: [[1, 1, 1, 1]], cellBound: 1 });
    expect(truncation.truncatedState(map, [[1], [2]], 1)).toHaveLength(2);
  });

  it('a layer: options that are unknown, null or of a wrong kind', () => {
    const layer = () => tfLayers.lstm({ units: 2 }) as never;
    truncated({ layer: layer(), k: 2, returnSequences: false, name: 'short' });
    expect(() => truncated({ layer: layer(), k: 2, returnSequence: false } as never)).toThrow(
      "got 'returnSequence'. Did you mean 'returnSequences'?",
    );
    for (const value of hostile) {
      expect(() => truncated(value as never)).toThrow(TruncationError);
      expect(() => truncated({ layer: value as never, k: 1 })).toThrow(TruncationError);
      expect(() => truncated({ layer: layer(), k: value as never })).toThrow(TruncationError);
      if (value === undefined || value === true) continue;
      expect(() => truncated({ layer: layer(), k: 1, returnSequences: value as never })).toThrow(
        TruncationError,
      );
    }
  });
});
