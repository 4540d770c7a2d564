import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  allLayers,
  convergenceFigure,
  type DrivingInputs,
  defaultWarmup,
  findRecurrentLayer,
  firstToken,
  hasLSTM,
  type MeasureOptions,
  type ModelSource,
  measureSpectrum,
  modelsOfRun,
  type NamedSpectrum,
  randomInputs,
  readInputsFile,
  recurrentLayers,
  spectrumFigure,
  summaryTopics,
  toText,
} from '@hurwitz/analysis';
import { type TangentSystem, tangentSystem, UnsupportedLayerError } from '@hurwitz/cells';
import { loadModelFile, oneOf, refuseUnread, type Unread, UserError } from '@hurwitz/training';
import { makeFolder, showPath, toJson, writeFileAtomic } from '@hurwitz/training/files';
import type { layers } from '@tensorflow/tfjs-layers';
import { wordsForCommand } from '../failures/package-error.js';
import { startBackend } from './start-backend.js';

export interface SpectrumCommandOptions extends Omit<MeasureOptions, 'precision'> {
  precision: string;
  sequences: number;
  seed: number;
  hidden: string;
  inputs?: string;
  layer?: string;
  stage?: string;
  dataDir?: string;
  backend: string;
  out?: string;
}

/** Steps of random inputs, unless told. */
const randomSteps = 1000;

/**
 * `hurwitz spectrum`: the Lyapunov exponents of the trained models of a run along its test data, or of any tf.layers model
 * along inputs from a file or random ones. Prints a table and writes spectrum.svg, spectrum-convergence.svg and
 * spectrum.json.
 */
export async function spectrum(
  path: string,
  options: SpectrumCommandOptions,
  given: ReadonlySet<string>,
): Promise<void> {
  const precision = oneOf('--precision', options.precision, ['float64', 'float32'] as const);
  const hidden = oneOf('--hidden', options.hidden, ['with-cell', 'only'] as const);
  if (!existsSync(path)) {
    throw new UserError(
      `${showPath(path)} does not exist. Give a run folder, or the model.json of a tf.layers model.`,
    );
  }
  const isFile = statSync(path).isFile();
  refuseUnread(given, isFile ? unreadOfModel(path, options) : unreadOfRun(path));
  const out = options.out ?? (isFile ? dirname(path) : path);
  makeFolder(out, '--out');
  await startBackend(options);
  const sources = isFile ? [await bareModel(path, options)] : await modelsOfRun(path, options);
  const spectra: NamedSpectrum[] = [];
  for (const { name, title, model, inputs } of sources) {
    refuseUnread(
      given,
      hasLSTM(allLayers(model)) ? {} : { hidden: `means nothing to ${name}, which has no LSTM` },
    );
    const system = systemOf(model, hidden);
    console.error(`Measuring the exponents of ${name} ...`);
    const driving = inputs(system);
    requireSequences(driving, { sequences: options.sequences, asked: given.has('sequences') });
    const measured = measureSpectrum(system, driving, { ...options, precision });
    console.log(`${title}\n\n${toText(summaryTopics(measured))}`);
    spectra.push({ name, title, measured });
  }
  await write(out, spectra, hidden);
}

const unreadOfModel = (path: string, { inputs }: SpectrumCommandOptions): Unread => ({
  stage: `belongs to a run folder, and ${path} is a model`,
  dataDir: `belongs to a run folder, and ${path} is a model`,
  seed: inputs === undefined ? undefined : 'has no effect beside --inputs, since nothing is random then',
});

const unreadOfRun = (path: string): Unread => ({
  layer: `belongs to a model, and ${path} is a run folder, whose models have one recurrent layer`,
  seed: 'has no effect on a run, which is driven by its test data',
});

/** @throws UserError for a model that is no chain of layers, with the layers that can be measured alone. */
function systemOf(model: layers.Layer, hidden: 'with-cell' | 'only'): TangentSystem {
  try {
    return tangentSystem(model, { hidden });
  } catch (error) {
    if (!(error instanceof UnsupportedLayerError)) throw error;
    const names = recurrentLayers(model).map((layer) => layer.name);
    const advice =
      names.length === 0
        ? 'It has no recurrent layer that can be measured alone.'
        : `Measure one recurrent layer alone, driven by the inputs that it gets itself: --layer ${names.join(' or --layer ')}.`;
    throw new UserError(`${wordsForCommand(error)} ${advice}`, { cause: error });
  }
}

/** @throws UserError when more sequences are asked for than there are. */
function requireSequences(
  { sequences: there, source }: DrivingInputs,
  { sequences, asked }: { sequences: number; asked: boolean },
): void {
  if (!asked || sequences <= there.length) return;
  throw new UserError(
    `--sequences: must be at most ${there.length}, the sequences of ${source}, got ${sequences}.`,
  );
}

/** A model that belongs to no run, along the inputs of a file or random ones. */
async function bareModel(path: string, options: SpectrumCommandOptions): Promise<ModelSource> {
  const { inputs: file, sequences, seed, steps = randomSteps, warmup = defaultWarmup(steps) } = options;
  const loaded = await loadModelFile(path);
  const model = options.layer === undefined ? loaded : findRecurrentLayer(loaded, options.layer);
  const name = options.layer ?? loaded.name;
  return {
    name,
    title: `${name} (${path})`,
    model,
    inputs: (system) => {
      if (file !== undefined) return readInputsFile(file, sequences);
      const drawing = { sequences, steps: warmup + steps, seed };
      return randomInputs(system, { ...drawing, firstToken: firstToken(allLayers(model)) });
    },
  };
}

async function write(out: string, spectra: readonly NamedSpectrum[], hidden: string): Promise<void> {
  const models = spectra.map(({ name, title, measured }) => ({ name, title, hidden, ...measured }));
  const files = {
    'spectrum.json': toJson({ unit: 'nats per step', models }),
    ...(spectra.some(({ measured }) => Number.isFinite(measured.exponents[0]!)) && {
      'spectrum.svg': await spectrumFigure(spectra),
      'spectrum-convergence.svg': await convergenceFigure(spectra),
    }),
  };
  for (const [name, text] of Object.entries(files)) writeFileAtomic(join(out, name), text);
  console.log(`Written to ${out}: ${Object.keys(files).join(', ')}`);
}
