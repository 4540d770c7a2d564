export type { CartesianOptions, ReferenceLine } from './cartesian.js';
export {
  type EigenvalueGroup,
  type EigenvaluePlaneOptions,
  eigenvaluePlane,
  type StabilityRegion,
} from './eigenvalue-plane.js';
export { FigureError } from './errors.js';
export { type FigureGridOptions, type FigureGridPanel, figureGrid } from './figure-grid.js';
export type { LineStyle } from './legend.js';
export { type LineChartOptions, type LineSeries, lineChart } from './line-chart.js';
export type { Complex, Domain, FigureOptions, ScaleType } from './options.js';
export type { Theme } from './palette.js';
export { type ScatterGroup, type ScatterPlotOptions, scatterPlot } from './scatter-plot.js';
export { type SpectrumOptions, type SpectrumSeries, spectrum } from './spectrum.js';
export { type TrainingCurvesOptions, type TrainingSeries, trainingCurves } from './training-curves.js';
export {
  type Equilibrium,
  type EquilibriumKind,
  type FieldSample,
  type Trajectory,
  type VectorFieldOptions,
  vectorField,
} from './vector-field.js';
