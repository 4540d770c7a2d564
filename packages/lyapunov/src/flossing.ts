export { ExplodingTrajectoryError, LyapunovError, RankDeficientTangentError } from './errors.js';
export { type Flossing, type FlossingOptions, flossing } from './flossing/flossing.js';
export type { TangentPropagator, TangentStep } from './flossing/tangent-propagator.js';
