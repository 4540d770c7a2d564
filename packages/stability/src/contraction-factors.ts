import { StabilityError } from './errors.js';
import { checkNumber, type MatrixLike, toMatrix, toVector, type VectorLike } from './matrix.js';
import { infinityNorm, spectralNorm } from './norms.js';
import { all, type Inequality, inequality } from './verdict.js';

/** λ with ‖φ(h, x) - φ(h', x)‖ ≤ λ ‖h - h'‖ for all states and inputs in question; stable when below 1. */
export interface ContractionFactor {
  readonly stable: boolean;
  readonly factor: number;
  /** 1 - factor. */
  readonly margin: number;
  /** The norm in which it contracts. */
  readonly norm: '2' | 'infinity';
}

/**
 * The linear model h⁺ = W h + U x: λ = ‖W‖₂ (Miller and Hardt, Stable Recurrent Models, ICLR 2019).
 *
 * @throws StabilityError when W is bad.
 */
export function linearContractionFactor({ W }: { W: MatrixLike }): ContractionFactor {
  return vanillaContractionFactor({ W, lipschitzConstant: 1 });
}

/**
 * The vanilla model h⁺ = ρ(W h + U x + b): λ = L_ρ ‖W‖₂, whatever the inputs (Miller and Hardt, ICLR 2019).
 *
 * @param input.lipschitzConstant L_ρ; 1 for tanh and ReLU.
 * @throws StabilityError when W or the constant is bad.
 */
export function vanillaContractionFactor({
  W,
  lipschitzConstant = 1,
}: {
  W: MatrixLike;
  lipschitzConstant?: number;
}): ContractionFactor {
  checkNumber('vanillaContractionFactor', 'lipschitzConstant', lipschitzConstant, { above: 0 });
  const factor = lipschitzConstant * spectralNorm(W);
  return { stable: factor < 1, factor, margin: 1 - factor, norm: '2' };
}

/** LSTM weights as tf.layers stores them: gates in the order i, f, c, o along the columns. */
export interface LSTMWeights {
  /** [inputs, 4·units] */
  readonly kernel: MatrixLike;
  /** [units, 4·units] */
  readonly recurrentKernel: MatrixLike;
  /** [4·units]; zero when absent. */
  readonly bias?: VectorLike;
}

/** One gate in the papers' convention: pre-activation W h + U x + b. */
export interface Gate {
  /** units x units */
  readonly W: number[][];
  /** units x inputs */
  readonly U: number[][];
  readonly b: number[];
}

/** The four gates, by their tf.layers letters; c is the candidate (the papers' z or g). */
export type Gates = Readonly<Record<'i' | 'f' | 'c' | 'o', Gate>>;

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
 * columns of the recurrent kernel; gates are logistic, the candidate and the output tanh.
 *
 * @param weights.inputBound B_x, the largest |entry| of any input.
 * @throws StabilityError when a shape is not an LSTM's or the bound is negative.
 */
export function lstmContractionFactor({
  inputBound,
  ...weights
}: LSTMWeights & { inputBound: number }): LSTMContractionFactor {
  const where = 'lstmContractionFactor';
  checkNumber(where, 'inputBound', inputBound, { least: 0 });
  const gates = splitGates(where, weights);
  const rowNorms = {
    i: infinityNorm(gates.i.W),
    f: infinityNorm(gates.f.W),
    c: infinityNorm(gates.c.W),
    o: infinityNorm(gates.o.W),
  };
  const reach = rowNorms.f + infinityNorm(gates.f.U) * inputBound + Math.max(...gates.f.b.map(Math.abs));
  const forgetBound = 1 / (1 + Math.exp(-reach));
  const room = 1 / (1 + Math.exp(reach)); // 1 - forgetBound, without cancellation
  const factor = forgetBound + rowNorms.f / (4 * room) + rowNorms.c + rowNorms.i / 4 + rowNorms.o / 4;
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
  return {
    ...{ stable: factor < 1, factor, margin: 1 - factor, norm: 'infinity' },
    ...{ forgetBound, rowNorms, inequalities, conditionsHold },
  };
}

/** Splits tf.layers weights into gates and turns them to the papers' convention. */
export function splitGates(where: string, { kernel, recurrentKernel, bias }: LSTMWeights): Gates {
  const K = toMatrix(where, 'kernel', kernel);
  const R = toMatrix(where, 'recurrentKernel', recurrentKernel);
  const n = R.rows;
  if (R.columns !== 4 * n || K.columns !== 4 * n) {
    const got = `kernel [${K.rows}, ${K.columns}] and recurrentKernel [${R.rows}, ${R.columns}]`;
    const fix = 'Pass the weights of a tf.layers LSTM as they are.';
    throw new StabilityError(
      where,
      'kernel [inputs, 4·units] and recurrentKernel [units, 4·units]',
      got,
      fix,
    );
  }
  const b = bias === undefined ? new Float64Array(4 * n) : toVector(where, 'bias', bias, 4 * n);
  const gate = (index: number): Gate => ({
    W: R.subMatrix(0, n - 1, index * n, (index + 1) * n - 1)
      .transpose()
      .to2DArray(),
    U: K.subMatrix(0, K.rows - 1, index * n, (index + 1) * n - 1)
      .transpose()
      .to2DArray(),
    b: Array.from(b.subarray(index * n, (index + 1) * n)),
  });
  return { i: gate(0), f: gate(1), c: gate(2), o: gate(3) };
}
