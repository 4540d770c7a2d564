import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tangentSystem } from '@hurwitz/cells';
import { toText } from '../analysis/findings.js';
import { oneOf } from '../config/validate.js';
import { UserError } from '../errors.js';
import { writeFileAtomic } from '../run/atomic-file.js';
import { toJson } from '../run/json.js';
import { loadModelFile } from '../run/saved-model.js';
import { convergenceFigure, type NamedSpectrum, spectrumFigure } from '../spectrum/figures.js';
import { randomInputs, readInputsFile } from '../spectrum/inputs.js';
import { defaultWarmup, type MeasureOptions, measureSpectrum } from '../spectrum/measure.js';
import { type ModelSource, modelsOfRun } from '../spectrum/run-models.js';
import { summaryParts } from '../spectrum/summary.js';
import { startBackend } from './start-backend.js';

export interface SpectrumCommandOptions extends Omit<MeasureOptions, 'precision'> {
  precision: string;
  sequences: number;
  seed: number;
  hidden: string;
  inputs?: string;
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
export async function spectrum(path: string, options: SpectrumCommandOptions): Promise<void> {
  const precision = oneOf('--precision', options.precision, ['float64', 'float32'] as const);
  const hidden = oneOf('--hidden', options.hidden, ['with-cell', 'only'] as const);
  if (!existsSync(path)) {
    throw new UserError(`${path} does not exist. Give a run folder, or the model.json of a tf.layers model.`);
  }
  const isFile = statSync(path).isFile();
  const out = options.out ?? (isFile ? dirname(path) : path);
  await startBackend(options);
  const sources = isFile ? [await bareModel(path, options)] : await modelsOfRun(path, options);
  const spectra: NamedSpectrum[] = [];
  for (const { name, title, model, inputs } of sources) {
    const system = tangentSystem(model, { hidden });
    console.error(`Measuring the exponents of ${name} ...`);
    const measured = measureSpectrum(system, inputs(system), { ...options, precision });
    console.log(`${title}\n\n${toText(summaryParts(measured))}`);
    spectra.push({ name, title, measured });
  }
  await write(out, spectra, hidden);
}

/** A model that belongs to no run, along the inputs of a file or random ones. */
async function bareModel(path: string, options: SpectrumCommandOptions): Promise<ModelSource> {
  const { inputs: file, sequences, seed, steps = randomSteps, warmup = defaultWarmup(steps) } = options;
  for (const key of ['dataDir', 'stage'] as const) {
    if (options[key] === undefined) continue;
    throw new UserError(
      `--${key === 'dataDir' ? 'data-dir' : key} belongs to a run folder; ${path} is a model.`,
    );
  }
  const model = await loadModelFile(path);
  return {
    name: model.name,
    title: `${model.name} (${path})`,
    model,
    inputs: (system) => {
      if (file === undefined) return randomInputs(system, { sequences, steps: warmup + steps, seed });
      const read = readInputsFile(file);
      return { ...read, sequences: read.sequences.slice(0, sequences) };
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
