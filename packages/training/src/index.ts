export { commandOf } from './config/command-of.js';
export { type Difference, differences } from './config/differences.js';
export { type Flag, type FlagKind, flags, resumableKeys } from './config/flags.js';
export { memoryNeeds } from './config/memory-needs.js';
export { commonDefaults, defaultsOf, presets, taskDefaults, unusedBy, unusedKeys } from './config/presets.js';
export {
  type Config,
  cellNames,
  configVersion,
  largestSeed,
  taskNames,
} from './config/schema.js';
export { refuseUnread, type Unread, unreadInTraining } from './config/unread.js';
export { flagOf, oneOf, validateConfig } from './config/validate.js';
export {
  DamagedFileError,
  DivergenceError,
  FolderExistsError,
  Interrupted,
  TrainingError,
  UserError,
} from './errors.js';
export { certifiedRate, keepCertified } from './hooks/keep-certified.js';
export { contractionFactor, forgetBound, keepStable } from './hooks/keep-stable.js';
export { type SpectrumMetrics, spectrumCurves, spectrumMetrics } from './hooks/spectrum-metrics.js';
export {
  isStabilityMetric,
  type StabilityMetrics,
  stabilityCurves,
  stabilityMetrics,
} from './hooks/stability-metrics.js';
export { allFinite, finiteMatrices, type HostMatrices, systemMatrices } from './hooks/system-matrices.js';
export { type Descent, descend, startOfDescent } from './loop/descend.js';
export type { Hooks, Measured, Place } from './loop/hooks.js';
export type { Batch, BatchSource, Learner, Metrics, ModelLearner, WeightsLearner } from './loop/learner.js';
export {
  learningRateAt,
  makeOptimizer,
  type OptimizerName,
  optimizerNames,
  optimizerOf,
  setLearningRate,
} from './loop/optimizer.js';
export type { Progress } from './loop/progress.js';
export type { Judge, Stage } from './loop/stage.js';
export { type StageTimes, type StageTraining, type Store, trainStage } from './loop/train-stage.js';
export { isFiniteStep, type StepResult, trainingStep } from './loop/training-step.js';
export {
  bytesText,
  isAllocationFailure,
  memoryOfHeap,
  memoryOfMachine,
  type Need,
  requireMemory,
} from './machine/memory.js';
export { counted, numberText } from './number-text.js';
export { type MetricsEntry, MetricsLog } from './run/metrics-log.js';
export { readModelRecord, requireUnchanged } from './run/model-record.js';
export { RunFolder } from './run/run-folder.js';
export {
  type FinishedRun,
  type RunOptions,
  type RunWatcher,
  runTask,
  type StageWatcher,
} from './run/run-task.js';
export { loadModel, loadModelFile, saveModel } from './run/saved-model.js';
export { openTrainedRun, refuseTruncated, type TrainedRun, trainedModels } from './run/trained-stages.js';
export { charRnnStage } from './tasks/char-rnn.js';
export { DatasetFeed, inOrder, meanOver, toTensors } from './tasks/dataset-feed.js';
export { buildTask, taskAbouts } from './tasks/index.js';
export {
  languageModel,
  languageModelStage,
  measureText,
  type Readout,
  type TokenCorpus,
} from './tasks/language-model.js';
export { correctCount, crossEntropySum, squaredErrorSum } from './tasks/losses.js';
export { mocapStage } from './tasks/mocap.js';
export { drawnTime, pendulumFields, pendulumStarts, type RegimeField } from './tasks/pendulum-fields.js';
export { type Regime, regimes } from './tasks/pendulum-regimes.js';
export { initialiseUniformly, recurrentLayer } from './tasks/recurrent-layer.js';
export { addingTask } from './tasks/synthetic.js';
export type { Section, Task, TaskResults } from './tasks/task.js';
export { type TestSequences, testSequences } from './tasks/test-sequences.js';
export { recurrentReader, type TextReader, truncatedReader } from './tasks/text-reader.js';
export { distances, type TrainedSystem, trainedSystem, trajectory } from './tasks/trained-system.js';
export { tokenCorpus } from './tasks/word-level.js';
export { type Trained, type TrainOptions, train } from './train/train.js';
export type { Examples, NestedSequences, TrainingData } from './train/training-data.js';
export type { BatchLoss } from './train/user-stage.js';
