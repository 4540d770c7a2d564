import { describe, readOptions, requireInteger, requireList } from './checks.js';
import { DatasetError } from './errors.js';

/** How `tokenStreams` cuts a text. */
export interface TokenStreamsOptions {
  /** How many streams run side by side. */
  batchSize: number;
  /** Steps of a segment: how far back-propagation through time reaches. */
  length: number;
}

/** The same stretch of time of every stream: tokens to read, and the token that follows each. */
export interface TokenSegment {
  /** [batchSize, steps], stream by stream. */
  readonly inputs: Int32Array;
  /** [batchSize, steps], the token after each input. */
  readonly targets: Int32Array;
  /** [batchSize, steps]; steps is `length`, or less in the last segment. */
  readonly shape: [number, number];
}

/** A text as parallel streams, read segment by segment. */
export interface TokenStreams {
  readonly batchSize: number;
  /** Predictions of each stream. */
  readonly steps: number;
  /** How many segments: ceil(steps / length). */
  readonly segments: number;
  /** Segment 0, 1, ...: row b goes on where row b of the one before stopped, so the state can be carried. */
  segment(index: number): TokenSegment;
}

/**
 * Cuts a text into `batchSize` contiguous streams of equal length, side by side as the rows of a batch. With n tokens, stream
 * b predicts tokens b s + 1, ..., (b + 1) s from those before them, s = floor((n - 1) / batchSize): the target is always
 * the next token of the text, also at the end of a segment, and never wraps around. All but the last (n - 1) mod batchSize
 * predictions are made, each once; with a batch size of 1, all n - 1.
 *
 * A segment depends on its index alone, so an index and the carried state are all it takes to resume.
 *
 * @param tokens - The text, as numbers of its symbols.
 * @throws {DatasetError} on settings out of range, a token that is no integer from 0 to 2^31 - 1, or a text too short to
 *   give every stream one prediction.
 */
export function tokenStreams(tokens: ArrayLike<number>, options: TokenStreamsOptions): TokenStreams {
  const where = 'tokenStreams';
  const { batchSize, length } = readOptions(where, options, ['batchSize', 'length']);
  requireTokens(where, tokens);
  requireInteger(where, 'batchSize', batchSize, 1);
  requireInteger(where, 'length', length, 1);
  const steps = Math.floor((tokens.length - 1) / batchSize);
  if (!(steps >= 1)) {
    throw new DatasetError(
      where,
      `at least ${batchSize + 1} tokens for ${batchSize} streams`,
      describe(tokens.length),
      'Use more text or a smaller batchSize',
    );
  }
  const segments = Math.ceil(steps / length);
  return {
    batchSize,
    steps,
    segments,
    segment(index) {
      requireInteger(`${where}.segment`, 'index', index, 0);
      if (index >= segments) {
        const expected = `an index below the ${segments} segments of an epoch`;
        throw new DatasetError(`${where}.segment`, expected, `${index}`, 'Start the next epoch at index 0');
      }
      const from = index * length;
      const count = Math.min(length, steps - from);
      const rows = (shift: number): Int32Array =>
        Int32Array.from({ length: batchSize * count }, (_, i) => {
          const stream = Math.floor(i / count);
          return tokens[stream * steps + from + (i % count) + shift]!;
        });
      return { inputs: rows(0), targets: rows(1), shape: [batchSize, count] };
    },
  };
}

function requireTokens(where: string, tokens: ArrayLike<number>): void {
  requireList(where, 'tokens', tokens);
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (Number.isInteger(token) && token >= 0 && token <= 2 ** 31 - 1) continue;
    throw new DatasetError(
      where,
      'tokens to be integers of at least 0',
      `${describe(token)} at place ${i}`,
      'Make them by encodeWords, say',
    );
  }
}
