export type { AlongTestData, Moment } from './analyse/along-test-data.js';
export { analyseStage, type StageAnalysis } from './analyse/analyse-stage.js';
export { analysesToJson } from './analyse/analysis-json.js';
export { type DynamicalSystem, dynamicalSystem } from './analyse/dynamical-system.js';
export { type Finding, finding, type Topic, toSection, toText } from './analyse/findings.js';
export { htmlPage } from './report/html.js';
export { stabilitySections } from './report/stability-section.js';
export { trainingSection } from './report/training-section.js';
export { writeReport } from './report/write-report.js';
export { convergenceFigure, type NamedSpectrum, spectrumFigure } from './spectrum/figures.js';
export { checkInputs, type DrivingInputs, randomInputs, readInputsFile } from './spectrum/inputs.js';
export {
  defaultWarmup,
  type MeasuredSpectrum,
  type MeasureOptions,
  measureSpectrum,
} from './spectrum/measure.js';
export {
  allLayers,
  findRecurrentLayer,
  firstToken,
  hasLSTM,
  recurrentLayers,
} from './spectrum/model-layers.js';
export { type ModelSource, modelsOfRun } from './spectrum/run-models.js';
export { summaryTopics } from './spectrum/summary.js';
