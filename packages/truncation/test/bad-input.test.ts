import { describe, expect, test } from 'vitest';
import * as t from '../src/index.js';

const { model, task } = t.gaussianInstance({ units: 3, inputDim: 2, sequences: 2, steps: 6 });
const x = task.inputs[0]!;
const constants = { lambda: 0.5, inputLipschitz: 1, inputBound: 1 };
const bounds = { inputBound: 1, readoutNorm: 1, targetBound: 1 };
const weights = { activation: 'tanh' as const, units: 3, W: 0.5, kernel: 1, bias: 0 };
const measured = { k: 2, steps: 3, rate: { alpha: 0.1, schedule: 'inverse' as const } };
const training = { ...measured, lambda: 0.5 };
const unstable = { ...model, W: [2, 0, 0].map((w) => [w, 0, 0]) };

describe('bad input is refused by name', () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      'k = 0',
      () => t.truncatedState(model, x, 0),
      /truncatedState: expected k to be an integer from 1 to the sequence's 6, got 0/,
    ],
    ['k too long', () => t.truncatedState(model, x, 7), /got 7/],
    ['k fractional', () => t.truncatedState(model, x, 1.5), /got 1\.5/],
    ['k NaN', () => t.truncationDistances(model, x, [NaN]), /got NaN/],
    ['x of another width', () => t.truncatedState(model, [[1]], 1), /x of shape \[any, 2\], got \[1, 1\]/],
    ['NaN in x', () => t.truncatedState(model, [[1, NaN]], 1), /x\[0\]\[1\] = NaN/],
    ['no model', () => t.truncatedState(null as never, x, 1), /a model, got null/],
    [
      'bias too short',
      () => t.truncatedState({ ...model, bias: [1] }, x, 1),
      /bias of length 3, got length 1/,
    ],
    [
      'overflow',
      () => t.truncatedState({ W: [[1e200]], kernel: [[1e200]], activation: 'linear' }, [[1], [1], [1]], 3),
      /a finite state, got an overflow/,
    ],
    [
      'λ missing',
      () => t.truncationLength({ ...constants, lambda: undefined as never, epsilon: 1 }),
      /lambda to be .*got undefined/,
    ],
    ['λ negative', () => t.lemma1Bound({ ...constants, lambda: -0.1, k: 1 }), /at least 0, got -0\.1/],
    [
      'ε = 0',
      () => t.truncationLength({ ...constants, epsilon: 0 }),
      /epsilon to be a finite number, above 0, got 0/,
    ],
    [
      'B_x negative',
      () => t.truncationLength({ ...constants, inputBound: -1, epsilon: 1 }),
      /inputBound .*got -1/,
    ],
    [
      'ReLU gradients',
      () => t.gradientGaps({ ...model, activation: 'relu' }, task, [1]),
      /activation linear, tanh, sigmoid, got relu/,
    ],
    [
      'gradient overflow',
      () =>
        t.lossGradient(
          { W: [[1e200]], kernel: [[1]], activation: 'linear' },
          { inputs: [[[1], [1], [1]]], targets: [[0]], readout: [[1]] },
        ),
      /lossGradient: expected finite gradients, got an overflow/,
    ],
    [
      "constants of an activation of one's own",
      () =>
        t.lemma1Constants(
          { ...model, activation: { value: Math.sin, derivative: Math.cos } },
          { inputBound: 1 },
        ),
      /an activation known by name, got an object/,
    ],
    ['seed NaN', () => t.gaussianInstance({ seed: NaN }), /seed to be an integer, got NaN/],
    ['gradient k = 0', () => t.lossGradient(model, task, { k: 0 }), /k to be an integer from 1/],
    ['gap k = 0', () => t.gradientGaps(model, task, [0]), /k to be an integer from 1/],
    [
      'missing target',
      () => t.lossGradient(model, { ...task, targets: [[1]] }),
      /with a target each, got 2 sequences of 6 steps, 1 targets/,
    ],
    ['no sequences', () => t.lossGradient(model, { ...task, inputs: [], targets: [] }), /got 0 sequences/],
    [
      'wide target',
      () => t.lossGradient(model, { ...task, targets: task.targets.map(() => [1, 2]) }),
      /targets\[0\] of length 1/,
    ],
    [
      'readout of other units',
      () => t.lossGradient(model, { ...task, readout: [[1]] }),
      /readout of shape \[3, any\]/,
    ],
    [
      'training k = 7',
      () => t.compareTraining(model, task, { ...training, k: 7 }),
      /compareTraining: .*got 7/,
    ],
    ['training λ = 1', () => t.compareTraining(model, task, { ...training, lambda: 1 }), /below 1, got 1/],
    [
      'training without steps',
      () => t.trainingDistances(model, task, { ...measured, steps: 0 }),
      /steps .*got 0/,
    ],
    ['radius 0', () => t.trainingDistances(model, task, { ...measured, radius: 0 }), /radius .*got 0/],
    ['distance k = 7', () => t.gradientDistances(model, task, [7]), /gradientDistances: .*got 7/],
    [
      'training an unstable model against the bounds',
      () => t.compareTraining(unstable, task, { ...training, lambda: 2 }),
      /compareTraining: expected lambda .*below 1, got 2/,
    ],
    [
      'α = 0',
      () => t.compareTraining(model, task, { ...training, rate: { alpha: 0, schedule: 'inverse' } }),
      /alpha .*got 0/,
    ],
    [
      'unknown schedule',
      () => t.compareTraining(model, task, { ...training, rate: { alpha: 1, schedule: 'cosine' as never } }),
      /schedule 'inverse' or 'constant', got cosine/,
    ],
    ['negative norm', () => t.regularity({ ...weights, kernel: -1 }, bounds), /kernel .*got -1/],
    [
      'no steps',
      () => t.weightGapBounds({ steps: -1, rate: training.rate, gradientGap: 1, smoothness: 1 }),
      /steps/,
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(t.TruncationError);
    expect(act).toThrow(message);
  });

  test.each<[string, () => unknown, number]>([
    ['lemma1Bound', () => t.lemma1Bound({ ...constants, lambda: 1, k: 3 }), 1],
    ['truncationLength', () => t.truncationLength({ ...constants, lambda: 1.25, epsilon: 1 }), 1.25],
    ['regularity', () => t.regularity({ ...weights, W: 1.5 }, bounds), 1.5],
    ['gradientGaps', () => t.gradientGaps(unstable, task, [1]), 2],
  ])('%s refuses an unstable model and says its λ', (where, act, lambda) => {
    expect(act).toThrow(t.UnstableModelError);
    expect(act).toThrow(new RegExp(`a stable model, λ < 1, got λ = ${lambda}`));
    try {
      act();
    } catch (error) {
      expect((error as t.UnstableModelError).lambda).toBe(lambda);
      expect((error as t.UnstableModelError).where).toBe(where);
    }
  });
});
