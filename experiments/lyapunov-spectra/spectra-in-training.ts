import { tangentSystem } from '@hurwitz/cells';
import { gather, type SequenceDataset } from '@hurwitz/datasets';
import { lyapunovSpectrum } from '@hurwitz/lyapunov';
import type { Config, Stage } from '@hurwitz/training';
import { descend, learningRateAt, makeOptimizer } from '@hurwitz/training';
import type { layers } from '@tensorflow/tfjs-layers';
import { mean } from '../shared/mean.js';

/** Exponents in bits per step, the papers' unit, from the largest. */
export interface Spectrum {
  exponents: number[];
  standardError: number[];
}

/** The two spectra of a layer; the same where the state is no more than the hidden units. */
export interface LayerSpectra {
  /** Of ∂h_t/∂h_{t-1} with the cell held fixed, as Vogt et al. (2022) have it. */
  hidden: Spectrum;
  /** Of the whole state: h and c. */
  full: Spectrum;
}

export interface WatchedEpoch {
  /** 0 is before training. */
  epoch: number;
  validation: number;
  spectra?: LayerSpectra;
}

export interface WatchedRun {
  epochs: WatchedEpoch[];
  /** Whether a loss or gradient overflowed, which ended the training. */
  diverged: boolean;
}

/** What `watchedRun` does besides training. */
export interface Watching {
  config: Config;
  /** [sequence][step][1 or inputDim], along which exponents are taken. */
  inputs: number[][][];
  /** Whether to take them after an epoch; 0 is before training. */
  spectraAfter: (epoch: number) => boolean;
  progress: (message: string) => void;
}

/** Trains a stage, measures it after every epoch on the validation data, and takes its spectra after some. */
export async function watchedRun(
  stage: Stage,
  { config, inputs, spectraAfter, progress }: Watching,
): Promise<WatchedRun> {
  const optimizer = makeOptimizer(config);
  const run: WatchedRun = { epochs: [], diverged: false };
  const measure = async (epoch: number): Promise<void> => {
    const validation = (await stage.evaluate('validation'))[stage.select.metric] as number;
    const spectra = spectraAfter(epoch) ? layerSpectra(stage.layer, inputs) : undefined;
    run.epochs.push({ epoch, validation, ...(spectra !== undefined && { spectra }) });
    const largest =
      spectra === undefined ? '' : `, largest exponent ${spectra.hidden.exponents[0]!.toFixed(3)} bits`;
    progress(`epoch ${epoch} of ${config.epochs}: ${stage.select.metric} ${validation.toFixed(4)}${largest}`);
  };
  try {
    await measure(0);
    const whole = await descend(stage, {
      ...{ optimizer, epochs: config.epochs, clipNorm: config.clipNorm },
      learningRateAt: (epoch) => learningRateAt(config, epoch),
      hooks: [{ afterEpoch: ({ epoch }) => measure(epoch) }],
      onNonFinite: () => 'stop',
    });
    run.diverged = !whole;
    if (run.diverged) await measure(run.epochs.length);
    return run;
  } finally {
    optimizer.dispose();
    stage.model.dispose();
  }
}

/** Both spectra along some inputs, from rest. */
export function layerSpectra(layer: layers.Layer, inputs: number[][][]): LayerSpectra {
  return { hidden: spectrumOf(layer, inputs, 'only'), full: spectrumOf(layer, inputs, 'with-cell') };
}

/** One spectrum along some inputs, from rest. */
export function spectrumOf(
  layer: layers.Layer,
  inputs: number[][][],
  hidden: 'only' | 'with-cell',
): Spectrum {
  const { exponents, standardError } = lyapunovSpectrum(tangentSystem(layer, { hidden }), {
    inputs,
    base: 2,
  });
  return { exponents, standardError };
}

/** Sequences spread evenly over a data set, each in its own order, as [sequence][step][number]. */
export function spreadInputs(dataset: SequenceDataset, count: number): number[][][] {
  const rows = Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * dataset.size) / count));
  const { inputs, inputShape } = gather(dataset, rows);
  const [, steps, width = 1] = inputShape as [number, number, number?];
  return rows.map((_, i) =>
    Array.from({ length: steps }, (_, t) =>
      Array.from(inputs.subarray((i * steps + t) * width, (i * steps + t + 1) * width)),
    ),
  );
}

export function meanSquaredDifference(a: readonly number[], b: readonly number[]): number {
  return mean(a.map((value, i) => (value - b[i]!) ** 2));
}
