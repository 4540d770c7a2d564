import {
  describe,
  readOptions,
  requireInteger,
  requireObject,
  requirePositive,
  requireRoom,
} from './checks.js';
import { DatasetError } from './errors.js';
import type { MotionClip } from './motion.js';
import type { DatasetSplits } from './pixel-mnist.js';
import { type SequenceDataset, sequenceDataset } from './sequence-dataset.js';

/** How `motionSequences` cuts clips. */
export interface MotionSequencesOptions {
  /** Poses that are read in one sequence. */
  steps?: number;
  /** Frames from the start of one sequence to the start of the next, after the downsampling. */
  stride?: number;
  /** Keeps every frame (1), every second (2), and so on; the CMU recordings have 120 frames a second. */
  downsampling?: number;
  /** Part of every training clip, at its end, that is kept for validation. */
  validationFraction?: number;
  /** Channels that deviate less than this in the training part are taken for constant and left out. */
  minimumDeviation?: number;
}

/** Motions as sequences of normalised poses, and how to get back to the recorded numbers. */
export interface MotionSequences extends DatasetSplits {
  /** Feature i is channel `channels[i]` of the clips, minus `mean[i]`, divided by `deviation[i]`. */
  readonly channels: readonly number[];
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/**
 * Motions for a model that predicts the next pose: inputs [size, steps, channels] and, as targets of the same shape, the
 * poses one frame later. A sequence never crosses the end of its clip.
 *
 * The preparation is that of Li et al. 2018 (after Martinez, Black and Romero 2017): every second frame, constant channels
 * left out, the others normalised by the training data's mean and standard deviation. Unlike there, the
 * validation part (the end of every training clip) counts for no statistic. Clips shorter than steps + 1 frames after the
 * downsampling give no sequence.
 *
 * @throws {DatasetError} if an option is out of range, clips differ in their channels, no channel varies, or a part
 *   has no sequence.
 */
export function motionSequences(
  clips: { train: readonly MotionClip[]; test: readonly MotionClip[] },
  options?: MotionSequencesOptions,
): MotionSequences {
  const names = ['steps', 'stride', 'downsampling', 'validationFraction', 'minimumDeviation'] as const;
  const {
    steps = 25,
    stride = steps,
    downsampling = 2,
    validationFraction = 0.1,
    minimumDeviation = 1e-4,
  } = readOptions(where, options, names);
  const { train, test } = requireObject(where, 'clips', clips);
  requireClips('train', train);
  requireClips('test', test);
  for (const [name, value] of Object.entries({ steps, stride, downsampling })) {
    requireInteger(where, name, value, 1);
  }
  requirePositive(where, 'minimumDeviation', minimumDeviation);
  requireFraction(validationFraction);
  const width = requireSameChannels([...train, ...test]);
  const windowing = { steps, stride, downsampling };
  const parts = train.map((clip) => splitClip(windowsOf(clip, windowing), { steps, validationFraction }));
  const scale = scaling(
    parts.map(({ statistics }) => statistics),
    width,
    minimumDeviation,
  );
  const dataset = (what: string, windows: Window[]): SequenceDataset =>
    toDataset(`motions, ${what} part`, windows, { steps, scale });
  return {
    ...scale,
    train: dataset(
      'training',
      parts.flatMap((part) => part.train),
    ),
    validation: dataset(
      'validation',
      parts.flatMap((part) => part.validation),
    ),
    test: dataset(
      'test',
      test.flatMap((clip) => windowsOf(clip, windowing).windows),
    ),
  };
}

const where = 'motionSequences';

/** The kept frames of a clip. */
interface Frames {
  readonly count: number;
  /** All channels of frame i. */
  at(i: number): Float32Array;
}

interface Window {
  readonly frames: Frames;
  readonly start: number;
}

function windowsOf(
  { frames: recorded, channels, values }: MotionClip,
  { steps, stride, downsampling }: { steps: number; stride: number; downsampling: number },
): { frames: Frames; windows: Window[] } {
  const frames: Frames = {
    count: Math.ceil(recorded / downsampling),
    at: (i) => values.subarray(i * downsampling * channels, (i * downsampling + 1) * channels),
  };
  const count = Math.max(0, Math.floor((frames.count - 1 - steps) / stride) + 1);
  return { frames, windows: Array.from({ length: count }, (_, i) => ({ frames, start: i * stride })) };
}

/** The windows to learn from and to validate on, which share no predicted frame, and the frames that statistics see. */
function splitClip(
  { frames, windows }: { frames: Frames; windows: Window[] },
  { steps, validationFraction }: { steps: number; validationFraction: number },
): { train: Window[]; validation: Window[]; statistics: Frames } {
  const kept = windows.length - Math.round(windows.length * validationFraction);
  const validation = windows.slice(kept);
  const end = validation[0]?.start ?? frames.count;
  return {
    train: windows.slice(0, kept).filter(({ start }) => start + steps <= end),
    validation,
    statistics: { ...frames, count: end },
  };
}

type Scaling = Pick<MotionSequences, 'channels' | 'mean' | 'deviation'>;

/** Mean and standard deviation (of the population, as there) of the channels that vary. */
function scaling(clips: Frames[], width: number, minimumDeviation: number): Scaling {
  const count = clips.reduce((sum, { count }) => sum + count, 0);
  const average = (value: (frame: Float32Array, channel: number) => number): Float64Array => {
    const sums = new Float64Array(width);
    for (const clip of clips) {
      for (let i = 0; i < clip.count; i++) {
        const frame = clip.at(i);
        for (let channel = 0; channel < width; channel++) sums[channel]! += value(frame, channel);
      }
    }
    return sums.map((sum) => sum / count);
  };
  const mean = average((frame, channel) => frame[channel]!);
  const deviation = average((frame, channel) => (frame[channel]! - mean[channel]!) ** 2).map(Math.sqrt);
  const channels = Array.from(deviation.keys()).filter((channel) => deviation[channel]! >= minimumDeviation);
  if (channels.length === 0) {
    const got = count === 0 ? 'no training clip' : 'none';
    throw new DatasetError(where, 'a channel that varies in the training part', got, 'Give recorded motions');
  }
  const of = (values: Float64Array): number[] => channels.map((channel) => values[channel]!);
  return { channels, mean: of(mean), deviation: of(deviation) };
}

function toDataset(
  name: string,
  windows: Window[],
  { steps, scale }: { steps: number; scale: Scaling },
): SequenceDataset {
  if (windows.length === 0) {
    const fix = 'Give longer clips, fewer steps or another validationFraction';
    throw new DatasetError(where, `a sequence of ${steps} poses and the next`, `none in the ${name}`, fix);
  }
  const { channels, mean, deviation } = scale;
  const shape = [windows.length, steps, channels.length] as const;
  requireRoom(where, `sequences * steps * channels of the ${name}`, ...shape);
  const poses = (shift: number): Float32Array => {
    const out = new Float32Array(shape[0] * shape[1] * shape[2]);
    let next = 0;
    for (const { frames, start } of windows) {
      for (let t = start + shift; t < start + shift + steps; t++) {
        const frame = frames.at(t);
        for (const [i, channel] of channels.entries()) {
          out[next++] = (frame[channel]! - mean[i]!) / deviation[i]!;
        }
      }
    }
    return out;
  };
  return sequenceDataset({
    name,
    inputs: poses(0),
    shape,
    targets: poses(1),
    targetShape: [steps, channels.length],
  });
}

function requireClips(part: string, clips: readonly MotionClip[]): void {
  if (!Array.isArray(clips)) {
    throw new DatasetError(
      where,
      `${part} to be an array of clips`,
      describe(clips),
      'Pass what loadCmuMocap gives',
    );
  }
  for (const [i, clip] of clips.entries()) {
    const { frames, channels, values } = requireObject(where, `${part}[${i}]`, clip);
    requireInteger(where, `${part}[${i}].frames`, frames, 1);
    requireInteger(where, `${part}[${i}].channels`, channels, 1);
    if (values instanceof Float32Array && values.length === frames * channels) continue;
    throw new DatasetError(
      where,
      `${part}[${i}].values to be a Float32Array of ${frames} frames of ${channels} channels`,
      describe(values),
      'Pass clips as parseMotion gives them',
    );
  }
}

function requireSameChannels(clips: readonly MotionClip[]): number {
  const channels = clips[0]?.channels ?? 0;
  const other = clips.find((clip) => clip.channels !== channels);
  if (other === undefined) return channels;
  throw new DatasetError(
    where,
    `clips of ${channels} channels, as ${clips[0]!.name}`,
    `${other.channels} in ${other.name}`,
    'Give recordings of one skeleton',
  );
}

function requireFraction(validationFraction: number): void {
  requirePositive(where, 'validationFraction', validationFraction);
  if (validationFraction < 1) return;
  throw new DatasetError(
    where,
    'validationFraction to be below 1',
    `${validationFraction}`,
    'Leave a part of every clip to learn from',
  );
}
