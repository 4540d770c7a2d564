import { nextState, preActivation } from '@hurwitz/network';
import { frobeniusNorm, type MatrixLike, numericalRank, singularValues } from '@hurwitz/stability';
import { Matrix } from 'ml-matrix';
import { EquivalenceError } from './errors.js';
import { impulseResponse } from './linear-system.js';
import { checkNumber, checkOptions, toRows } from './numeric-input.js';
import { type Network, type RNNModel, toNetwork } from './rnn-model.js';

/** One step of the rank argument: left ≥ right. */
export interface RankStep {
  readonly statement: string;
  readonly left: number;
  readonly right: number;
  readonly holds: boolean;
}

/** The ranks from which 2n ≤ m follows for one orthogonal network. */
export interface RankArgument {
  /** n, units of the contraction. */
  readonly units: number;
  /** m, units of the orthogonal network. */
  readonly states: number;
  /** S, the units of the orthogonal network that are on throughout. */
  readonly active: readonly number[];
  /** d, dimension of what inputs reach and outputs do not see, among the active units. */
  readonly hidden: number;
  /** rank(I - U_SSᵀ U_SS). */
  readonly defect: number;
  /** Largest difference of the active block's Markov parameters from w^j I. */
  readonly markovGap: number;
  readonly steps: readonly RankStep[];
  /** Every step holds; then states ≥ 2·units. */
  readonly holds: boolean;
}

/**
 * Checks, on an orthogonal network that matches a member of `tightContractiveRNN`, why it has at least 2n states.
 *
 * Let S, |S| = k, be the units that are on. There the network is linear with transition A = U_SS, ‖A‖ ≤ 1, and the Markov
 * parameters w^j I. So the states that inputs reach, modulo those that outputs do not see (d of them), carry wI: (1) k ≥ n +
 * d. A vector with ‖A v‖ = ‖v‖ meets 2d linear conditions at least, or else ‖A v‖ = w‖v‖: (2) rank(I - AᵀA) ≥ n - d. As U is
 * orthogonal, I - AᵀA = BᵀB with B of m - k rows: (3) m - k ≥ rank. Together m ≥ k + n - d ≥ 2n.
 *
 * @param unitary an orthogonal ReLU network that matches `contractive`.
 * @param contractive a member of the family.
 * @param options.inputs [time, inputDim], along which the same units of `unitary` stay on.
 * @throws EquivalenceError when W is not wI, U not orthogonal, the active set changes along the inputs, or the maps differ.
 */
export function checkRankArgument(
  unitary: RNNModel,
  contractive: RNNModel,
  options: { inputs: MatrixLike; tolerance?: number },
): RankArgument {
  const where = 'checkRankArgument';
  checkOptions(where, options, { inputs: true, tolerance: true });
  const { inputs, tolerance = 1e-9 } = options;
  checkNumber(where, 'tolerance', tolerance, { above: 0, below: 1 });
  const small = toNetwork(where, contractive, 'contractive');
  const large = toNetwork(where, unitary, 'unitary');
  checkScalar(where, small);
  checkOrthogonal(where, large.W, tolerance);
  const active = activeUnits(where, large, toRows(where, 'inputs', inputs, { columns: large.kernel.length }));
  const n = small.W.length;
  const m = large.W.length;
  const k = active.length;
  const block = restrict(large, active);
  const markovGap = largestMarkovGap(where, small, block, tolerance);
  const { reachable, visible } = dimensions(block, tolerance);
  const hidden = reachable - visible;
  const defect = singularValues(block.W).filter((s) => 1 - s * s > tolerance).length;
  const step = (statement: string, left: number, right: number) => ({
    ...{ statement, left, right, holds: left >= right },
  });
  const steps = [
    step('k ≥ n + d', k, n + hidden),
    step('rank(I - U_SSᵀ U_SS) ≥ n - d', defect, n - hidden),
    step('m - k ≥ rank(I - U_SSᵀ U_SS)', m - k, defect),
    step('m ≥ 2n', m, 2 * n),
  ];
  return {
    ...{ units: n, states: m, active, hidden, defect, markovGap, steps },
    holds: steps.every(({ holds }) => holds),
  };
}

