import { gradientGapBound, smoothness } from './gradient-gap.js';
import { type Task, toTask } from './loss-gradient.js';
import { checkNumber, checkOptions } from './numeric-input.js';
import { largestSlope, type Regularity, regularityFor, smoothActivation, taskBounds } from './regularity.js';
import { type RNNModel, toNetwork } from './rnn-model.js';
import { type TrainingDistance, type TrainingDistances, trainBoth } from './training-distances.js';
import { type RateSchedule, weightGapBounds } from './weight-gap.js';

/** One step of training the two models side by side, with its bounds. */
export interface TrainingStep extends TrainingDistance {
  /** On `weightGap` (Proposition 2). */
  readonly weightBound: number;
  /** On `stateGap` (Theorem 1). */
  readonly stateBound: number;
}

/** Training of a recurrent model and of its truncation from the same weights. */
export interface TrainingComparison extends TrainingDistances {
  readonly history: TrainingStep[];
  /** Constants that hold for all weights between those visited. */
  readonly constants: Regularity;
  /** γ k λ^k, the bound of the gradient gap, and β. */
  readonly gradientGapBound: number;
  readonly smoothness: number;
}

/**
 * Trains a model and its truncation to k steps as `trainingDistances` does, and sets the gaps beside the bounds of Miller
 * and Hardt (ICLR 2019): weights by Proposition 2, last states by Theorem 1,
 * ‖h_T(w) - h_T^k(w^k)‖ ≤ L_w/(1-λ) ‖w - w^k‖ + λ^k B_h, there with the weight bound.
 *
 * W is projected onto L_σ‖W‖₂ ≤ λ after each step, kernel and bias are free. The bounds use the largest weights visited.
 * With β in the thousands they grow like N^(αβ), far above what is measured, to Infinity beyond float64; `observedBound`
 * is the same recursion with the constants met in this run.
 *
 * @param options.lambda in (0, 1).
 * @throws TruncationError on bad options, or an activation without bounded second derivative.
 */
export function compareTraining(
  model: RNNModel,
  task: Task,
  options: { k: number; steps: number; rate: RateSchedule; lambda: number },
): TrainingComparison {
  const where = 'compareTraining';
  checkOptions(where, options, { k: true, steps: true, rate: true, lambda: true });
  const { k, steps, rate, lambda } = options;
  const network = toNetwork(where, model);
  const activation = smoothActivation(where, network.activation);
  checkNumber(where, 'lambda', lambda, { above: 0, below: 1 });
  const radius = lambda / largestSlope(where, activation);
  const seen = trainBoth(where, { model, task, k, steps, rate, radius });
  const constants = regularityFor(
    where,
    { activation, units: network.W.length, ...seen.largest, W: radius },
    taskBounds(toTask(where, task, network)),
  );
  const gradientGap = gradientGapBound(constants, k);
  const beta = smoothness(constants);
  const weightBounds = weightGapBounds({ steps, rate, gradientGap, smoothness: beta });
  const perWeight = constants.weightLipschitz / (1 - constants.lambda);
  const offset = constants.lambda ** k * constants.stateBound;
  const history = seen.history.map((each, step) => ({
    ...each,
    weightBound: weightBounds[step]!,
    stateBound: perWeight * weightBounds[step]! + offset,
  }));
  return { ...seen, history, constants, gradientGapBound: gradientGap, smoothness: beta };
}
