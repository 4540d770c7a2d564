import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { readOptions, requireInteger, requireRoom, requireSeed } from './checks.js';
import { DatasetError } from './errors.js';
import { keyedGenerator } from './random.js';
import { type SequenceDataset, sequenceDataset } from './sequence-dataset.js';

/** What `copyMemory` takes. */
export interface CopyMemoryOptions {
  /** T: the time lag between the data and the signal to repeat it. */
  delay: number;
  /** How many examples. */
  size: number;
  /** How many symbols to remember. */
  length?: number;
  /** Size of the alphabet they are drawn from, at most 254. */
  symbols?: number;
  seed?: number;
  /** Number of the first example; example k depends on (seed, k) alone. */
  first?: number;
}

/**
 * The copy-memory problem (Hochreiter and Schmidhuber 1997; in the form of Arjovsky, Shah and Bengio 2016, section
 * 4.1). With K = `length` data symbols 0, ..., S - 1 (S = `symbols`), the blank S and the delimiter S + 1, the
 * T + 2K steps of the input are: K random data symbols, T - 1 blanks, the delimiter, K blanks. The target of every
 * step is the blank, but of the last K steps the data symbols in their order.
 *
 * Inputs are one-hot, [size, T + 2K, S + 2]; targets are labels [size, T + 2K] of S + 1 classes (a delimiter is
 * never the answer). Without memory the best cross-entropy is `copyMemoryBaseline`.
 *
 * @throws {DatasetError} if a number is not an integer or too small, symbols above 254, or the sequences exceed 2^31 - 1 numbers.
 */
export function copyMemory(options: CopyMemoryOptions): SequenceDataset {
  const where = 'copyMemory';
  const names = ['delay', 'size', 'length', 'symbols', 'seed', 'first'] as const;
  const { delay, size, length = 10, symbols = 8, seed = 0, first = 0 } = readOptions(where, options, names);
  requireInteger(where, 'size', size, 1);
  requireInteger(where, 'first', first, 0);
  requireSeed(where, seed);
  requireProblem(where, { delay, length, symbols });
  const steps = delay + 2 * length;
  requireRoom(where, 'size * (delay + 2 * length)', size, steps);
  const [blank, delimiter] = [symbols, symbols + 1];
  const inputs = new Uint8Array(size * steps).fill(blank);
  const targets = new Uint8Array(size * steps).fill(blank);
  for (let k = 0; k < size; k++) {
    const generator = keyedGenerator('copy-memory', seed, first + k);
    const start = k * steps;
    for (let i = 0; i < length; i++) {
      const symbol = uniformInt(generator, 0, symbols - 1);
      inputs[start + i] = symbol;
      targets[start + steps - length + i] = symbol;
    }
    inputs[start + length + delay - 1] = delimiter;
  }
  return sequenceDataset({
    name: `copy-memory-${delay}`,
    inputs,
    shape: [size, steps, symbols + 2],
    oneHot: true,
    targets,
    targetShape: [steps],
    classes: symbols + 1,
  });
}

/**
 * Cross-entropy per step, in nats, of the best answer without memory (blanks, then uniform guesses):
 * K log S / (T + 2K), which is 10 log 8 / (T + 20) by default.
 *
 * @throws {DatasetError} on the same options as `copyMemory`.
 */
export function copyMemoryBaseline(options: Pick<CopyMemoryOptions, 'delay' | 'length' | 'symbols'>): number {
  const where = 'copyMemoryBaseline';
  const { delay, length = 10, symbols = 8 } = readOptions(where, options, ['delay', 'length', 'symbols']);
  requireProblem(where, { delay, length, symbols });
  return (length * Math.log(symbols)) / (delay + 2 * length);
}

function requireProblem(where: string, problem: { delay: number; length: number; symbols: number }): void {
  requireInteger(where, 'delay', problem.delay, 1);
  requireInteger(where, 'length', problem.length, 1);
  requireInteger(where, 'symbols', problem.symbols, 1);
  if (problem.symbols <= 254) return;
  throw new DatasetError(
    where,
    'symbols to be at most 254',
    `${problem.symbols}`,
    'Symbols are stored in a byte, with two more values for the blank and the delimiter',
  );
}
