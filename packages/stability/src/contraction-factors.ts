import { resultInRange } from './float64-range.js';
import { checkNumber, type MatrixLike, toMatrix } from './matrix.js';
import { singularValuesOf } from './norms.js';
import { checkOptions } from './options.js';
import { judge } from './verdict.js';

/** λ with ‖φ(h, x) - φ(h', x)‖ ≤ λ ‖h - h'‖ for all states and inputs in question. */
export interface ContractionFactor {
  /** Whether λ is below 1 by more than its rounding error, 10 n ε for n units. */
  readonly stable: boolean;
  readonly factor: number;
  /** 1 - factor. */
  readonly margin: number;
  /** The norm in which it contracts. */
  readonly norm: '2' | 'infinity';
}

/** A factor with what it says. */
export function contractionFactor(
  factor: number,
  { units, norm }: { units: number; norm: ContractionFactor['norm'] },
): ContractionFactor {
  const margin = 1 - factor;
  return { stable: judge(margin, 10 * units * Number.EPSILON) === 'holds', factor, margin, norm };
}

/**
 * The linear model h⁺ = W h + U x: λ = ‖W‖₂ (Miller and Hardt, Stable Recurrent Models, ICLR 2019).
 *
 * @throws StabilityError when W is bad.
 */
export function linearContractionFactor(input: { W: MatrixLike }): ContractionFactor {
  checkOptions('linearContractionFactor', input, { W: true });
  const { W } = input;
  return vanillaContractionFactor({ W, lipschitzConstant: 1 });
}

/**
 * The vanilla model h⁺ = ρ(W h + U x + b): λ = L_ρ ‖W‖₂, whatever the inputs (Miller and Hardt, ICLR 2019).
 *
 * @param input.lipschitzConstant L_ρ; 1 for tanh and ReLU.
 * @throws StabilityError when W or the constant is bad.
 */
export function vanillaContractionFactor(input: {
  W: MatrixLike;
  lipschitzConstant?: number;
}): ContractionFactor {
  checkOptions('vanillaContractionFactor', input, { W: true, lipschitzConstant: true });
  const { W, lipschitzConstant = 1 } = input;
  checkNumber('vanillaContractionFactor', 'lipschitzConstant', lipschitzConstant, { above: 0 });
  const where = 'vanillaContractionFactor';
  const w = toMatrix(where, 'W', W);
  const factor = resultInRange(where, 'the factor', lipschitzConstant * singularValuesOf(w, where)[0]!);
  return contractionFactor(factor, { units: Math.max(w.rows, w.columns), norm: '2' });
}
