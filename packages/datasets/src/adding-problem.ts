import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { readOptions, requireInteger, requireRoom, requireSeed } from './checks.js';
import { keyedGenerator, uniform } from './random.js';
import { type SequenceDataset, sequenceDataset } from './sequence-dataset.js';

/** Mean squared error of always answering 1 in the adding problem: Var(U1 + U2) = 2/12. */
export const addingProblemBaseline = 1 / 6;

/** What `addingProblem` takes. */
export interface AddingProblemOptions {
  /** Length T of the sequences, at least 2. */
  steps: number;
  /** How many examples. */
  size: number;
  seed?: number;
  /** Number of the first example; example k depends on (seed, k) alone. */
  first?: number;
}

/**
 * The adding problem (Hochreiter and Schmidhuber 1997; with one marker in each half, as in Arjovsky, Shah and
 * Bengio 2016, section 4.2): inputs [size, steps, 2] hold a uniform number in [0, 1) and a marker at each step; the
 * marker is 1 at one step of the first half (floor(T/2) steps), at one of the second half, and 0 elsewhere. The
 * target [size] is the sum of the two marked numbers.
 *
 * A network that ignores its input answers 1 and has the mean squared error 1/6, `addingProblemBaseline` (printed
 * as 0.1767 in a part of the literature; the value is 0.1667).
 *
 * @throws {DatasetError} if steps is below 2, a number is not an integer, or the sequences exceed 2^31 - 1 numbers.
 */
export function addingProblem(options: AddingProblemOptions): SequenceDataset {
  const where = 'addingProblem';
  const {
    steps,
    size,
    seed = 0,
    first = 0,
  } = readOptions(where, options, ['steps', 'size', 'seed', 'first']);
  requireInteger(where, 'steps', steps, 2);
  requireInteger(where, 'size', size, 1);
  requireInteger(where, 'first', first, 0);
  requireSeed(where, seed);
  requireRoom(where, 'size * steps * 2', size, steps, 2);
  const inputs = new Float32Array(size * steps * 2);
  const targets = new Float32Array(size);
  const half = Math.floor(steps / 2);
  for (let k = 0; k < size; k++) {
    const generator = keyedGenerator('adding-problem', seed, first + k);
    const marked = [uniformInt(generator, 0, half - 1), uniformInt(generator, half, steps - 1)];
    const example = inputs.subarray(k * steps * 2, (k + 1) * steps * 2);
    for (let t = 0; t < steps; t++) example[2 * t] = uniform(generator);
    for (const t of marked) {
      example[2 * t + 1] = 1;
      targets[k]! += example[2 * t]!;
    }
  }
  return sequenceDataset({ name: `adding-problem-${steps}`, inputs, shape: [size, steps, 2], targets });
}
