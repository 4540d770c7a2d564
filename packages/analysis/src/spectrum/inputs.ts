import { existsSync } from 'node:fs';
import type { TangentSystem } from '@hurwitz/cells';
import { memoryOfHeap, requireMemory, UserError } from '@hurwitz/training';
import { quote, readTextFile, reason } from '@hurwitz/training/files';
import * as tf from '@tensorflow/tfjs-core';

/** Numbers' worth of memory that a row of numbers takes beside them. */
const rowOverhead = 6;

/** Of a file of inputs. */
const mostBytes = 2 ** 28;

/** What drives a system: [sequence][time] vectors, or tokens as vectors of one number. */
export interface DrivingInputs {
  sequences: ArrayLike<number>[][];
  /** Initial states, one for each sequence; zeros where they are left out. */
  starts?: ArrayLike<number>[];
  /** For people: where they come from. */
  source: string;
}

/**
 * Independent standard normal inputs, or uniform tokens, from a seed.
 *
 * @param drawing.firstToken the least token that is drawn: 1 where 0 is padding.
 * @throws UserError when they would not fit into memory, or every token is padding.
 */
export function randomInputs(
  { inputSize, vocabularySize }: TangentSystem,
  drawing: { sequences: number; steps: number; seed: number; firstToken?: number },
): DrivingInputs {
  const { sequences, steps, seed, firstToken = 0 } = drawing;
  requireMemory(
    [
      {
        what: 'the random inputs',
        bytes: sequences * steps * (inputSize + rowOverhead) * Float64Array.BYTES_PER_ELEMENT,
        flags: ['--steps', '--warmup', '--sequences'],
      },
    ],
    { available: memoryOfHeap(), of: 'JavaScript' },
  );
  if (vocabularySize !== undefined && vocabularySize <= firstToken) {
    throw new UserError(
      'The model passes over every token that it knows. Give it an embedding of two tokens or more.',
    );
  }
  const shape: [number, number, number] = [sequences, steps, inputSize];
  // A text, since tfjs takes the number 0 for no seed.
  const sure = (seed === 0 ? '0' : seed) as number;
  const values = tf.tidy(() => {
    if (vocabularySize === undefined) return tf.randomNormal(shape, 0, 1, 'float32', sure).arraySync();
    const drawn = tf.floor(tf.randomUniform(shape, firstToken, vocabularySize, 'float32', sure));
    // Rounding to float32 may reach the end of the range.
    return tf.minimum(drawn, vocabularySize - 1).arraySync();
  }) as number[][][];
  const kind =
    vocabularySize === undefined
      ? 'independent random inputs, N(0, 1)'
      : `random tokens, each of ${vocabularySize - firstToken} equally likely`;
  return { sequences: values, source: `${kind}, seed ${seed}` };
}

/**
 * Reads inputs from a file: CSV with a line for each time step, an empty line between sequences and perhaps one line of
 * names at the top, or JSON [time][numbers] or [sequence][time][numbers], where a single number stands for a list of one.
 *
 * @param most how many of its sequences are taken.
 * @throws UserError when the file is not there, or holds anything else.
 */
export function readInputsFile(path: string, most = Number.POSITIVE_INFINITY): DrivingInputs {
  if (!existsSync(path)) throw new UserError(`--inputs: there is no file ${path}.`);
  const text = readTextFile(path, { limit: mostBytes });
  const sequences = path.endsWith('.json') ? fromJson(text, path) : fromCsv(text, path);
  return { sequences: sequences.slice(0, most), source: path };
}

function fromCsv(text: string, path: string): number[][][] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const parse = (line: string): number[] =>
    line.split(',').map((cell) => (cell.trim() === '' ? Number.NaN : Number(cell)));
  const named = lines[0] !== undefined && parse(lines[0]).every(Number.isNaN);
  const sequences: number[][][] = [[]];
  lines.slice(named ? 1 : 0).forEach((line, i) => {
    if (line === '') {
      if (sequences.at(-1)!.length > 0) sequences.push([]);
      return;
    }
    const row = parse(line);
    if (!row.every(Number.isFinite)) {
      throw new UserError(
        `${path}, line ${i + (named ? 2 : 1)}: expected numbers between commas, got ${quote(line)}.`,
      );
    }
    sequences.at(-1)!.push(row);
  });
  if (sequences.at(-1)!.length === 0) sequences.pop();
  return sequences;
}

function fromJson(text: string, path: string): number[][][] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path} is not JSON: ${reason(error)}.`, { cause: error });
  }
  const rows = (sequence: unknown): number[][] | undefined => {
    if (!Array.isArray(sequence)) return undefined;
    const read = sequence.map((row) => (Array.isArray(row) ? row : [row]));
    return read.every((row) => row.every(Number.isFinite)) ? read : undefined;
  };
  const single = rows(value);
  const several = single ? [single] : Array.isArray(value) ? value.map(rows) : [undefined];
  if (!several.includes(undefined)) return several as number[][][];
  throw new UserError(`${path}: expected numbers as [time][numbers] or [sequence][time][numbers].`);
}

/** @throws UserError unless all sequences are of vectors that the system takes, and of one length. */
export function checkInputs(
  { sequences, source }: DrivingInputs,
  { inputSize, vocabularySize }: TangentSystem,
): void {
  const [first] = sequences;
  if (first === undefined || first.length === 0) throw new UserError(`${source} holds no time step.`);
  const ragged = sequences.findIndex((sequence) => sequence.length !== first.length);
  if (ragged > 0) {
    throw new UserError(
      `${source}: expected sequences of one length, got ${first.length} and ${sequences[ragged]!.length} steps.`,
    );
  }
  const wrong = sequences.flat().find((row) => row.length !== inputSize);
  if (wrong === undefined) return;
  const wanted = vocabularySize === undefined ? `${inputSize} numbers` : 'one token';
  throw new UserError(`${source}: the model reads ${wanted} at each step, got ${wrong.length}.`);
}
