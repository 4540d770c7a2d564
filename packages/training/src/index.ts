export { type Cell, defineCell } from './cells/cell.js';
export { cellNames } from './cells/index.js';
export { commandOf } from './config/command-of.js';
export { commonDefaults, defaultsOf, presets } from './config/defaults.js';
export { type Difference, differences } from './config/differences.js';
export { type Flag, flags, resumableKeys } from './config/flags.js';
export { memoryNeeds } from './config/memory-needs.js';
export { type Config, configVersion } from './config/schema.js';
export { refuseUnread, type Unread, unreadInTraining, unusedKeys } from './config/unread.js';
export { flagOf, oneOf, validateConfig } from './config/validate.js';
export { DatasetFeed, inOrder, meanOver, toTensors } from './data/dataset-feed.js';
export { type TestSequences, testSequences } from './data/test-sequences.js';
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
export {
  languageModel,
  languageModelStage,
  measureText,
  type Readout,
  type TokenCorpus,
} from './models/language-model.js';
export { correctCount, crossEntropySum, squaredErrorSum } from './models/losses.js';
export { initialiseUniformly, recurrentLayer } from './models/recurrent-layer.js';
export { recurrentReader, type TextReader, truncatedReader } from './models/text-reader.js';
export { counted, numberText } from './number-text.js';
export { type FlagKind, type Option, option } from './options/option.js';
export { largestSeed } from './options/training-options.js';
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
export { addingTask } from './tasks/adding.js';
export { buildTask } from './tasks/build-task.js';
export { charRnnStage } from './tasks/char-rnn.js';
export { taskNames, tasks } from './tasks/index.js';
export { mocapStage } from './tasks/mocap.js';
export { drawnTime, pendulumFields, pendulumStarts, type RegimeField } from './tasks/pendulum/fields.js';
export { type Regime, regimes } from './tasks/pendulum/regimes.js';
export { distances, type TrainedSystem, trainedSystem, trajectory } from './tasks/pendulum/trained-system.js';
export type { Section, Task, TaskDefinition, TaskResults } from './tasks/task.js';
export { tokenCorpus } from './tasks/word-level.js';
export { type Trained, type TrainOptions, train } from './train/train.js';
export type { Examples, NestedSequences, TrainingData } from './train/training-data.js';
export type { BatchLoss } from './train/user-stage.js';
