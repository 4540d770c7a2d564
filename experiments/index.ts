export { experiments } from './experiments.js';
export { machine, markdownTable, timeText } from './ledger/ledger.js';
export type { Experiment, Part, PartContext, PartResult, Summary } from './runner/experiment.js';
export { listExperiments } from './runner/list-experiments.js';
export { type RunExperimentOptions, runExperiment } from './runner/run-experiment.js';
