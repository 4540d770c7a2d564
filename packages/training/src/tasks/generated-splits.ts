import type { DatasetSplits, SequenceDataset } from '@hurwitz/datasets';

const sizes = { train: 10_000, validation: 1000, test: 1000 } as const;

/** Sequences of all parts together. */
export const generatedSequences = sizes.train + sizes.validation + sizes.test;

/** Consecutive examples of one generated problem, so that no two parts share one. */
export function generatedSplits(
  problem: (range: { first: number; size: number }) => SequenceDataset,
): DatasetSplits {
  return {
    train: problem({ first: 0, size: sizes.train }),
    validation: problem({ first: sizes.train, size: sizes.validation }),
    test: problem({ first: sizes.train + sizes.validation, size: sizes.test }),
  };
}
