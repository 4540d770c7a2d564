import { gaussian, generator } from '@hurwitz/random';
import type { MatrixLike } from '@hurwitz/stability';
import { Matrix, QrDecomposition, solve } from 'ml-matrix';
import { compareRNNs } from './compare-rnns.js';
import { EquivalenceError } from './errors.js';
import { checkChoice, checkCounts, checkNumber, checkOptions, toMatrices } from './numeric-input.js';
import { residuals } from './output-sensitivity.js';
import { type Network, type RNNModel, toNetwork } from './rnn-model.js';
import { outputsOf } from './run-rnn.js';

/** The best network a search found. */
export interface ClosestRNN {
  readonly model: RNNModel;
  /** Root mean square gap of the outputs over the inputs searched on. */
  readonly rmsGap: number;
  /** Largest gap there. */
  readonly largestGap: number;
  /** The rms gap each start ended with, from the smallest. */
  readonly everyStart: readonly number[];
}

/** How to search. */
export interface SearchOptions {
  readonly units: number;
  /** Sequences, each [time, inputDim]; more numbers out than parameters, or the search just interpolates. */
  readonly inputs: readonly MatrixLike[];
  /** 'orthogonal' keeps W on the orthogonal group; 'any' is the control. */
  readonly transition?: 'orthogonal' | 'any';
  /** Random starts, half of each sign of det W. */
  readonly starts?: number;
  /** Levenberg-Marquardt steps per start. */
  readonly iterations?: number;
  readonly seed?: number;
}

/**
 * Searches for the network of a given size whose outputs are closest to a target's, by Levenberg-Marquardt over W, kernel,
 * bias, readout and initial state from random starts. A local search: what it finds is an upper bound of the least gap.
 *
 * It demonstrates Theorem 4.1 of Emami et al. (NeurIPS 2019): against a smooth contraction, orthogonal W leaves a gap at
 * every size, where 'any' W of the target's size closes it to rounding. From twice the target's units on the gap has no
 * positive lower bound, though: units that a large negative bias saturates are nearly as good as ReLU units that are off,
 * and a search drifts that way.
 *
 * @returns the best network, with the target's activation.
 * @throws EquivalenceError on bad options or inputs.
 */
export function closestRNN(target: RNNModel, options: SearchOptions): ClosestRNN {
  const where = 'closestRNN';
  checkOptions(where, options, {
    units: true,
    inputs: true,
    transition: true,
    starts: true,
    iterations: true,
    seed: true,
  });
  const { units, inputs, transition = 'orthogonal', starts = 6, iterations = 100, seed = 1 } = options;
  checkCounts(where, { units, starts, iterations });
  checkNumber(where, 'seed', seed, { integer: true });
  checkChoice(where, 'transition', transition, ['orthogonal', 'any']);
  const goal = toNetwork(where, target, 'target');
  const columns = goal.kernel.length;
  const sequences = toMatrices(where, 'inputs', inputs, { columns });
  if (sequences.length === 0) {
    throw new EquivalenceError(where, 'at least one sequence', 'none', 'Pass inputs.');
  }
  const wanted = sequences.map((x) => outputsOf(where, goal, x));
  const { normal } = generator(seed);
  const fits = Array.from({ length: starts }, (_, start) => {
    const from = randomNetwork(goal, units, { normal, flip: start % 2 === 1 });
    return fit(from, { sequences, wanted, iterations, orthogonal: transition === 'orthogonal' });
  }).sort((a, b) => a.cost - b.cost);
  const count = wanted.flat(2).length;
  const rms = ({ cost }: { cost: number }) => Math.sqrt(cost / count);
  const { W, kernel, bias, readout, initialState, activation } = fits[0]!.network;
  const model = { W, kernel, bias, readout, initialState, activation };
  return {
    model,
    rmsGap: rms(fits[0]!),
    largestGap: compareRNNs(goal, model, { inputs: sequences }).largestGap,
    everyStart: fits.map(rms),
  };
}

/** A network with the goal's inputs and outputs and orthogonal W, det W of either sign by `flip`. */
function randomNetwork(
  goal: Network,
  units: number,
  { normal, flip }: { normal: () => number; flip: boolean },
): Network {
  const Q = new QrDecomposition(new Matrix(gaussian(units, units, { normal }))).orthogonalMatrix;
  if (flip) Q.mulColumn(0, -1);
  return {
    W: Q.to2DArray(),
    kernel: gaussian(goal.kernel.length, units, { normal }),
    bias: gaussian(1, units, { normal, scale: 0.5 })[0]!,
    readout: gaussian(units, goal.readout[0]!.length, { normal }),
    initialState: new Array<number>(units).fill(0),
    activation: goal.activation,
    sigma: goal.sigma,
  };
}

interface Problem {
  readonly sequences: readonly number[][][];
  readonly wanted: readonly number[][][];
  readonly iterations: number;
  readonly orthogonal: boolean;
}

function fit(start: Network, { iterations, ...problem }: Problem): { network: Network; cost: number } {
  let network = start;
  let current = residuals(network, problem);
  let damping = 1e-2;
  for (let i = 0; i < iterations && damping < 1e12 && current.cost > 1e-26; i++) {
    const normalMatrix = current.jacobian.transpose().mmul(current.jacobian);
    const gradient = current.jacobian.transpose().mmul(Matrix.columnVector(current.residual));
    const damped = normalMatrix.clone();
    for (let p = 0; p < damped.rows; p++) damped.set(p, p, damped.get(p, p) * (1 + damping) + 1e-12);
    const change = solve(damped, gradient).neg().to1DArray();
    const next = moved(network, change, problem.orthogonal);
    const trial = residuals(next, problem);
    if (trial.cost < current.cost) {
      network = next;
      current = trial;
      damping = Math.max(1e-9, damping / 4);
    } else {
      damping *= 4;
    }
  }
  return { network, cost: current.cost };
}

/** The network after a change of its parameters, in the order of `residuals`; W moves along the orthogonal group. */
function moved(network: Network, change: readonly number[], orthogonal: boolean): Network {
  const n = network.W.length;
  let next = 0;
  const take = () => change[next++]!;
  const add = (rows: number[][]) => rows.map((row) => row.map((entry) => entry + take()));
  let W = network.W;
  if (orthogonal) {
    const skew = Matrix.zeros(n, n);
    for (let i = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++) {
        const value = take();
        skew.set(i, j, value / 2);
        skew.set(j, i, -value / 2);
      }
    }
    // Cayley: (I - S/2)⁻¹ (I + S/2) is orthogonal and I + S to first order
    const turn = solve(Matrix.sub(Matrix.eye(n), skew), Matrix.add(Matrix.eye(n), skew));
    W = new Matrix(W).mmul(turn).to2DArray();
  } else {
    W = add(W);
  }
  const kernel = add(network.kernel);
  const [bias, initialState] = add([network.bias, network.initialState]) as [number[], number[]];
  return { ...network, W, kernel, bias, initialState, readout: add(network.readout) };
}
