import { Matrix } from 'ml-matrix';
import { type ContractionFactor, contractionFactor } from './contraction-factors.js';
import { StabilityError } from './errors.js';
import { resultInRange } from './float64-range.js';
import { checkNumber, type MatrixLike, toSquare } from './matrix.js';
import { singularValuesOf } from './norms.js';
import { checkOptions } from './options.js';

/**
 * The residual model h⁺ = h + ε(A h + ρ(W h + z)), any z: λ = ‖I + εA‖₂ + ε L_ρ ‖W‖₂ by the triangle inequality, the
 * Lipschitz constant of one step in its state. With λ above 1 it still bounds how fast perturbations can grow. Without A
 * (a residual or antisymmetric network) it is 1 + ε L_ρ ‖W‖₂, never below 1; `certifyEulerContraction` sees more.
 *
 * @throws StabilityError when A or W is bad, sizes differ, or the step or constant is not positive.
 */
export function residualContractionFactor(input: {
  A?: MatrixLike;
  W: MatrixLike;
  step: number;
  lipschitzConstant?: number;
}): ContractionFactor {
  const where = 'residualContractionFactor';
  checkOptions(where, input, { A: true, W: true, step: true, lipschitzConstant: true });
  const { A, W, step, lipschitzConstant = 1 } = input;
  const w = toSquare(where, 'W', W);
  const a = A === undefined ? Matrix.zeros(w.rows, w.rows) : toSquare(where, 'A', A, w.rows);
  checkNumber(where, 'step', step, { above: 0 });
  checkNumber(where, 'lipschitzConstant', lipschitzConstant, { above: 0 });
  const stepped = a.mul(step).add(Matrix.eye(w.rows));
  if (!stepped.to1DArray().every(Number.isFinite)) {
    throw new StabilityError(
      where,
      'step·A within the range of float64',
      'a larger entry',
      'Shorten the step.',
    );
  }
  const linear = singularValuesOf(stepped, where)[0]!;
  const nonlinear = step * lipschitzConstant * singularValuesOf(w, where)[0]!;
  const factor = resultInRange(where, 'the factor', linear + nonlinear);
  return contractionFactor(factor, { units: w.rows, norm: '2' });
}