function checkScalar(where: string, { W, activation }: Network): void {
  const w = W[0]![0]!;
  const scalar = W.every((row, i) => row.every((entry, j) => entry === (i === j ? w : 0)));
  if (scalar && w > 0 && w < 1 && activation === 'relu') return;
  const fix = 'The argument is for the family of tightContractiveRNN.';
  throw new EquivalenceError(where, 'a ReLU network with W = wI, 0 < w < 1', 'another one', fix);
}

function checkOrthogonal(where: string, W: number[][], tolerance: number): void {
  const U = new Matrix(W);
  const gap = Matrix.sub(U.transpose().mmul(U), Matrix.eye(W.length)).norm('frobenius');
  if (gap <= tolerance) return;
  const fix = 'Project it with clipSingularValues or an SVD first.';
  throw new EquivalenceError(where, 'an orthogonal W', `‖WᵀW - I‖ = ${gap}`, fix);
}

/** The units that are on at every step; refuses a set that changes. */
function activeUnits(where: string, network: Network, inputs: number[][]): number[] {
  let state = network.initialState;
  let active: number[] | undefined;
  for (const [step, input] of inputs.entries()) {
    const on = preActivation(network, state, input).flatMap((z, unit) => (z > 0 ? [unit] : []));
    if (active !== undefined && on.join() !== active.join()) {
      const fix = 'Take smaller inputs, inside the region where the contraction is linear.';
      throw new EquivalenceError(where, 'one set of active units', `a change at step ${step}`, fix);
    }
    active = on;
    state = nextState(network, state, input);
  }
  return active ?? [];
}

function restrict(network: Network, units: readonly number[]): Network {
  return {
    ...network,
    W: units.map((i) => units.map((j) => network.W[i]![j]!)),
    kernel: network.kernel.map((row) => units.map((j) => row[j]!)),
    bias: units.map((i) => network.bias[i]!),
    initialState: units.map((i) => network.initialState[i]!),
    readout: units.map((i) => network.readout[i]!),
  };
}

function largestMarkovGap(where: string, small: Network, block: Network, tolerance: number): number {
  const count = small.W.length + block.W.length;
  const wanted = impulseResponse(small, count);
  const gaps =
    block.W.length === 0
      ? [Infinity]
      : impulseResponse(block, count).map((each, j) => {
          const same = each.rows === wanted[j]!.rows && each.columns === wanted[j]!.columns;
          return same ? Matrix.sub(each, wanted[j]!).abs().max() : Infinity;
        });
  const gap = Math.max(...gaps);
  if (gap <= tolerance) return gap;
  const fix = 'The argument speaks of networks with one input-output map.';
  throw new EquivalenceError(where, 'equal Markov parameters', `a gap of ${gap}`, fix);
}

/** Dimensions of what inputs reach, and of the part of it that outputs see. */
function dimensions(
  { W, kernel, readout }: Network,
  tolerance: number,
): { reachable: number; visible: number } {
  const A = new Matrix(W);
  const powers = (start: Matrix, by: Matrix) => {
    const all = [start];
    while (all.length < W.length) all.push(by.mmul(all[all.length - 1]!));
    return all.flatMap((each) => each.transpose().to2DArray());
  };
  const reach = powers(new Matrix(kernel).transpose(), A); // rows are A^j F eᵢ
  const see = powers(new Matrix(readout), A.transpose()); // rows are eᵢᵀ C A^j
  const rank = (rows: number[][]) => numericalRank(rows, { tolerance: tolerance * frobeniusNorm(rows) });
  const joint = new Matrix(see).mmul(new Matrix(reach).transpose()).to2DArray();
  return { reachable: rank(reach), visible: rank(joint) };
}
