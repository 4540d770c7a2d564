import { assertFlag, type MatrixLike } from '../numeric-input.js';
import { checkOptions, type OptionNames } from '../options.js';
import { type ActivationName, activationOf } from './activation.js';
import { type NetworkSystem, networkSystem, type SteppedSystem } from './network-system.js';
import { type LayerWeights, preActivation } from './pre-activation.js';
import { resetAfterGRUSystem } from './reset-after-gru-system.js';

export interface GRUOptions extends LayerWeights {
  activation?: ActivationName;
  /** Of the gates. tf.layers' own default is 'hardSigmoid': pass what the layer has. */
  recurrentActivation?: ActivationName;
  /** Whether the reset gate acts after the product. */
  resetAfter?: false;
}

/** The weights of Keras' GRU with reset_after, or PyTorch's with its gates r, z, n in the order z, r, n. */
export interface ResetAfterGRUOptions extends Omit<GRUOptions, 'bias' | 'resetAfter'> {
  resetAfter: true;
  /** Shape [2, 3 units], the bias of the input and the recurrent one. Default zeros. */
  bias?: MatrixLike;
}

const names: OptionNames<GRUOptions> = {
  kernel: true,
  recurrentKernel: true,
  bias: true,
  activation: true,
  recurrentActivation: true,
  resetAfter: true,
};

/**
 * A GRU as a system for `lyapunovSpectrum`, in float64 with the analytic Jacobian. Weights in tf.layers' layout with
 * gates z, r, h. The reset gate acts before the product, or after it with `resetAfter`, which has a recurrent bias c:
 *
 *     h⁺ = z∘h + (1 - z)∘g,   g = act(U_g (r∘h) + ...)  or  act(r∘(U_g h + c_g) + ...),   z, r = rec(...)
 *
 * A system with `resetAfter` has no `network`, so it is not propagated in WebAssembly. Throws `LyapunovError` on shapes that do not fit.
 */
export function gruSystem(options: GRUOptions): NetworkSystem;
export function gruSystem(options: ResetAfterGRUOptions): SteppedSystem;
export function gruSystem(options: GRUOptions | ResetAfterGRUOptions): NetworkSystem | SteppedSystem {
  const where = 'gruSystem';
  checkOptions(where, options as object, names);
  const { activation = 'tanh', recurrentActivation = 'sigmoid', resetAfter = false, ...weights } = options;
  assertFlag(resetAfter, 'resetAfter', where);
  const gated = {
    activation: activationOf(activation, where),
    gate: activationOf(recurrentActivation, where),
  };
  if (resetAfter) return resetAfterGRUSystem(weights as ResetAfterGRUOptions, gated, where);
  return resetBefore(weights as LayerWeights, { activation, recurrentActivation });
}

function resetBefore(
  weights: LayerWeights,
  { activation, recurrentActivation }: Record<'activation' | 'recurrentActivation', ActivationName>,
): NetworkSystem {
  const where = 'gruSystem';
  const { units: n, recurrent, drive, description } = preActivation(weights, 3, where);
  const act = activationOf(activation, where);
  const gate = activationOf(recurrentActivation, where);
  const z = new Float64Array(3 * n);
  const reset = new Float64Array(n);
  const resetState = new Float64Array(n);
  const resetSlope = new Float64Array(n);
  const next = new Float64Array(n);
  const rowSum = new Float64Array(n);

  /** z[first..last) += recurrent rows times v */
  const addProduct = (first: number, last: number, v: Float64Array) => {
    for (let i = first; i < last; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += recurrent[i * n + j]! * v[j]!;
      z[i]! += sum;
    }
  };

  const network = { ...description, family: 'gru', activation, recurrentActivation } as const;

  return networkSystem(network, (state, input, jacobian) => {
    drive(input, z);
    addProduct(0, 2 * n, state);
    for (let l = 0; l < n; l++) {
      reset[l] = gate.value(z[n + l]!);
      resetState[l] = reset[l]! * state[l]!;
      resetSlope[l] = gate.derivative(z[n + l]!) * state[l]!;
    }
    addProduct(2 * n, 3 * n, resetState);
    for (let k = 0; k < n; k++) {
      const update = gate.value(z[k]!);
      const candidate = act.value(z[2 * n + k]!);
      next[k] = update * state[k]! + (1 - update) * candidate;
      if (!jacobian) continue;
      // d(r∘h)_l / dh_j = r_l δ_lj + h_l r_l' (U_r)_lj, gathered over l with the weights of unit k.
      rowSum.fill(0);
      for (let l = 0; l < n; l++) {
        const weight = recurrent[(2 * n + k) * n + l]!;
        const through = weight * resetSlope[l]!;
        const source = (n + l) * n;
        for (let j = 0; j < n; j++) rowSum[j]! += through * recurrent[source + j]!;
        rowSum[l]! += weight * reset[l]!;
      }
      const byUpdate = (state[k]! - candidate) * gate.derivative(z[k]!);
      const byCandidate = (1 - update) * act.derivative(z[2 * n + k]!);
      const row = k * n;
      for (let j = 0; j < n; j++) {
        jacobian[row + j] = byUpdate * recurrent[k * n + j]! + byCandidate * rowSum[j]!;
      }
      jacobian[row + k]! += update;
    }
    state.set(next);
  });
}
