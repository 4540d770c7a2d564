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
 * (117 numbers: position and rotation of the root, then an exponential map for each joint).
 *
 * @param text - The whole file.
 * @param file - The file's name, for messages and as the clip's name.
 * @throws {DataFileError} if there is no frame, a line has more or fewer numbers than the first, or a value is no finite number.
 */
export function parseMotion(text: string, file = 'the given text'): MotionClip {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const channels = lines[0]?.split(',').length ?? 0;
  const fix = 'The file is damaged or of another kind: download it again';
  if (channels === 0)
    throw new DataFileError(where, file, 'a line of numbers for each frame', 'no line', fix);
  const values = new Float32Array(lines.length * channels);
  for (const [frame, line] of lines.entries()) {
    const numbers = line.split(',');
    if (numbers.length !== channels) {
      const expected = `${channels} numbers in every line, as in the first`;
      throw new DataFileError(where, file, expected, `${numbers.length} in line ${frame + 1}`, fix);
    }
    for (const [channel, number] of numbers.entries()) {
      const value = number.trim() === '' ? Number.NaN : Number(number);
      if (!Number.isFinite(value)) {
        const got = `${JSON.stringify(number)} in line ${frame + 1}`;
        throw new DataFileError(where, file, 'finite numbers between commas', got, fix);
      }
      values[frame * channels + channel] = value;
    }
  }
  return { name: file, frames: lines.length, channels, values };
}
