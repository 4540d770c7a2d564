import type { NamedArray } from '../run/checkpoint-file.js';

/** The arrays of a checkpoint, sorted by what they are. */
export interface SavedArrays {
  weights: NamedArray[];
  /** Weights of the best epoch; none before the first has ended. */
  best: NamedArray[];
  optimizer: NamedArray[];
  carried: NamedArray[];
}

const kinds = ['weights', 'best', 'optimizer', 'carried'] as const;

/** One list, in which each name tells the kind. */
export function joinArrays(arrays: SavedArrays): NamedArray[] {
  return kinds.flatMap((kind) => arrays[kind].map((array) => ({ ...array, name: `${kind}/${array.name}` })));
}

/** What `joinArrays` joined. */
export function splitArrays(arrays: readonly NamedArray[]): SavedArrays {
  const of = (kind: (typeof kinds)[number]): NamedArray[] =>
    arrays
      .filter(({ name }) => name.startsWith(`${kind}/`))
      .map((array) => ({ ...array, name: array.name.slice(kind.length + 1) }));
  return {
    weights: of('weights'),
    best: of('best'),
    optimizer: of('optimizer'),
    carried: of('carried'),
  };
}
