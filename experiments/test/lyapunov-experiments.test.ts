import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lstm, tangentSystem } from '@hurwitz/cells';
import { characterSequences } from '@hurwitz/datasets';
import { rankCorrelation } from '@hurwitz/lyapunov';
import { eigenvalues } from '@hurwitz/stability';
import { initialiseUniformly } from '@hurwitz/training';
import { selectBackend } from '@hurwitz/training/backends';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawPair } from '../lyapunov-spectra/hyperparameter-draws.js';
import { lyapunovFig3 } from '../lyapunov-spectra/lyapunov-fig3.js';
import { lyapunovFig4 } from '../lyapunov-spectra/lyapunov-fig4.js';
import { lyapunovFig4Mocap } from '../lyapunov-spectra/lyapunov-fig4-mocap.js';
import { lyapunovFig5 } from '../lyapunov-spectra/lyapunov-fig5.js';
import { lyapunovTable1 } from '../lyapunov-spectra/lyapunov-table1.js';
import { layerSpectra, spreadInputs, type WatchedRun } from '../lyapunov-spectra/spectra-in-training.js';
import type { Experiment } from '../runner/experiment.js';
import { small } from './small-experiment.js';
import { temporaryFolder } from './temporary-folder.js';

let folder = '';
beforeAll(async () => {
  folder = temporaryFolder();
  await selectBackend('cpu', { warn: () => {} });
  mkdirSync(join(folder, 'war-and-peace'));
  const text = 'Well, Prince, so Genoa and Lucca are now just family estates. '.repeat(60);
  writeFileSync(join(folder, 'war-and-peace', 'input.txt'), text);
  for (const part of ['train', 'test']) {
    const path = join(folder, 'cmu-mocap', part, 'turning');
    mkdirSync(path, { recursive: true });
    const poses = Array.from({ length: 2200 }, (_, i) => `${Math.cos(0.1 * i)},${Math.sin(0.2 * i)}`);
    writeFileSync(join(path, 'turning_1.txt'), poses.join('\n'));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs an experiment at a size for tests, with data of one of the folders above. */
function tiny<Numbers>(
  experiment: Experiment,
  { data, ...change }: { data: string } & Record<string, unknown>,
) {
  return small<Numbers>(experiment, change, { dataDir: join(folder, data), seed: 2 });
}

const size = { data: 'war-and-peace', units: 5, batchSize: 16, sequences: 2 };
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the spectra that are taken in training', () => {
  it('have the mean log2 |det J| / N of the hidden Jacobians along the same text, to 1e-9 bits', () => {
    const { test, vocabulary } = characterSequences('to be or not to be, that is the question. '.repeat(80));
    const layer = lstm({ units: 6, vocabularySize: vocabulary.length });
    layer.build([null, null]);
    initialiseUniformly(layer, { range: 0.7, seed: 3 });
    const inputs = spreadInputs(test, 3);
    const { hidden, full } = layerSpectra(layer, inputs);
    const system = tangentSystem(layer, { hidden: 'only' });
    const logs = inputs.flatMap((sequence) => {
      let state: ArrayLike<number> = new Float64Array(system.stateSize);
      return sequence.map((input) => {
        const moduli = eigenvalues(system.jacobian(state, input)).map(({ re, im }) => Math.hypot(re, im));
        state = system.step(state, input);
        return mean(moduli.map(Math.log2));
      });
    });
    expect(Math.abs(mean(hidden.exponents) - mean(logs))).toBeLessThan(1e-9);
    expect([hidden.exponents.length, full.exponents.length]).toEqual([6, 12]);
  });

  it('are driven by sequences of the text in its own order', () => {
    const text = Array.from({ length: 26 ** 2 }, (_, i) => String.fromCharCode(97 + (i % 26))).join('');
    const { test, vocabulary } = characterSequences(text, { length: 10 });
    for (const sequence of spreadInputs(test, 3)) {
      const letters = sequence.map(([token]) => vocabulary[token!]!.charCodeAt(0) - 97);
      expect(letters).toEqual(letters.map((_, i) => (letters[0]! + i) % 26));
    }
  });
});

describe('figure 3', () => {
  it('has a spectrum for every p and epoch, larger p contracting less before training', async () => {
    const ranges = [0.04, 0.08, 0.2, 0.5];
    const { numbers, entry } = await tiny<{ runs: WatchedRun[] }>(lyapunovFig3, {
      ...size,
      epochs: 2,
      ranges,
      drawn: [0, 1, 2],
    });
    const before = numbers.runs.map(({ epochs }) => mean(epochs[0]!.spectra!.hidden.exponents));
    expect([...before].sort((a, b) => a - b)).toEqual(before);
    expect(numbers.runs.map(({ epochs }) => epochs.length)).toEqual([3, 3, 3, 3]);
    const { epochs } = numbers.runs[0]!;
    expect(epochs.at(-1)!.validation).toBeLessThan(epochs[0]!.validation);
    expect(entry).toContain('`--full`');
  });
});

describe('figures 4 and 5', () => {
  it('correlate the losses and exponents of the runs that the entry lists', async () => {
    const { numbers, entry } = await tiny<{
      runs: WatchedRun[];
      correlations: Record<string, Record<string, unknown>>;
    }>(lyapunovFig4, { ...size, epochs: 1, runs: 6 });
    const ends = numbers.runs.map(({ epochs }) => epochs.at(-1)!);
    const expected = rankCorrelation(
      ends.map(({ spectra }) => spectra!.full.exponents[0]!),
      ends.map(({ validation }) => validation),
    );
    expect(numbers.correlations['full']!['max']).toEqual(expected);
    expect(entry).toContain(`| ${expected.correlation.toFixed(2)} [`);
  });

  it('draw learning rates evenly and dropout rates log-evenly in their ranges, each from its number alone', () => {
    const ranges = { learningRate: [0.001, 0.01], dropout: [0.01, 0.2] } as const;
    const draws = Array.from({ length: 400 }, (_, i) => drawPair(i, ranges, 1));
    expect(drawPair(2, ranges, 1)).toEqual(draws[2]);
    const below = (test: (draw: (typeof draws)[number]) => boolean): number =>
      draws.filter(test).length / 400;
    expect(below(({ learningRate }) => learningRate < 0.0055)).toBeCloseTo(0.5, 1);
    expect(below(({ dropout }) => dropout < Math.sqrt(0.01 * 0.2))).toBeCloseTo(0.5, 1);
    expect(
      below(
        ({ learningRate, dropout }) =>
          learningRate < 0.001 || learningRate > 0.01 || dropout < 0.01 || dropout > 0.2,
      ),
    ).toBe(0);
  });

  it('follow the first runs of figure 4 epoch by epoch, to the same numbers', async () => {
    type Numbers = { runs: WatchedRun[] };
    const four = await tiny<Numbers>(lyapunovFig4, { ...size, epochs: 1, runs: 6 });
    const five = await tiny<Numbers>(lyapunovFig5, { ...size, epochs: 1, runs: 2 });
    expect(five.numbers.runs.map(({ epochs }) => epochs[1])).toEqual(
      four.numbers.runs.slice(0, 2).map(({ epochs }) => epochs[1]),
    );
    expect(five.numbers.runs[0]!.epochs[0]!.spectra).toBeDefined();
  });

  it('vary p for the motions', async () => {
    const trainings = [0.002, 0.005].map((learningRate) => ({ epochs: 1, learningRate }));
    const { numbers, entry } = await tiny<{
      trainings: { learningRate: number; runs: (WatchedRun & { range: number })[] }[];
    }>(lyapunovFig4Mocap, {
      ...{ data: 'cmu-mocap', units: 4, steps: 10, trainings, sequences: 3, ranges: [0.1, 0.2, 0.3, 0.5] },
    });
    expect(numbers.trainings.map(({ learningRate }) => learningRate)).toEqual([0.002, 0.005]);
    for (const { runs } of numbers.trainings) {
      expect(runs.map(({ range }) => range)).toEqual([0.1, 0.2, 0.3, 0.5]);
      expect(runs.every(({ epochs }) => epochs[1]!.validation < epochs[0]!.validation)).toBe(true);
    }
    expect(entry).toContain('lyapunov-fig4-mocap-rate-0.002.svg');
  });
});

describe('table 1', () => {
  it('relates the time of a spectrum to that of the steps of a training', async () => {
    const cases = [
      { task: 'char-rnn', cell: 'lstm', units: 4 },
      { task: 'mocap', cell: 'gru', units: 4 },
    ];
    const { numbers, entry } = await tiny<{ costs: Record<string, number>[] }>(lyapunovTable1, {
      ...{ data: '.', cases, timedSteps: 1, timedSpectra: 1, sequences: 2 },
    });
    for (const cost of numbers.costs) expect(Object.values(cost).every((value) => value > 0)).toBe(true);
    expect(entry.match(/^\| (char-rnn \| lstm|mocap \| gru) \| 4 \|/gm)).toHaveLength(2);
  });
});
