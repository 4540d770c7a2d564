export type { CartesianOptions, ReferenceLine } from './cartesian.js';
export {
  type EigenvalueGroup,
  type EigenvaluePlaneOptions,
  eigenvaluePlane,
  type StabilityRegion,
} from './eigenvaluePlane.js';
export { FigureError } from './errors.js';
export { type FigureGridOptions, type FigureGridPanel, figureGrid } from './figureGrid.js';
export type { LineStyle } from './legend.js';
export { type LineChartOptions, type LineSeries, lineChart } from './lineChart.js';
export type { Complex, Domain, FigureOptions, ScaleType } from './options.js';
export type { Theme } from './palette.js';
export { type ScatterGroup, type ScatterPlotOptions, scatterPlot } from './scatterPlot.js';
export { type SpectrumOptions, type SpectrumSeries, spectrum } from './spectrum.js';
export { type TrainingCurvesOptions, type TrainingSeries, trainingCurves } from './trainingCurves.js';
export {
  type Equilibrium,
  type EquilibriumKind,
  type FieldSample,
  type Trajectory,
  type VectorFieldOptions,
  vectorField,
} from './vectorField.js';
