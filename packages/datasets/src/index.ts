export {
  type AddingProblemOptions,
  addingProblem,
  addingProblemBaseline,
} from './adding-problem.js';
export {
  type BatchIterator,
  type BatchOptions,
  type BatchPosition,
  type BatchState,
  batches,
  type LastBatch,
  type PlacedBatch,
  type StreamBatch,
  type StreamIterator,
  type StreamOptions,
  streamBatches,
} from './batches.js';
export {
  type CharacterSequences,
  type CharacterSequencesOptions,
  characterSequences,
} from './character-sequences.js';
export { type CopyMemoryOptions, copyMemory, copyMemoryBaseline } from './copy-memory.js';
export { type DelayedXorOptions, delayedXor } from './delayed-xor.js';
export {
  type DoublePendulumParameters,
  doublePendulum,
  doublePendulumEnergy,
} from './double-pendulum.js';
export {
  DataFileError,
  DatasetError,
  DownloadError,
  type FailedDownload,
  UnknownWordError,
} from './errors.js';
export { gather, type SequenceBatch, subset } from './gather.js';
export type { NamedBytes, UnpackOptions } from './gzip.js';
export { encodeIdx, type IdxArray, type IdxData, parseIdx, readIdx } from './idx.js';
export { type LabelledImages, type Mnist, type MnistFile, mnistFiles, readMnist } from './mnist.js';
export { type MotionClip, parseMotion } from './motion.js';
export { type MotionSequences, type MotionSequencesOptions, motionSequences } from './motion-sequences.js';
export { type DatasetSplits, type PixelMnistOptions, type PixelOrder, pixelMnist } from './pixel-mnist.js';
export {
  type PermutationName,
  type PublishedPermutation,
  publishedPermutations,
} from './published-permutations.js';
export { randomPermutation } from './random.js';
export { readText } from './read-text.js';
export {
  type InputEncoding,
  type SequenceDataset,
  type SequenceDatasetOptions,
  sequenceDataset,
} from './sequence-dataset.js';
export {
  type SimplePendulumParameters,
  simplePendulum,
  simplePendulumEnergy,
} from './simple-pendulum.js';
export { type DatasetName, type DatasetSource, datasetSources, type SourceFile } from './sources.js';
export {
  type TokenSegment,
  type TokenStreams,
  type TokenStreamsOptions,
  tokenStreams,
} from './token-streams.js';
export { forecasting, type SamplingOptions, type Trajectories } from './trajectories.js';
export {
  decodeWords,
  encodeWords,
  endOfLine,
  unknownWord,
  type Vocabulary,
  vocabularyOf,
} from './vocabulary.js';
export { type CorpusPart, readWordCorpus, type WordCorpus } from './word-corpus.js';
