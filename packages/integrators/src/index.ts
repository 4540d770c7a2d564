export type { Complex } from './complex.js';
export { IntegratorError, NonFiniteError, type Progress, StepLimitError, StepSizeError } from './errors.js';
export {
  type AdaptiveOptions,
  type FixedStepOptions,
  type IntegrateOptions,
  integrate,
  type Solution,
  type Statistics,
} from './integrate.js';
export { largestStableStep } from './largest-stable-step.js';
export {
  bogackiShampine,
  cashKarp,
  dormandPrince,
  euler,
  heun,
  kutta3,
  midpoint,
  ralston,
  rk4,
  type SchemeName,
  ssprk3,
  tableaux,
  threeEighths,
} from './schemes/index.js';
export { stabilityBoundary } from './stability-boundary.js';
export { stabilityFunction, stabilityPolynomial } from './stability-function.js';
export type { State, TensorField, Vector, VectorField } from './state.js';
export { step } from './step.js';
export { defineTableau, type Tableau } from './tableau.js';
export { tableauByName } from './tableau-by-name.js';
export type { TensorLike } from './tensor.js';
