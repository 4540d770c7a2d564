import { type CharacterSettings, characterRun, characterSettings, loadCharacters } from './character-runs.js';
import type { ExperimentContext } from './experiment.js';
import { type Draw, type DrawRanges, drawPairs } from './hyperparameter-draws.js';
import type { WatchedRun } from './spectra-in-training.js';

export interface PairSettings extends CharacterSettings, DrawRanges {
  runs: number;
  /** p of the initial weights. */
  range: number;
}

/** The pairs of figures 4 and 5; p times the square root of the units is that of the paper's code. */
export function pairSettings(full: boolean): PairSettings {
  const sizes = characterSettings(full);
  return {
    ...sizes,
    runs: full ? 60 : 32,
    range: Number((0.08 * Math.sqrt(512 / sizes.units)).toPrecision(2)),
    learningRate: [0.001, 0.01],
    dropout: [0.01, 0.2],
  };
}

export interface PairRun extends WatchedRun {
  draw: Draw;
}

/** Character models, each trained with a learning rate and a dropout rate of its own. */
export async function pairRuns(
  { settings, seed, dataDir, part, progress }: ExperimentContext<PairSettings>,
  spectraAfter: (epoch: number) => boolean,
): Promise<PairRun[]> {
  const data = await loadCharacters(dataDir, settings);
  const runs: PairRun[] = [];
  for (const [i, draw] of drawPairs(settings.runs, settings, seed).entries()) {
    const run = await part(`run-${i + 1}`, () =>
      characterRun(data, {
        settings,
        changes: { ...draw, initRange: settings.range, seed: seed + i },
        spectraAfter,
        progress: (message) => progress(`run ${i + 1} of ${settings.runs}, ${message}`),
      }),
    );
    runs.push({ draw, ...run });
  }
  return runs;
}

export const drawLabel = ({ learningRate, dropout }: Draw): string =>
  `rate ${learningRate.toFixed(4)}, dropout ${dropout.toFixed(3)}`;
