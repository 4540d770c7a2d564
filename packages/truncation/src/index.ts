export { compareTraining, type TrainingComparison, type TrainingStep } from './compare-training.js';
export { TruncationError, UnstableModelError } from './errors.js';
export { gaussianInstance } from './gaussian-instance.js';
export {
  type GradientDistance,
  type GradientGap,
  gradientDistances,
  gradientGapBound,
  gradientGaps,
  smoothness,
} from './gradient-gap.js';
export { type LossGradient, lossGradient, type Task, type Weights } from './loss-gradient.js';
export {
  lemma1Constants,
  type Regularity,
  regularity,
  type TaskBounds,
  type WeightBounds,
} from './regularity.js';
export type { RecurrentModel, RNNModel } from './rnn-model.js';
export { type TrainingDistance, type TrainingDistances, trainingDistances } from './training-distances.js';
export { type TruncationDistance, truncatedState, truncationDistances } from './truncated-state.js';
export { type Lemma1Constants, lemma1Bound, truncationLength } from './truncation-length.js';
export { type RateSchedule, weightGapBounds } from './weight-gap.js';
