import { word } from '@hurwitz/input';
import { frobeniusNorm, numericalRank } from '@hurwitz/stability';
import { Matrix } from 'ml-matrix';
import { EquivalenceError } from './errors.js';
import { checkCounts, checkNumber, checkOptions } from './numeric-input.js';
import { type Network, type RNNModel, toNetwork } from './rnn-model.js';

/**
 * The Markov parameters C W^j F of a linear network, j = 0 .. count-1, each [outputs, inputDim]: the response at delay j to
 * an impulse. Two linear networks started at rest without bias have one map exactly when all of these agree.
 *
 * @throws EquivalenceError when the activation is not 'linear' or count is not a positive integer.
 */
export function markovParameters(model: RNNModel, count: number): number[][][] {
  const where = 'markovParameters';
  checkCounts(where, { count });
  return impulseResponse(toLinear(where, model), count).map((block) => block.to2DArray());
}

/**
 * The least number of states of any linear network with the same Markov parameters: the rank of the Hankel matrix of 2n of
 * them (Ho and Kalman 1966).
 *
 * @param options.tolerance below which a singular value counts as zero, as a fraction of the largest.
 */
export function minimalOrder(model: RNNModel, options: { tolerance?: number } = {}): number {
  const where = 'minimalOrder';
  checkOptions(where, options, { tolerance: true });
  const { tolerance = 1e-10 } = options;
  checkNumber(where, 'tolerance', tolerance, { above: 0, below: 1 });
  return hankelRank(toLinear(where, model), tolerance);
}

/** The same for a copied and checked network, whatever its activation. */
export function hankelRank(network: Network, tolerance: number): number {
  const n = network.W.length;
  const response = impulseResponse(network, 2 * n - 1);
  const { rows, columns } = response[0]!;
  const hankel = new Matrix(n * rows, n * columns);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) hankel.setSubMatrix(response[i + j]!, i * rows, j * columns);
  }
  const rowsOf = hankel.to2DArray();
  const scale = frobeniusNorm(rowsOf);
  return scale === 0 ? 0 : numericalRank(rowsOf, { tolerance: tolerance * scale });
}

/** C W^j F with F = kernelᵀ and C = readoutᵀ. */
export function impulseResponse({ W, kernel, readout }: Network, count: number): Matrix[] {
  const w = new Matrix(W);
  const C = new Matrix(readout).transpose();
  let state = new Matrix(kernel).transpose();
  return Array.from({ length: count }, (_, j) => {
    if (j > 0) state = w.mmul(state);
    return C.mmul(state);
  });
}

export function toLinear(where: string, model: RNNModel): Network {
  const network = toNetwork(where, model);
  if (network.activation === 'linear') return network;
  const fix = "Pass activation: 'linear', or the linearisation of another network.";
  throw new EquivalenceError(where, "activation 'linear'", word(network.activation), fix);
}
