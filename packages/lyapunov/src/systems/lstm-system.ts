import { assertFlag } from '../numeric-input.js';
import { checkOptions, type OptionNames } from '../options.js';
import { type ActivationName, activationOf } from './activation.js';
import { type NetworkSystem, networkSystem } from './network-system.js';
import { type LayerWeights, preActivation } from './pre-activation.js';

export interface LSTMOptions extends LayerWeights {
  activation?: ActivationName;
  /** Of the gates. tf.layers' own default is 'hardSigmoid': pass what the layer has. */
  recurrentActivation?: ActivationName;
  /** Follow the hidden state only, with the cell held fixed, as Vogt et al. 2022 do. */
  hiddenOnly?: boolean;
}

const names: OptionNames<LSTMOptions> = {
  kernel: true,
  recurrentKernel: true,
  bias: true,
  activation: true,
  recurrentActivation: true,
  hiddenOnly: true,
};

/**
 * An LSTM as a system for `lyapunovSpectrum`, in float64 with the analytic Jacobian. The state is [h, c], 2 units
 * numbers, in tf.layers' order; weights in its layout with gates i, f, c, o.
 *
 *     c⁺ = f∘c + i∘g,  h⁺ = o∘act(c⁺);   i, f, o = rec(z), g = act(z)
 *
 * All 2 units exponents by default. `hiddenOnly` gives the `units` exponents of ∂h⁺/∂h at fixed c: the paper's choice,
 * which misses the cell's slow modes. Throws `LyapunovError` on shapes that do not fit.
 */
export function lstmSystem(options: LSTMOptions): NetworkSystem {
  const where = 'lstmSystem';
  checkOptions(where, options, names);
  const { activation = 'tanh', recurrentActivation = 'sigmoid', hiddenOnly = false, ...weights } = options;
  assertFlag(hiddenOnly, 'hiddenOnly', where);
  const { units: n, recurrent, affine, description } = preActivation(weights, 4, where);
  const act = activationOf(activation, where);
  const gate = activationOf(recurrentActivation, where);
  const z = new Float64Array(4 * n);
  const next = new Float64Array(2 * n);
  const width = hiddenOnly ? n : 2 * n;

  const network = { ...description, family: 'lstm', activation, recurrentActivation, hiddenOnly } as const;

  return networkSystem(network, (state, input, jacobian) => {
    affine(state, input, z);
    for (let k = 0; k < n; k++) {
      const zi = z[k]!;
      const zf = z[n + k]!;
      const zg = z[2 * n + k]!;
      const zo = z[3 * n + k]!;
      const cell = state[n + k]!;
      const i = gate.value(zi);
      const f = gate.value(zf);
      const g = act.value(zg);
      const o = gate.value(zo);
      const c = f * cell + i * g;
      const squashed = act.value(c);
      next[k] = o * squashed;
      next[n + k] = c;
      if (!jacobian) continue;
      // Derivatives of c⁺ and of o by the pre-activations, and of h⁺ by c⁺.
      const di = gate.derivative(zi) * g;
      const df = gate.derivative(zf) * cell;
      const dg = act.derivative(zg) * i;
      const dOut = gate.derivative(zo) * squashed;
      const dc = o * act.derivative(c);
      const row = k * width;
      const cellRow = (n + k) * width;
      for (let j = 0; j < n; j++) {
        const byCell =
          di * recurrent[k * n + j]! +
          df * recurrent[(n + k) * n + j]! +
          dg * recurrent[(2 * n + k) * n + j]!;
        jacobian[row + j] = dc * byCell + dOut * recurrent[(3 * n + k) * n + j]!;
        if (hiddenOnly) continue;
        jacobian[row + n + j] = j === k ? dc * f : 0;
        jacobian[cellRow + j] = byCell;
        jacobian[cellRow + n + j] = j === k ? f : 0;
      }
    }
    state.set(next);
  });
}
