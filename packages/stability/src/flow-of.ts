import { described, word } from '@hurwitz/input';
import {
  asMatrix,
  type DynamicalDescription,
  type NetworkDescription,
  scalarFunctions,
} from '@hurwitz/network';
import type { Activation } from './activation.js';
import { StabilityError } from './errors.js';
import { checkNumber, toMatrix, toVector, type VectorLike } from './matrix.js';
import { checkOptions } from './options.js';

/** A flow dh/dt = A h + σ(W h + drive), as `findEquilibrium`, `certifyContraction` and the others take it. */
export interface NetworkFlow {
  /** [units, units]; absent for none. */
  A?: number[][];
  W: number[][];
  /** U x + b, [units]. */
  drive: number[];
  activation: Activation;
}

const where = 'flowOf';

/**
 * The flow that a network of the dynamical family steps, for a constant `input` x (default zero):
 *
 *     dh/dt = A h + σ(W h + U x + b)     (carry 1)
 *     dh/dt = -h + σ(W h + U x + b)      (carry 0: h⁺ = σ(W h + U x + b) is its Euler step of length 1)
 *
 * @param network - A description as `tangentSystem(layer).network` (@hurwitz/cells) gives it, or written by hand.
 * @throws {StabilityError} for networks that are no such flow: LSTM, GRU, gates, modReLU, carry 0 with A or another epsilon
 * than 1; and for shapes that do not fit.
 */
export function flowOf(network: NetworkDescription, options: { input?: VectorLike } = {}): NetworkFlow {
  checkOptions(where, options, { input: true });
  const { units, inputDim, W, kernel, bias, A, carry, activation } = ungated(network);
  const matrix = (name: string, value: typeof W, columns: number): number[][] =>
    toMatrix(where, `network.${name}`, asMatrix(value, columns), { rows: units, columns }).to2DArray();
  const x = toVector(where, 'input', options.input ?? new Float64Array(inputDim), inputDim);
  const b = bias === undefined ? new Float64Array(units) : toVector(where, 'network.bias', bias, units);
  const drive = matrix('kernel', kernel, inputDim).map((row, i) =>
    row.reduce((sum, u, j) => sum + u * x[j]!, b[i]!),
  );
  const linear = carry === 1 ? A && matrix('A', A, units) : decay(units);
  return {
    ...(linear && { A: linear }),
    W: matrix('W', W, units),
    drive,
    activation: scalarFunctions[activation],
  };
}

/** -I. */
const decay = (units: number): number[][] =>
  Array.from({ length: units }, (_, i) => Array.from({ length: units }, (_, j) => (i === j ? -1 : 0)));

type Ungated = DynamicalDescription & { activation: Exclude<DynamicalDescription['activation'], 'modrelu'> };

function ungated(network: NetworkDescription): Ungated {
  const refuse = (got: string): never => {
    const fix = 'Certify LSTMs with lstmContractionFactor, and other maps along their trajectories.';
    throw new StabilityError(where, 'a network that steps dh/dt = A h + σ(W h + U x + b)', got, fix);
  };
  if (typeof network !== 'object' || network === null) return refuse(described(network));
  if (network.family !== 'dynamical') return refuse(`the family ${word(network.family)}`);
  const { gate, activation, carry, epsilon, A, units, inputDim } = network;
  checkNumber(where, 'network.units', units, { least: 1, integer: true });
  checkNumber(where, 'network.inputDim', inputDim, { least: 1, integer: true });
  if (gate) refuse('one with a gate');
  if (!Object.hasOwn(scalarFunctions, activation)) refuse(`the activation ${word(activation)}`);
  if (activation === 'modrelu') refuse('modReLU, which has a threshold for each unit');
  if (carry !== 0 && carry !== 1) refuse(`carry ${described(carry)}`);
  if (carry === 0 && (A !== undefined || epsilon !== 1))
    refuse('carry 0 with A, or an epsilon that is not 1');
  return network as Ungated;
}
