import type { Place } from './hooks.js';
import type { Metrics } from './learner.js';

/** Where a run stands: everything but arrays. The header of every checkpoint. */
export interface Progress extends Place {
  stage: number;
  /** Sums over the epoch so far. */
  sums: { loss: number; correct: number; samples: number };
  /** The best epoch of the stage by its validation metric. */
  best: { epoch: number; value: number } | null;
  /** Checksums of the lines of metrics.jsonl that are true at this point. */
  logged: string[];
  /** Test metrics of the stages that are done. */
  results: Record<string, Metrics>;
}

export const emptySums = (): Progress['sums'] => ({ loss: 0, correct: 0, samples: 0 });

export const startOfRun = (): Progress => ({
  stage: 0,
  epoch: 0,
  batch: 0,
  step: 0,
  sums: emptySums(),
  best: null,
  logged: [],
  results: {},
});
