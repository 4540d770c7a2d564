import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { readOptions, requireInteger, requireRoom, requireSeed } from './checks.js';
import { DatasetError } from './errors.js';
import { keyedGenerator } from './random.js';
import { type SequenceDataset, sequenceDataset } from './sequence-dataset.js';

/** What `delayedXor` takes. */
export interface DelayedXorOptions {
  /** d: how far back the bits of an answer lie, and how far apart. */
  delay: number;
  /** Length of the sequences, more than delay * terms. */
  steps: number;
  /** How many examples. */
  size: number;
  /** How many bits an answer takes: 2 is the XOR, 1 the delayed copy, more the parity. */
  terms?: number;
  seed?: number;
  /** Number of the first example; example k depends on (seed, k) alone. */
  first?: number;
}

/**
 * The delayed temporal XOR (Engelken, Gradient flossing, NeurIPS 2023, section 6): a stream of random bits s, and at
 * each step the XOR of two earlier ones,
 *
 *     y_t = s_{t-d} ⊕ s_{t-2d}   (or with n = `terms`, the parity of s_{t-d}, s_{t-2d}, ..., s_{t-nd}).
 *
 * It takes a memory of n d steps and, unlike the copy, is not linear in it. Inputs are the bits as numbers 0 and 1,
 * [size, steps, 1]; targets are labels [size, steps - n d] of 2 classes, for the steps from n d on (counted from 0),
 * when all bits have been seen. Without memory the best accuracy is 1/2 and the best cross-entropy log 2.
 *
 * @throws {DatasetError} if a number is not an integer or too small, or the sequences are too short for an answer or exceed
 *   2^31 - 1 numbers.
 */
export function delayedXor(options: DelayedXorOptions): SequenceDataset {
  const where = 'delayedXor';
  const names = ['delay', 'steps', 'size', 'terms', 'seed', 'first'] as const;
  const { delay, steps, size, terms = 2, seed = 0, first = 0 } = readOptions(where, options, names);
  for (const [name, value] of Object.entries({ delay, steps, size, terms })) {
    requireInteger(where, name, value, 1);
  }
  requireInteger(where, 'first', first, 0);
  requireSeed(where, seed);
  const answers = steps - delay * terms;
  if (answers < 1) {
    throw new DatasetError(
      where,
      `more than ${delay * terms} steps (delay * terms)`,
      `${steps}`,
      'Longer sequences leave room for answers',
    );
  }
  requireRoom(where, 'size * steps', size, steps);
  const inputs = new Uint8Array(size * steps);
  const targets = new Uint8Array(size * answers);
  for (let k = 0; k < size; k++) {
    const generator = keyedGenerator('delayed-xor', seed, first + k);
    const bits = inputs.subarray(k * steps, (k + 1) * steps);
    for (let t = 0; t < steps; t++) bits[t] = uniformInt(generator, 0, 1);
    for (let j = 0; j < answers; j++) {
      for (let lag = delay; lag <= delay * terms; lag += delay) {
        targets[k * answers + j]! ^= bits[j + delay * terms - lag]!;
      }
    }
  }
  return sequenceDataset({
    name: `delayed-xor-${delay}`,
    inputs,
    shape: [size, steps, 1],
    targets,
    targetShape: [answers],
    classes: 2,
  });
}
