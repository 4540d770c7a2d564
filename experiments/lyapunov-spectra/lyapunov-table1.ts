import { join } from 'node:path';
import { characterSequences, motionSequences } from '@hurwitz/datasets';
import { loadCmuMocap, loadWarAndPeace } from '@hurwitz/datasets/node';
import type { Stage } from '@hurwitz/training';
import {
  type Config,
  charRnnStage,
  configVersion,
  defaultsOf,
  makeOptimizer,
  mocapStage,
  trainingStep,
  validateConfig,
} from '@hurwitz/training';
import { z } from 'zod';
import { markdownTable, timeText } from '../ledger/ledger.js';
import type { Comparison, Experiment, Part, PartResult } from '../runner/experiment.js';
import { count } from '../shared/settings.js';
import { spectrumOf, spreadInputs } from './spectra-in-training.js';

const taskNames = ['char-rnn', 'mocap'] as const;
const cells = ['lstm', 'gru'] as const;

const schema = z.strictObject({
  cases: z.array(z.strictObject({ task: z.enum(taskNames), cell: z.enum(cells), units: count })).min(1),
  batchSize: count,
  /** Steps and spectra that are timed, after a first one that is not. */
  timedSteps: count,
  timedSpectra: count,
  /** Epochs of a whole training. */
  epochs: z.strictObject({ 'char-rnn': count, mocap: count }),
  sequences: count,
});
type Settings = z.infer<typeof schema>;
type Case = Settings['cases'][number];

interface CasePart extends Part, Case {
  readonly settings: Settings;
  readonly seed: number;
}

interface Cost {
  /** Seconds. */
  step: number;
  epoch: number;
  training: number;
  hidden: number;
  full: number;
}

/** What one task trains on, and along what exponents are taken. */
interface Source {
  stage: (config: Config) => Stage;
  inputs: number[][][];
}

const measured = {
  ...{ batchSize: 100, timedSpectra: 3, epochs: { 'char-rnn': 15, mocap: 100 }, sequences: 10 },
};
const casesOf = (sizes: number[]): Case[] =>
  sizes.flatMap((units) => taskNames.flatMap((task) => cells.map((cell) => ({ task, cell, units }))));

/** What a spectrum costs beside the training. */
export const lyapunovTable1: Experiment<Settings, PartResult<CasePart, Cost>> = {
  id: 'lyapunov-table1',
  title: 'What a Lyapunov spectrum costs, relative to training (table 1 of Vogt et al.)',
  paper: 'Vogt et al. 2022',
  data: 'War and Peace and the CMU motions, in folders war-and-peace and cmu-mocap',
  settings: {
    schema,
    default: { ...measured, cases: casesOf([64, 128]), timedSteps: 9 },
    full: { ...measured, cases: casesOf([64, 128, 256, 512]), timedSteps: 20 },
  },
  parts: (settings, seed) =>
    settings.cases.map((each) => ({
      key: `${each.task}-${each.cell}-${each.units}`,
      ...{ ...each, settings, seed },
    })),
  async compute(part, { dataDir, once, progress }) {
    const { task, settings } = part;
    const source = await once(task, () => load[task](dataDir, settings));
    const cost = await measure(source, configOf(part), settings);
    progress(`${percent(cost.hidden, cost.training)} of the training`);
    return cost;
  },
  summarise(results, { settings }) {
    const costs = results.map(({ value }) => value);
    return {
      numbers: { costs },
      figures: [],
      sizes: sizes(settings),
      comparison: comparison(settings, costs),
      tuned: 'nothing',
      text: text(settings, costs),
    };
  },
};

const load: Record<Case['task'], (dataDir: string, settings: Settings) => Promise<Source>> = {
  async 'char-rnn'(dataDir, { sequences }) {
    const text = await loadWarAndPeace(join(dataDir, 'war-and-peace'));
    const characters = characterSequences(text, { length: 100 });
    return {
      stage: (config) => charRnnStage(config, characters),
      inputs: spreadInputs(characters.test, sequences),
    };
  },
  async mocap(dataDir, { sequences }) {
    const clips = await loadCmuMocap(join(dataDir, 'cmu-mocap'));
    return {
      stage: (config) => mocapStage(config, motionSequences(clips)),
      // As long as those of the characters, so that the two tasks compare.
      inputs: spreadInputs(motionSequences(clips, { steps: 100 }).test, sequences),
    };
  },
};

function configOf({ task, cell, units, settings: { batchSize, epochs }, seed }: CasePart): Config {
  const changes = { version: configVersion, task, cell, units, batchSize, seed, epochs: epochs[task] };
  return validateConfig({ ...defaultsOf(task), ...changes });
}

