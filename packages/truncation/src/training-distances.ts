import type { Recurrence } from '@hurwitz/network';
import { clipSingularValues, spectralNorm } from '@hurwitz/stability';
import {
  type CheckedTask,
  checkOverflow,
  distance,
  gradientOf,
  type LossGradient,
  type Task,
  toTask,
  type Weights,
} from './loss-gradient.js';
import { checkCounts, checkNumber, checkOptions } from './numeric-input.js';
import { smoothActivation } from './regularity.js';
import { lastState, type RNNModel, toNetwork } from './rnn-model.js';
import { checkLength } from './truncated-state.js';
import { checkSchedule, type RateSchedule, rateAt, weightGapBounds } from './weight-gap.js';

/** One step of training a recurrent model and its truncation side by side. */
export interface TrainingDistance {
  /** 0 before training. */
  readonly step: number;
  /** ‖w - w^k‖, Frobenius over W, kernel and bias. */
  readonly weightGap: number;
  /** The bound of `weightGapBounds` with the constants that this run met: hindsight, valid for it alone. */
  readonly observedBound: number;
  /** Largest ‖h_T(w) - h_T^k(w^k)‖ over the sequences. */
  readonly stateGap: number;
  readonly loss: number;
  readonly truncatedLoss: number;
}

/** What was seen while a recurrent model and its truncation trained from the same weights. */
export interface TrainingDistances {
  /** steps + 1 entries. */
  readonly history: TrainingDistance[];
  /** The largest gradient gap and gradient change per weight change that this run met. */
  readonly observed: { readonly gradientGap: number; readonly smoothness: number };
  /** The largest ‖W‖₂, ‖kernel‖₂ and ‖bias‖₂ of both models. */
  readonly largest: { readonly W: number; readonly kernel: number; readonly bias: number };
  readonly recurrent: Weights;
  readonly truncated: Weights;
}

/**
 * Trains a model and its truncation to k steps by projected gradient descent from the same weights, full batches, and
 * measures how far they part. No theory is asked for, so the model may be unstable; `compareTraining` adds the bounds for
 * stable ones.
 *
 * @param options.radius ‖W‖₂ is brought back to it after each step, before the first too; Infinity for no projection.
 * @throws TruncationError on bad options, an activation without bounded second derivative, or a gradient that overflows.
 */
export function trainingDistances(
  model: RNNModel,
  task: Task,
  options: { k: number; steps: number; rate: RateSchedule; radius?: number },
): TrainingDistances {
  checkOptions('trainingDistances', options, { k: true, steps: true, rate: true, radius: true });
  return trainBoth('trainingDistances', { model, task, ...options });
}

/** `trainingDistances`, for errors in the name of another function. */
export function trainBoth(
  where: string,
  {
    model,
    task,
    k,
    steps,
    rate,
    radius = Infinity,
  }: { model: RNNModel; task: Task; k: number; steps: number; rate: RateSchedule; radius?: number },
): TrainingDistances {
  const network = toNetwork(where, model);
  smoothActivation(where, network.activation);
  const checked = toTask(where, task, network);
  checkLength(where, k, checked.time);
  checkCounts(where, { steps });
  if (radius !== Infinity) checkNumber(where, 'radius', radius, { above: 0 });
  checkSchedule(where, rate);
  const first = { ...network, W: project(network.W, radius) };
  let pair: Pair = { recurrent: first, truncated: first };
  const measured: Omit<TrainingDistance, 'observedBound'>[] = [];
  const largest = { W: 0, kernel: 0, bias: 0 };
  const observed = { gradientGap: 0, smoothness: 0 };
  for (let step = 0; step <= steps; step++) {
    const gradients = gradientsOf(pair, checked, k);
    checkOverflow(where, Object.values(gradients), `an overflow at step ${step}`);
    const { full, short } = gradients;
    const weightGap = distance(pair.recurrent, pair.truncated);
    const losses = { loss: full.loss, truncatedLoss: short.loss };
    measured.push({ step, weightGap, stateGap: stateGap(pair, checked, k), ...losses });
    observe(observed, gradients, weightGap);
    enlarge(largest, pair);
    if (step === steps) break;
    const alpha = rateAt(rate, step + 1);
    pair = {
      recurrent: descend(pair.recurrent, full, { alpha, radius }),
      truncated: descend(pair.truncated, short, { alpha, radius }),
    };
  }
  const bounds = weightGapBounds({ steps, rate, ...observed });
  const weights = ({ W, kernel, bias }: Recurrence): Weights => ({ W, kernel, bias });
  return {
    history: measured.map((each, step) => ({ ...each, observedBound: bounds[step]! })),
    observed,
    largest,
    recurrent: weights(pair.recurrent),
    truncated: weights(pair.truncated),
  };
}

interface Pair {
  readonly recurrent: Recurrence;
  readonly truncated: Recurrence;
}

/** Gradients of the two models, each at its own weights, and of the recurrent one at the weights of the other. */
const gradientsOf = ({ recurrent, truncated }: Pair, task: CheckedTask, k: number) => ({
  full: gradientOf(recurrent, task, task.time),
  short: gradientOf(truncated, task, k),
  across: gradientOf(truncated, task, task.time),
});

function observe(
  observed: { gradientGap: number; smoothness: number },
  { full, short, across }: ReturnType<typeof gradientsOf>,
  weightGap: number,
): void {
  observed.gradientGap = Math.max(observed.gradientGap, distance(across, short));
  // closer weights than this would only show rounding
  if (weightGap <= 1e-12) return;
  observed.smoothness = Math.max(observed.smoothness, distance(full, across) / weightGap);
}

function enlarge(largest: { W: number; kernel: number; bias: number }, pair: Pair): void {
  for (const { W, kernel, bias } of [pair.recurrent, pair.truncated]) {
    largest.W = Math.max(largest.W, spectralNorm(W));
    largest.kernel = Math.max(largest.kernel, spectralNorm(kernel));
    largest.bias = Math.max(largest.bias, Math.hypot(...bias));
  }
}

const project = (W: number[][], radius: number): number[][] =>
  radius === Infinity ? W : clipSingularValues(W, radius);

function descend(
  network: Recurrence,
  gradient: LossGradient,
  { alpha, radius }: { alpha: number; radius: number },
): Recurrence {
  const move = (row: number[], by: number[]) => row.map((entry, i) => entry - alpha * by[i]!);
  const W = network.W.map((row, i) => move(row, gradient.W[i]!));
  return {
    ...network,
    W: project(W, radius),
    kernel: network.kernel.map((row, i) => move(row, gradient.kernel[i]!)),
    bias: move(network.bias, gradient.bias),
  };
}

function stateGap({ recurrent, truncated }: Pair, { inputs }: CheckedTask, k: number): number {
  const gaps = inputs.map((x) => {
    const short = lastState(truncated, x.slice(x.length - k));
    return Math.hypot(...lastState(recurrent, x).map((entry, i) => entry - short[i]!));
  });
  return Math.max(...gaps);
}
