import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { linearCrossEntropy } from '@hurwitz/cells';
import { languageModel } from '@hurwitz/training';
import type { RNN } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inputGradientNorms } from '../stable-models/input-gradients.js';
import { textConfig, textSettings } from '../stable-models/text-models.js';
import { truncationFig2 } from '../stable-models/truncation-fig2.js';
import { truncationPerplexity } from '../stable-models/truncation-perplexity.js';
import { small } from './small-experiment.js';
import { temporaryFolder } from './temporary-folder.js';

let dataDir = '';
beforeAll(async () => {
  await tf.setBackend('cpu');
  dataDir = temporaryFolder();
  const line = (i: number): string =>
    Array.from({ length: 9 }, (_, j) => `w${(i * i + 3 * j * j + i * j) % 6}`).join(' ');
  const text = (lines: number, from: number): string =>
    Array.from({ length: lines }, (_, i) => `${line(i + from)}\n`).join('');
  writeFileSync(join(dataDir, 'train.txt'), `rare ${text(40, 0)}`);
  for (const name of ['valid', 'test']) writeFileSync(join(dataDir, `${name}.txt`), text(10, 50));
});
afterAll(() => rmSync(dataDir, { recursive: true }));

const sizes = { trainWords: 300, testWords: 60, units: 3, batchSize: 2, length: 6 };

interface Perplexities {
  vocabularySize: number;
  outcomes: { cell: string; training: string; factor: number; recurrent: number; truncated: number[] }[];
}

interface Fig2 {
  outcomes: {
    stable: boolean;
    factor: number;
    gradient: number[];
    training: Record<'sgd' | 'adam', { moved: number[]; apart: number[][] }>;
  }[];
}

describe('experiments on text at a small size', () => {
  it('truncation-perplexity: six models; truncated after as many words as there are, each is its recurrent self', async () => {
    const { numbers, entry } = await small<Perplexities>(
      truncationPerplexity,
      { ...sizes, ks: [1, 5, 60], trainedK: 3 },
      { dataDir },
    );
    // w0 to w5, <eos> and <unk>: `rare` occurs once.
    expect(numbers.vocabularySize).toBe(8);
    expect(numbers.outcomes.map(({ cell, training }) => `${cell} ${training}`)).toEqual([
      ...['vanilla free', 'vanilla stable', 'vanilla truncated'],
      ...['lstm free', 'lstm stable', 'lstm truncated'],
    ]);
    for (const { training, factor, recurrent, truncated } of numbers.outcomes) {
      expect(Math.abs(truncated[2]! / recurrent - 1)).toBeLessThan(1e-5);
      expect(truncated[0]).not.toBeCloseTo(recurrent, 3);
      if (training === 'stable') expect(factor).toBeLessThanOrEqual(0.95);
    }
    expect(entry).toContain('Stable models perform on par');
  });

  it('truncation-fig2: truncation after as many words as are trained on changes nothing; after one it does', async () => {
    const { numbers } = await small<Fig2>(
      truncationFig2,
      { ...sizes, trainWords: 13, ks: [1, 6], moments: 2, windows: 4, steps: 8, learningRate: 0.05 },
      { dataDir },
    );
    expect(numbers.outcomes).toHaveLength(4);
    for (const { gradient, training } of numbers.outcomes) {
      expect(gradient).toHaveLength(8);
      for (const { moved, apart } of Object.values(training)) {
        expect(moved.at(-1)).toBeGreaterThan(0.01);
        expect(apart[0]!.at(-1)).toBeGreaterThan(1e-3);
        expect(apart[1]!.at(-1)).toBeLessThan(1e-4);
      }
    }
  });
});

it.each(['vanilla', 'lstm'] as const)(
  'the gradient by distance of a %s is that of central differences to 1e-3 of it',
  async (cell) => {
    const config = textConfig({ ...textSettings.default, units: 3 }, { cell, seed: 2 });
    const test = Int32Array.of(1, 4, 2, 0, 3);
    const corpus = { vocabularySize: 5, train: test, validation: test, test, start: 0 };
    const { model, layer, readout } = languageModel(config, corpus);
    model.setWeights(
      model.getWeights().map(({ shape }, i) => tf.randomNormal(shape, 0, 0.7, 'float32', i + 1)),
    );
    const norms = inputGradientNorms(layer as RNN, config, {
      corpus,
      readout: readout(),
      windows: 1,
      steps: 4,
    });
    const [kernel, ...rest] = layer.getWeights().map((weight) => weight.clone()) as [
      tf.Tensor2D,
      ...tf.Tensor[],
    ];
    const base = kernel.arraySync();
    // Tokens 1, 4, 2, 0 occur once each, so a row of the kernel is the input at one distance.
    const loss = (row: number, column: number, step: number): number => {
      const moved = base.map((entries) => [...entries]);
      moved[row]![column]! += step;
      layer.setWeights([tf.tensor2d(moved), ...rest]);
      const [states] = (layer as RNN).call(tf.tensor2d([1, 4, 2, 0], [1, 4], 'int32'), {}) as tf.Tensor[];
      const last = tf.reshape(tf.slice(states!, [0, 3, 0], [1, 1, 3]), [1, 3]) as tf.Tensor2D;
      return linearCrossEntropy(last, tf.tensor1d([3], 'int32'), readout()).dataSync()[0]!;
    };
    const slope = (row: number, column: number): number =>
      (loss(row, column, 0.02) - loss(row, column, -0.02)) / 0.04;
    for (const [distance, row] of [0, 2, 4, 1].entries()) {
      const columns = Array.from({ length: kernel.shape[1] }, (_, column) => slope(row, column));
      const expected = Math.hypot(...columns);
      expect(Math.abs(norms[distance]! - expected)).toBeLessThan(1e-3 * Math.max(expected, 0.1));
    }
  },
);