async function measure(
  { stage: build, inputs }: Source,
  config: Config,
  { timedSteps, timedSpectra }: Settings,
): Promise<Cost> {
  const stage = build(config);
  const optimizer = makeOptimizer(config);
  try {
    const take = (index: number): Promise<unknown> =>
      trainingStep(stage, optimizer, { batch: stage.batch(0, index % stage.batchesPerEpoch) });
    const step = await medianSeconds(timedSteps, take);
    const epoch = step * stage.batchesPerEpoch;
    const spectrum = (hidden: 'only' | 'with-cell'): Promise<number> =>
      medianSeconds(timedSpectra, async () => spectrumOf(stage.layer, inputs, hidden));
    const hidden = await spectrum('only');
    const full = config.cell === 'lstm' ? await spectrum('with-cell') : hidden;
    return { step, epoch, training: epoch * config.epochs, hidden, full };
  } finally {
    optimizer.dispose();
    stage.model.dispose();
  }
}

/** The median time of an action, which is done once before: the first time compiles. */
async function medianSeconds(times: number, action: (index: number) => Promise<unknown>): Promise<number> {
  const all: number[] = [];
  for (let i = 0; i <= times; i++) {
    const start = performance.now();
    await action(i);
    if (i > 0) all.push((performance.now() - start) / 1000);
  }
  return all.sort((a, b) => a - b)[Math.floor(times / 2)]!;
}

/** `86.5 ms`, `3.03 s`. */
const short = (seconds: number): string =>
  seconds < 1 ? `${(1000 * seconds).toPrecision(3)} ms` : `${seconds.toPrecision(3)} s`;

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toPrecision(2)}%`;

function sizes({ cases, sequences, epochs }: Settings): Comparison[] {
  const units = [...new Set(cases.map((each) => each.units))];
  return [
    { quantity: 'units', paper: 'an image that could not be read', here: units.join(', ') },
    { quantity: 'sequences of 100 steps', paper: 10, here: sequences },
    {
      quantity: 'epochs of a whole training, characters',
      paper: '15 in its code; its table counts to the least validation loss',
      here: `${epochs['char-rnn']}, extrapolated from single steps`,
    },
    {
      quantity: 'epochs of a whole training, motions',
      paper: 'not given',
      here: `${epochs.mocap}, extrapolated`,
    },
  ];
}

function comparison({ cases }: Settings, costs: Cost[]): Comparison[] {
  return (['char-rnn', 'mocap'] as const).map((task) => {
    const own = costs.filter((_, i) => cases[i]!.task === task);
    return {
      quantity: `one spectrum (hidden only) over the training, ${task}`,
      paper: 'about 4%',
      here: percentRange(own.map(({ hidden, training }) => hidden / training)),
    };
  });
}

function text(
  { cases, batchSize, timedSteps, timedSpectra, epochs, sequences }: Settings,
  costs: Cost[],
): string {
  const rows = cases.map(({ task, cell, units }, i) => {
    const { step, epoch, training, hidden, full } = costs[i]!;
    return [
      task,
      cell,
      units,
      short(step),
      timeText(training),
      short(hidden),
      short(full),
      percent(hidden, training),
      percent(full, training),
      percent(hidden, epoch),
    ];
  });
  const header = [
    'task',
    'cell',
    'units',
    'training step',
    'training',
    'spectrum, hidden only',
    'with the cell',
    'hidden only / training',
    'with the cell / training',
    'hidden only / epoch',
  ];
  const characters = costs.filter((_, i) => cases[i]!.task === 'char-rnn');
  const shares = characters.map(({ hidden, training }) => hidden / training);
  const perEpoch = characters.map(({ hidden, epoch }) => hidden / epoch);
  return `
The exponents of ${sequences} sequences of 100 steps, QR at every step, float64, against training in float32 in the same process. A training is ${epochs['char-rnn']} epochs of the
whole of War and Peace, or ${epochs.mocap} epochs of the motions, in batches of ${batchSize}: its time is the median of ${timedSteps} steps, multiplied; validation and loading are not in it. Spectra: the median of ${timedSpectra}.

${markdownTable(header, rows)}

The paper's table is an image that could not be read; its text says about 4% of the training for one spectrum. Here one spectrum of the character models costs
${percentRange(shares)} of their training, and one after every epoch would cost ${percentRange(perEpoch)} of it.`;
}

function percentRange(shares: number[]): string {
  const [low, high] = [Math.min(...shares), Math.max(...shares)];
  return `${percent(low, 1)} to ${percent(high, 1)}`;
}
