import { requireText } from './checks.js';
import { DataFileError } from './errors.js';

/** A recorded motion: a pose at each of its frames. */
export interface MotionClip {
  readonly name: string;
  readonly frames: number;
  /** Numbers of a pose. */
  readonly channels: number;
  /** [frames, channels], frame by frame. */
  readonly values: Float32Array;
}

const where = 'parseMotion';

/**
 * Parses a motion: a line for each frame, its numbers between commas, as Li et al. 2018 publish the CMU recordings
 * (117 numbers: position and rotation of the root, then an exponential map for each joint). Numbers are decimal (`-1.5`,
 * `.5`, `2e-3`) with spaces or tabs around them, and are rounded to float32; empty lines and a byte order mark are
 * skipped.
 *
 * @param text - The whole file.
 * @param file - The file's name, for messages and as the clip's name.
 * @throws {DataFileError} if there is no frame, a line has more or fewer numbers than the first, or a value is no decimal
 *   number that is finite in float32: with its line and column, from 1.
 */
export function parseMotion(text: string, file = 'the given text'): MotionClip {
  requireText(where, 'text', text, true);
  requireText(where, 'file', file);
  const fail = (expected: string, got: string): never => {
    const fix = 'The file is damaged or of another kind: download it again';
    throw new DataFileError(where, file, expected, got, fix);
  };
  const lines = text.replace(/^\ufeff/, '').split('\n');
  const rows: Float32Array[] = [];
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const cells = line.split(',');
    const channels = rows[0]?.length ?? cells.length;
    if (cells.length !== channels) {
      fail(`${channels} numbers in every line, as in the first`, `${cells.length} in line ${i + 1}`);
    }
    const row = new Float32Array(channels);
    let column = 1;
    for (const [channel, cell] of cells.entries()) {
      const value = decimal(cell);
      if (value === undefined) {
        const shown = JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}...` : cell);
        fail(
          'decimal numbers, finite in float32, between commas',
          `${shown} in line ${i + 1}, column ${column + cell.search(/[^ \t]|$/)}`,
        );
      }
      row[channel] = value!;
      column += cell.length + 1;
    }
    rows.push(row);
  }
  const channels = rows[0]?.length ?? fail('a line of numbers for each frame', 'no line');
  const values = new Float32Array(rows.length * channels);
  for (const [frame, row] of rows.entries()) values.set(row, frame * channels);
  return { name: file, frames: rows.length, channels, values };
}

// Number() takes more: '' and ' ' as 0, '0x10', '0b1', 'Infinity', spaces of all scripts.
const decimalNumber = /^[ \t\r]*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)[ \t\r]*$/;

/** The float32 that a text of decimal digits stands for; undefined if it is another text, or the number is too large. */
function decimal(text: string): number | undefined {
  const value = Math.fround(Number(decimalNumber.exec(text)?.[1] ?? Number.NaN));
  return Number.isFinite(value) ? value : undefined;
}
