import { preActivation, type Recurrence } from '@hurwitz/network';
import type { MatrixLike, VectorLike } from '@hurwitz/stability';
import { TruncationError } from './errors.js';
import { checkMembers, checkOptions, toList, toMatrices, toRows, toVector } from './numeric-input.js';
import { type RNNModel, toNetwork } from './rnn-model.js';
import { checkLength } from './truncated-state.js';

/** Sequences with a target each; the loss is the mean of ½‖Cᵀh_T - y‖² over them. */
export interface Task {
  /** Sequences, each [time, inputDim], of one length. */
  readonly inputs: readonly MatrixLike[];
  /** One y [outputs] per sequence. */
  readonly targets: readonly VectorLike[];
  /** C [units, outputs]; not trained. */
  readonly readout: MatrixLike;
}

/** What is trained, and gradients with respect to it. */
export interface Weights {
  readonly W: number[][];
  /** [inputDim, units] */
  readonly kernel: number[][];
  readonly bias: number[];
}

/** Loss and gradient of a recurrent or truncated model. */
export interface LossGradient extends Weights {
  readonly loss: number;
  /** ‖∂p/∂x_{T-i}‖₂ for i = 0, 1, ... , averaged over sequences: what the model still sees i steps back. */
  readonly inputNorms: number[];
}

/**
 * The loss of the last state and its gradient with respect to W, kernel and bias, by back-propagation through time in
 * float64.
 *
 * @param options.k truncates the model to its last k steps from zero; by default the whole sequence.
 * @throws TruncationError on shapes that disagree, numbers that are not finite, a bad k, or a gradient that overflows.
 */
export function lossGradient(model: RNNModel, task: Task, options: { k?: number } = {}): LossGradient {
  const where = 'lossGradient';
  checkOptions(where, options, { k: true });
  const { k } = options;
  const network = toNetwork(where, model);
  const checked = toTask(where, task, network);
  if (k !== undefined) checkLength(where, k, checked.time);
  const gradient = gradientOf(network, checked, k ?? checked.time);
  checkOverflow(where, [gradient]);
  return gradient;
}

/** A copied and checked task. */
export interface CheckedTask {
  readonly inputs: number[][][];
  readonly targets: number[][];
  readonly readout: number[][];
  readonly time: number;
}

export function toTask(where: string, task: Task, network: Recurrence): CheckedTask {
  checkMembers(where, task, {
    known: { inputs: true, targets: true, readout: true },
    expected: 'a task',
    fix: 'Pass { inputs, targets, readout }.',
  });
  const C = toRows(where, 'readout', task.readout, { rows: network.W.length });
  const x = toMatrices(where, 'inputs', task.inputs, { columns: network.kernel.length });
  const targets = toList(where, 'targets', task.targets);
  const time = x[0]?.length ?? 0;
  if (time === 0 || x.some((each) => each.length !== time) || targets.length !== x.length) {
    const got = `${x.length} sequences of ${[...new Set(x.map((each) => each.length))].join(', ')} steps, ${targets.length} targets`;
    const fix = 'Pass one target per sequence, and cut sequences to one length.';
    throw new TruncationError(where, 'sequences of one length with a target each', got, fix);
  }
  const y = targets.map((each, i) => toVector(where, `targets[${i}]`, each, C[0]!.length));
  return { inputs: x, targets: y, readout: C, time };
}

/** The same for copied and checked input. */
export function gradientOf(network: Recurrence, task: CheckedTask, k: number): LossGradient {
  const { W, kernel, bias } = network;
  const total = {
    loss: 0,
    W: W.map((row) => row.map(() => 0)),
    kernel: kernel.map((row) => row.map(() => 0)),
    bias: bias.map(() => 0),
    inputNorms: new Array<number>(k).fill(0),
  };
  for (const [s, x] of task.inputs.entries()) {
    addSequence(total, { network, x: x.slice(x.length - k), y: task.targets[s]!, task });
  }
  return total;
}

function addSequence(
  total: LossGradient & { loss: number },
  { network, x, y, task }: { network: Recurrence; x: number[][]; y: number[]; task: CheckedTask },
): void {
  const { W, kernel, sigma } = network;
  const share = 1 / task.inputs.length;
  const states: number[][] = [W.map(() => 0)];
  const slopes = x.map((input, t) => {
    const z = preActivation(network, states[t]!, input);
    states.push(z.map((value) => sigma.value(value)));
    return z.map((value) => sigma.derivative(value));
  });
  const last = states[x.length]!;
  const errors = y.map((wanted, o) =>
    task.readout.reduce((sum, row, i) => sum + row[o]! * last[i]!, -wanted),
  );
  total.loss += (share / 2) * errors.reduce((sum, e) => sum + e * e, 0);
  let adjoint = task.readout.map((row) => row.reduce((sum, c, o) => sum + c * errors[o]!, 0));
  for (let t = x.length - 1; t >= 0; t--) {
    const delta = adjoint.map((a, i) => a * slopes[t]![i]!);
    for (const [i, d] of delta.entries()) {
      total.bias[i]! += share * d;
      for (const [j, h] of states[t]!.entries()) total.W[i]![j]! += share * d * h;
      for (const [p, entry] of x[t]!.entries()) total.kernel[p]![i]! += share * d * entry;
    }
    const back = kernel.map((row) => row.reduce((sum, u, i) => sum + u * delta[i]!, 0));
    total.inputNorms[x.length - 1 - t]! += share * Math.hypot(...back);
    adjoint = W.map((_, j) => W.reduce((sum, row, i) => sum + row[j]! * delta[i]!, 0));
  }
}

/** Refuses gradients that overflowed, as those of unstable models do. */
export function checkOverflow(where: string, gradients: readonly LossGradient[], got = 'an overflow'): void {
  if (gradients.every((each) => [each.loss, ...flatten(each)].every(Number.isFinite))) return;
  const fix = 'The model is unstable on these inputs: scale W down, bound it by a radius, or lower the rate.';
  throw new TruncationError(where, 'finite gradients', got, fix);
}

/** Every number of a set of weights, in one order. */
export const flatten = ({ W, kernel, bias }: Weights): number[] => [...W.flat(), ...kernel.flat(), ...bias];

/** Frobenius distance of two sets of weights or gradients. */
export function distance(a: Weights, b: Weights): number {
  const other = flatten(b);
  return Math.hypot(...flatten(a).map((entry, i) => entry - other[i]!));
}
