import type { z } from 'zod';
import type { Part, PartContext, PartResult } from '../runner/experiment.js';
import { count, positive } from '../shared/settings.js';
import { characterRun, characterSchema, characterSettings } from './character-runs.js';
import { type Draw, drawPair, drawRanges } from './hyperparameter-draws.js';
import type { WatchedRun } from './spectra-in-training.js';

export const pairSchema = characterSchema.extend({
  runs: count,
  /** p of the initial weights. */
  range: positive,
  ...drawRanges,
});
export type PairSettings = z.infer<typeof pairSchema>;

const ranges: Pick<PairSettings, 'learningRate' | 'dropout'> = {
  learningRate: [0.001, 0.01],
  dropout: [0.01, 0.2],
};

/** The pairs of figures 4 and 5; p times the square root of the units is that of the paper's code. */
export const pairSettings: Record<'default' | 'full', PairSettings> = {
  default: { ...characterSettings.default, ...ranges, runs: 32, range: 0.23 },
  full: { ...characterSettings.full, ...ranges, runs: 60, range: 0.08 },
};

export interface PairRun extends WatchedRun {
  draw: Draw;
}

export interface PairPart extends Part {
  /** From 0; it decides the draw. */
  readonly index: number;
  readonly settings: PairSettings;
  readonly seed: number;
}

export type PairResult = PartResult<PairPart, PairRun>;

export const pairParts = (settings: PairSettings, seed: number): PairPart[] =>
  Array.from({ length: settings.runs }, (_, index) => ({ key: `run-${index + 1}`, index, settings, seed }));

/** A character model, trained with a learning rate and a dropout rate of its own. */
export async function pairRun(
  { index, settings, seed }: PairPart,
  { context, spectraAfter }: { context: PartContext; spectraAfter: (epoch: number) => boolean },
): Promise<PairRun> {
  const draw = drawPair(index, settings, seed);
  const changes = { ...draw, initRange: settings.range, seed: seed + index };
  return { draw, ...(await characterRun(settings, { changes, spectraAfter, context })) };
}

export const drawLabel = ({ learningRate, dropout }: Draw): string =>
  `rate ${learningRate.toFixed(4)}, dropout ${dropout.toFixed(3)}`;
