import { LyapunovError } from '../errors.js';
import { assertAbove, type MatrixLike, readMatrix, type VectorLike } from '../numeric-input.js';
import { checkOptions, type OptionNames } from '../options.js';
import { type ActivationName, activationOf } from './activation.js';
import { type NetworkSystem, networkSystem } from './network-system.js';
import { preActivation, transpose } from './pre-activation.js';

export interface RNNWeights {
  /** [inputDim, units] */
  kernel: MatrixLike;
  /** [units, units], multiplies the state as a column vector (the papers' W). This or `recurrentKernel`. */
  W?: MatrixLike;
  /** [units, units], multiplies the state as a row (tf.layers): the transpose of W. */
  recurrentKernel?: MatrixLike;
  /** [units, units], the linear part of a Lipschitz RNN, for column vectors. Default absent. */
  A?: MatrixLike;
  /** [units]. Default zeros. */
  bias?: VectorLike;
  activation?: ActivationName;
  /** 1 for the residual forms, 0 for the vanilla RNN. */
  carry?: number;
  /** Step length of the residual forms. */
  epsilon?: number;
}

const names: OptionNames<RNNWeights> = {
  kernel: true,
  W: true,
  recurrentKernel: true,
  A: true,
  bias: true,
  activation: true,
  carry: true,
  epsilon: true,
};

/**
 * A simple, residual, antisymmetric or Lipschitz RNN (Euler step) as a system for `lyapunovSpectrum`, in float64 with
 * the analytic Jacobian:
 *
 *     h⁺ = carry h + epsilon (A h + act(W h + Uᵀ x + b)),   J = carry I + epsilon (A + diag(act') W)
 *
 * The defaults carry = 0, epsilon = 1 and no A are the vanilla RNN; carry = 1 the others (Erichson et al. 2021, Chang
 * et al. 2019). Throws `LyapunovError` on shapes that do not fit or weights that are not finite.
 */
export function rnnSystem(weights: RNNWeights): NetworkSystem {
  const where = 'rnnSystem';
  checkOptions(where, weights, names);
  const { kernel, W, recurrentKernel, A, bias, activation = 'tanh', carry = 0, epsilon = 1 } = weights;
  if ((W === undefined) === (recurrentKernel === undefined)) {
    throw new LyapunovError(
      where,
      'one of W and recurrentKernel',
      W === undefined ? 'neither' : 'both',
      'W multiplies columns, recurrentKernel rows: they are transposes.',
    );
  }
  const rowKernel = W === undefined ? recurrentKernel! : columnMatrix(W, kernel, where);
  const layer = preActivation({ kernel, recurrentKernel: rowKernel, bias }, 1, where);
  const { units, recurrent, affine, description } = layer;
  const linear = A === undefined ? undefined : readMatrix(A, 'A', where);
  if (linear && (linear.rows !== units || linear.columns !== units)) {
    throw new LyapunovError(
      where,
      `A [${units}, ${units}]`,
      `[${linear.rows}, ${linear.columns}]`,
      'Match W.',
    );
  }
  if (carry !== 0 && carry !== 1) {
    throw new LyapunovError(
      where,
      'carry 0 or 1',
      `${carry}`,
      'Use 0 for a vanilla RNN, 1 for residual forms.',
    );
  }
  assertAbove(epsilon, 'epsilon', 0, where);
  const { value, derivative } = activationOf(activation, where);
  const z = new Float64Array(units);
  const next = new Float64Array(units);

  const network = {
    ...description,
    family: 'dynamical',
    A: linear?.data,
    activation,
    carry: carry as 0 | 1,
    epsilon,
  } as const;

  return networkSystem(network, (state, input, jacobian) => {
    affine(state, input, z);
    for (let i = 0; i < units; i++) {
      let drift = value(z[i]!);
      if (linear) for (let j = 0; j < units; j++) drift += linear.data[i * units + j]! * state[j]!;
      next[i] = carry * state[i]! + epsilon * drift;
      if (!jacobian) continue;
      const gain = epsilon * derivative(z[i]!);
      const row = i * units;
      for (let j = row; j < row + units; j++) jacobian[j] = gain * recurrent[j]!;
      if (linear) for (let j = row; j < row + units; j++) jacobian[j]! += epsilon * linear.data[j]!;
      jacobian[row + i]! += carry;
    }
    state.set(next);
  });
}

/** Wᵀ, with shapes that do not fit told in terms of W. */
function columnMatrix(W: MatrixLike, kernel: MatrixLike, where: string): number[][] {
  const { data, rows, columns } = readMatrix(W, 'W', where);
  const units = readMatrix(kernel, 'kernel', where).columns;
  if (rows !== units || columns !== units) {
    throw new LyapunovError(
      where,
      `W [${units}, ${units}] with a kernel of ${units} columns, [inputDim, units]`,
      `[${rows}, ${columns}]`,
      'Make the two agree.',
    );
  }
  const flat = transpose(data, rows, columns);
  return Array.from({ length: columns }, (_, i) => Array.from(flat.subarray(i * rows, (i + 1) * rows)));
}
