import type { Activation } from '@hurwitz/network';
import { LyapunovError } from '../errors.js';
import { type MatrixLike, readMatrix } from '../numeric-input.js';
import { type SteppedSystem, steppedSystem } from './network-system.js';
import { preActivation } from './pre-activation.js';

/** The GRU whose reset gate acts after the product: g = act(K_g x + b_g + r∘(U_g h + c_g)). */
export function resetAfterGRUSystem(
  { kernel, recurrentKernel, bias }: { kernel: MatrixLike; recurrentKernel: MatrixLike; bias?: MatrixLike },
  { activation: act, gate }: { activation: Activation; gate: Activation },
  where: string,
): SteppedSystem {
  const rows = bias === undefined ? undefined : readMatrix(bias, 'bias', where);
  const size = rows?.columns ?? 0;
  if (rows && rows.rows !== 2) {
    const fix = 'Row 0 is the bias of the input, row 1 the recurrent one.';
    throw new LyapunovError(where, 'bias [2, 3 * units]', `[${rows.rows}, ${size}]`, fix);
  }
  const weights = { kernel, recurrentKernel, ...(rows && { bias: rows.data.slice(0, size) }) };
  const { units: n, recurrent, drive } = preActivation(weights, 3, where);
  const recurrentBias = rows ? rows.data.slice(size) : new Float64Array(3 * n);
  const driven = new Float64Array(3 * n);
  const product = new Float64Array(3 * n);
  const next = new Float64Array(n);

  return steppedSystem({ dimension: n, tangentDimension: n }, (state, input, jacobian) => {
    drive(input, driven);
    for (let i = 0; i < 3 * n; i++) {
      let sum = recurrentBias[i]!;
      for (let j = 0; j < n; j++) sum += recurrent[i * n + j]! * state[j]!;
      product[i] = sum;
    }
    for (let k = 0; k < n; k++) {
      const zArgument = driven[k]! + product[k]!;
      const rArgument = driven[n + k]! + product[n + k]!;
      const [update, reset] = [gate.value(zArgument), gate.value(rArgument)];
      const argument = driven[2 * n + k]! + reset * product[2 * n + k]!;
      const candidate = act.value(argument);
      next[k] = update * state[k]! + (1 - update) * candidate;
      if (!jacobian) continue;
      const byUpdate = (state[k]! - candidate) * gate.derivative(zArgument);
      const byCandidate = (1 - update) * act.derivative(argument);
      const byReset = gate.derivative(rArgument) * product[2 * n + k]!;
      for (let j = 0; j < n; j++) {
        const inner = byReset * recurrent[(n + k) * n + j]! + reset * recurrent[(2 * n + k) * n + j]!;
        jacobian[k * n + j] = byUpdate * recurrent[k * n + j]! + byCandidate * inner;
      }
      jacobian[k * n + k]! += update;
    }
    state.set(next);
  });
}
