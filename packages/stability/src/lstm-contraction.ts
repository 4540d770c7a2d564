import { type ContractionFactor, contractionFactor } from './contraction-factors.js';
import { type LSTMWeights, lstmOptions, splitGates, toGateFunction } from './lstm-gates.js';
import { checkNumber } from './matrix.js';
import { infinityNorm } from './norms.js';
import { checkOptions } from './options.js';
import { all, type Inequality, inequality } from './verdict.js';

/** The sufficient conditions of Miller and Hardt, and the contraction they give. */
export interface LSTMContractionFactor extends ContractionFactor {
  /** Bound on every forget gate: σ(‖W_f‖∞ + ‖U_f‖∞ B_x + ‖b_f‖∞). */
  readonly forgetBound: number;
  readonly rowNorms: Readonly<Record<'i' | 'f' | 'c' | 'o', number>>;
  readonly inequalities: readonly Inequality[];
  /** All four published conditions; they imply a factor below 1, and a factor below 1 is enough. */
  readonly conditionsHold: boolean;
}

/**
 * One-step contraction of an LSTM in the infinity norm of the state (c, h), from its weights and an input bound.
 *
 * With φ = σ(‖W_f‖∞ + ‖U_f‖∞ B_x + ‖b_f‖∞), |h| ≤ 1 and |c| ≤ 1/(1 - φ):
 * λ = φ + ‖W_f‖∞/(4(1 - φ)) + ‖W_c‖∞ + ‖W_i‖∞/4 + ‖W_o‖∞/4. The conditions of Miller and Hardt (ICLR 2019, section 3.3),
 * ‖W_i‖∞, ‖W_o‖∞ < 1 - φ, ‖W_c‖∞ ≤ (1 - φ)/4 and ‖W_f‖∞ < (1 - φ)², make it less than 1. Norms are of *rows* of W, so of
 * columns of the recurrent kernel; the candidate and the output are tanh. For hard gates σ is tf.layers' hard sigmoid and 1/4
 * becomes its slope 1/5; the factor is then Infinity when a gate may saturate at 1.
 *
 * @param input.inputBound B_x, the largest |entry| of any input.
 * @throws StabilityError when a shape is not an LSTM's or the bound is negative.
 */
export function lstmContractionFactor(input: LSTMWeights & { inputBound: number }): LSTMContractionFactor {
  const where = 'lstmContractionFactor';
  checkOptions(where, input, { inputBound: true, ...lstmOptions });
  const { inputBound, recurrentActivation = 'sigmoid', ...weights } = input;
  checkNumber(where, 'inputBound', inputBound, { least: 0 });
  const gates = splitGates(where, weights);
  const rowNorms = {
    i: infinityNorm(gates.i.W),
    f: infinityNorm(gates.f.W),
    c: infinityNorm(gates.c.W),
    o: infinityNorm(gates.o.W),
  };
  const reach = rowNorms.f + infinityNorm(gates.f.U) * inputBound + Math.max(...gates.f.b.map(Math.abs));
  const gate = toGateFunction(where, recurrentActivation);
  const forgetBound = gate.value(reach);
  const room = gate.complement(reach);
  const memory = rowNorms.f === 0 ? 0 : (gate.slope * rowNorms.f) / room;
  const factor = forgetBound + memory + rowNorms.c + gate.slope * (rowNorms.i + rowNorms.o);
  const tolerance = 4 * gates.f.b.length * Number.EPSILON;
  const below = (statement: string, left: number, right: number) =>
    inequality(statement, { left, sign: '<', right, tolerance: tolerance * (left + right) });
  const inequalities = [
    below('‖W_i‖∞ < 1 - φ', rowNorms.i, room),
    below('‖W_o‖∞ < 1 - φ', rowNorms.o, room),
    below('‖W_c‖∞ < (1 - φ)/4', rowNorms.c, room / 4),
    below('‖W_f‖∞ < (1 - φ)²', rowNorms.f, room * room),
  ];
  const conditionsHold = all(inequalities.map((each) => each.verdict)) === 'holds';
  const contraction = contractionFactor(factor, { units: gates.f.b.length, norm: 'infinity' });
  const stable = contraction.stable || conditionsHold;
  return { ...contraction, stable, forgetBound, rowNorms, inequalities, conditionsHold };
}
