import { LuDecomposition, Matrix } from 'ml-matrix';
import { responseAt, type StateSpace, topSingular } from './frequency-response.js';
import { frobenius } from './matrix.js';
import { singularValuesOf } from './norms.js';
import { eigenvaluesOf, symmetrised } from './spectrum.js';
import type { Verdict } from './verdict.js';

/** The Riccati equation FᵀP + PF + PSP + Q = 0 of the bounded real lemma. */
export interface RiccatiCoefficients {
  readonly F: Matrix;
  readonly S: Matrix;
  readonly Q: Matrix;
}

/**
 * Coefficients of the Riccati inequality FᵀP + PF + PSP + Q ≺ 0, solvable with P ≻ 0 exactly when ‖G‖∞ < 1 (the strict
 * bounded real lemma; Zhou, Doyle and Glover, Robust and Optimal Control, corollary 13.24).
 *
 * @returns undefined when σ_max(D) ≥ 1, where ‖G‖∞ ≥ 1 already.
 */
export function riccatiCoefficients({ A, B, C, D }: StateSpace): RiccatiCoefficients | undefined {
  if (frobenius(D) === 0) return { F: A, S: B.mmul(B.transpose()), Q: C.transpose().mmul(C) };
  if (singularValuesOf(D)[0]! >= 1) return undefined;
  const n = D.rows;
  const inner = new LuDecomposition(Matrix.eye(n).sub(D.transpose().mmul(D)));
  const outer = new LuDecomposition(Matrix.eye(n).sub(D.mmul(D.transpose())));
  return {
    F: Matrix.add(A, B.mmul(inner.solve(D.transpose().mmul(C)))),
    S: symmetrised(B.mmul(inner.solve(B.transpose()))),
    Q: symmetrised(C.transpose().mmul(outer.solve(C))),
  };
}

/** Whether ‖G‖∞ < 1; when not, a frequency with a gain of 1 or more, or as near as can be told. */
export interface BoundedReal {
  readonly verdict: Verdict;
  readonly frequency?: number;
}

/**
 * Whether ‖G‖∞ < 1, from the Hamiltonian matrix H = [F, S; -Q, -Fᵀ]: it holds exactly when H has no eigenvalue on the
 * imaginary axis (Boyd, Balakrishnan and Kabamba 1989). Eigenvalues iω within rounding of the axis are tried as
 * frequencies, with the points between them: a gain above 1 there settles it, else the answer is 'undecided'.
 */
export function isBoundedReal(system: StateSpace): BoundedReal {
  const coefficients = riccatiCoefficients(system);
  if (coefficients === undefined) return { verdict: 'fails' };
  const crossings = axisFrequencies(coefficients);
  if (crossings.length === 0) return { verdict: 'holds' };
  const middles = crossings.slice(1).map((f, i) => (f + crossings[i]!) / 2);
  const tried = [...middles, ...crossings].map((frequency) => ({
    frequency,
    gain: topSingular(responseAt(system, { re: 0, im: frequency })).value,
  }));
  const { gain, frequency } = tried.reduce((top, each) => (each.gain > top.gain ? each : top));
  return { verdict: gain > 1 + 1e-8 ? 'fails' : 'undecided', frequency };
}

/** Imaginary parts ω ≥ 0 of Hamiltonian eigenvalues within √ε of the axis, where a double eigenvalue may be hiding. */
function axisFrequencies({ F, S, Q }: RiccatiCoefficients): number[] {
  const n = F.rows;
  // Scaling P by t leaves the question alone and evens out S and Q, whose sizes set the rounding error.
  const t = Math.sqrt((frobenius(S) || 1) / (frobenius(Q) || 1));
  const H = Matrix.zeros(2 * n, 2 * n);
  H.setSubMatrix(F, 0, 0).setSubMatrix(Matrix.div(S, t), 0, n);
  H.setSubMatrix(Matrix.mul(Q, -t), n, 0).setSubMatrix(Matrix.mul(F.transpose(), -1), n, n);
  const values = eigenvaluesOf('isBoundedReal', H);
  const tolerance = Math.sqrt(Number.EPSILON) * Math.max(...values.map(({ re, im }) => Math.hypot(re, im)));
  const frequencies = values.filter(({ re, im }) => Math.abs(re) <= tolerance && im >= 0).map(({ im }) => im);
  if (frequencies.length === 0) return [];
  return [...new Set([0, ...frequencies])].sort((a, b) => a - b);
}
