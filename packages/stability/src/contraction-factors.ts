import { resultInRange } from './float64-range.js';
import { checkNumber, type MatrixLike } from './matrix.js';
import { spectralNorm } from './norms.js';
import { checkOptions } from './options.js';

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
  const factor = resultInRange(where, 'the factor', lipschitzConstant * spectralNorm(W));
  return { stable: factor < 1, factor, margin: 1 - factor, norm: '2' };
}
