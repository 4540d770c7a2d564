import { clipSingularValues, spectralNorm } from '@hurwitz/stability';
import { gradientGapBound, smoothness } from './gradient-gap.js';
import {
  type CheckedTask,
  distance,
  gradientOf,
  type LossGradient,
  type Task,
  toTask,
  type Weights,
} from './loss-gradient.js';
import { checkNumber } from './numeric-input.js';
import { type Regularity, regularityFor, smoothActivation, taskBounds } from './regularity.js';
import { type Network, preActivation, type RNNModel, toNetwork } from './rnn-model.js';
import { checkLength } from './truncated-state.js';
import { checkSchedule, type RateSchedule, rateAt, weightGapBounds } from './weight-gap.js';

/** One step of training the two models side by side. */
export interface TrainingStep {
  /** 0 before training. */
  readonly step: number;
  /** ‖w - w^k‖, Frobenius over W, kernel and bias; and its bound (Proposition 2). */
  readonly weightGap: number;
  readonly weightBound: number;
  /** The same bound from the gradient gap and smoothness observed in this run: hindsight, valid for it alone. */
  readonly observedBound: number;
  /** Largest ‖h_T(w) - h_T^k(w^k)‖ over the sequences; and its bound (Theorem 1). */
  readonly stateGap: number;
  readonly stateBound: number;
  readonly loss: number;
  readonly truncatedLoss: number;
}

/** Training of a recurrent model and of its truncation from the same weights. */
export interface TrainingComparison {
  /** steps + 1 entries. */
  readonly history: TrainingStep[];
  /** Constants that hold for all weights between those visited. */
  readonly constants: Regularity;
  /** γ k λ^k, the bound of the gradient gap, and β. */
  readonly gradientGapBound: number;
  readonly smoothness: number;
  /** The largest gradient gap and gradient change per weight change that this run met. */
  readonly observed: { readonly gradientGap: number; readonly smoothness: number };
  readonly recurrent: Weights;
  readonly truncated: Weights;
}

/**
 * Trains a model and its truncation to k steps by projected gradient descent from the same weights, and sets the gaps beside
 * the bounds of Miller and Hardt (ICLR 2019): weights by Proposition 2, last states by Theorem 1,
 * ‖h_T(w) - h_T^k(w^k)‖ ≤ L_w/(1-λ) ‖w - w^k‖ + λ^k B_h, there with the weight bound.
 *
 * Full batches; W is projected onto L_σ‖W‖₂ ≤ λ after each step, kernel and bias are free. The bounds use the largest
 * weights visited. With β in the thousands they grow like N^(αβ), far above what is measured, to Infinity beyond float64;
 * `observedBound` is the same recursion with the constants met in this run.
 *
 * @param options.lambda in (0, 1).
 * @throws TruncationError on bad options, or an activation without bounded second derivative.
 */
export function compareTraining(
  model: RNNModel,
  task: Task,
  { k, steps, rate, lambda }: { k: number; steps: number; rate: RateSchedule; lambda: number },
): TrainingComparison {
  const where = 'compareTraining';
  const network = toNetwork(where, model);
  const activation = smoothActivation(where, network.activation);
  const checked = toTask(where, task, network);
  checkLength(where, k, checked.time);
  checkNumber(where, 'steps', steps, { least: 1, integer: true });
  checkNumber(where, 'lambda', lambda, { above: 0, below: 1 });
  checkSchedule(where, rate);
  const radius = activation === 'sigmoid' ? 4 * lambda : lambda;
  const first = { ...network, W: clipSingularValues(network.W, radius) };
  let pair: Pair = { recurrent: first, truncated: first };
  const measured: Omit<TrainingStep, 'weightBound' | 'observedBound' | 'stateBound'>[] = [];
  const largest = { W: radius, kernel: 0, bias: 0 };
  const observed = { gradientGap: 0, smoothness: 0 };
  for (let step = 0; step <= steps; step++) {
    const full = gradientOf(pair.recurrent, checked, checked.time);
    const short = gradientOf(pair.truncated, checked, k);
    const across = gradientOf(pair.truncated, checked, checked.time); // recurrent model, truncated model's weights
    const weightGap = distance(pair.recurrent, pair.truncated);
    observed.gradientGap = Math.max(observed.gradientGap, distance(across, short));
    // closer weights than this would only show rounding
    if (weightGap > 1e-12) {
      observed.smoothness = Math.max(observed.smoothness, distance(full, across) / weightGap);
    }
    measured.push({
      step,
      weightGap,
      stateGap: stateGap(pair, checked, k),
      loss: full.loss,
      truncatedLoss: short.loss,
    });
    for (const { kernel, bias } of [pair.recurrent, pair.truncated]) {
      largest.kernel = Math.max(largest.kernel, spectralNorm(kernel));
      largest.bias = Math.max(largest.bias, Math.hypot(...bias));
    }
    if (step === steps) break;
    const alpha = rateAt(rate, step + 1);
    pair = {
      recurrent: descend(pair.recurrent, full, { alpha, radius }),
      truncated: descend(pair.truncated, short, { alpha, radius }),
    };
  }
  const constants = regularityFor(
    where,
    { activation, units: network.W.length, ...largest },
    taskBounds(checked),
  );
  const gradientGap = gradientGapBound(constants, k);
  const beta = smoothness(constants);
  const weightBounds = weightGapBounds({ steps, rate, gradientGap, smoothness: beta });
  const observedBounds = weightGapBounds({ steps, rate, ...observed });
  const perWeight = constants.weightLipschitz / (1 - constants.lambda);
  const offset = constants.lambda ** k * constants.stateBound;
  const history = measured.map((each, step) => ({
    ...each,
    weightBound: weightBounds[step]!,
    observedBound: observedBounds[step]!,
    stateBound: perWeight * weightBounds[step]! + offset,
  }));
  const weights = ({ W, kernel, bias }: Network): Weights => ({ W, kernel, bias });
  return {
    ...{ history, constants, gradientGapBound: gradientGap, smoothness: beta, observed },
    recurrent: weights(pair.recurrent),
    truncated: weights(pair.truncated),
  };
}

interface Pair {
  readonly recurrent: Network;
  readonly truncated: Network;
}

function descend(
  network: Network,
  gradient: LossGradient,
  { alpha, radius }: { alpha: number; radius: number },
): Network {
  const move = (row: number[], by: number[]) => row.map((entry, i) => entry - alpha * by[i]!);
  const W = network.W.map((row, i) => move(row, gradient.W[i]!));
  return {
    ...network,
    W: clipSingularValues(W, radius),
    kernel: network.kernel.map((row, i) => move(row, gradient.kernel[i]!)),
    bias: move(network.bias, gradient.bias),
  };
}

function stateGap({ recurrent, truncated }: Pair, { inputs }: CheckedTask, k: number): number {
  const last = (network: Network, x: number[][]) => {
    let state = network.bias.map(() => 0);
    for (const input of x) state = preActivation(network, state, input).map(network.sigma.value);
    return state;
  };
  const gaps = inputs.map((x) => {
    const short = last(truncated, x.slice(x.length - k));
    return Math.hypot(...last(recurrent, x).map((entry, i) => entry - short[i]!));
  });
  return Math.max(...gaps);
}
