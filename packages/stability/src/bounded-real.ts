import { LuDecomposition, Matrix } from 'ml-matrix';
import { singularValuesOf } from './norms.js';
import { eigenvaluesOf, symmetrised } from './spectrum.js';
import type { Verdict } from './verdict.js';

/** The transfer matrix G(s) = C (sI - A)⁻¹ B + D, A Hurwitz. */
export interface StateSpace {
  readonly A: Matrix;
  readonly B: Matrix;
  readonly C: Matrix;
  readonly D: Matrix;
}

/** σ_max of G somewhere on the imaginary axis. */
export interface Peak {
  readonly gain: number;
  readonly frequency: number;
}

/** The Riccati equation FᵀP + PF + P S P + Q = 0 of the bounded real lemma. */
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
  if (D.norm() === 0) return { F: A, S: B.mmul(B.transpose()), Q: C.transpose().mmul(C) };
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

/**
 * Whether ‖G‖∞ < 1, from the Hamiltonian matrix H = [F, S; -Q, -Fᵀ]: it holds exactly when H has no eigenvalue on the
 * imaginary axis (Boyd, Balakrishnan and Kabamba 1989). Eigenvalues iω near the axis are tried as frequencies, with the
 * points between them: a gain above 1 there settles it, else the answer is 'undecided'.
 */
export function isBoundedReal(system: StateSpace): { verdict: Verdict; peak?: Peak } {
  const coefficients = riccatiCoefficients(system);
  if (coefficients === undefined) return { verdict: 'fails' };
  const frequencies = axisFrequencies(coefficients);
  if (frequencies.length === 0) return { verdict: 'holds' };
  const between = frequencies.slice(1).map((f, i) => (f + frequencies[i]!) / 2);
  let peak: Peak = { gain: 0, frequency: 0 };
  for (const frequency of [...between, ...frequencies]) {
    const gain = gainAt(system, frequency);
    if (gain > peak.gain) peak = { gain, frequency };
    if (gain > 1 + 1e-8) return { verdict: 'fails', peak };
  }
  return { verdict: 'undecided', peak };
}

/** ‖G‖∞ to a relative 1e-3 from below, and where it is attained, by Bruinsma and Steinbuch's two-step method (1990). */
export function peakGain(system: StateSpace): Peak {
  let peak: Peak = { gain: gainAt(system, 0), frequency: 0 };
  for (let step = 0; step < 30; step++) {
    const level = 1.001 * Math.max(peak.gain, Number.MIN_VALUE);
    const { A, B, C, D } = system;
    const scaled = riccatiCoefficients({ A, B, C: Matrix.div(C, level), D: Matrix.div(D, level) });
    // σ_max(D) ≥ level means the gain at infinity is higher; look far out.
    if (scaled === undefined) return { gain: singularValuesOf(D)[0]!, frequency: Infinity };
    const crossings = axisFrequencies(scaled);
    if (crossings.length === 0) break;
    const middles =
      crossings.length === 1 ? crossings : crossings.slice(1).map((f, i) => (f + crossings[i]!) / 2);
    const best = middles
      .map((frequency) => ({ frequency, gain: gainAt(system, frequency) }))
      .reduce((top, each) => (each.gain > top.gain ? each : top));
    if (best.gain <= peak.gain) break;
    peak = best;
  }
  return peak;
}

/** Imaginary parts ω ≥ 0 of Hamiltonian eigenvalues within √ε of the axis, where a double eigenvalue may be hiding. */
function axisFrequencies({ F, S, Q }: RiccatiCoefficients): number[] {
  const n = F.rows;
  // Scaling P by t leaves the question alone and evens out S and Q, whose sizes set the rounding error.
  const t = Math.sqrt((S.norm() || 1) / (Q.norm() || 1));
  const H = Matrix.zeros(2 * n, 2 * n);
  H.setSubMatrix(F, 0, 0).setSubMatrix(Matrix.div(S, t), 0, n);
  H.setSubMatrix(Matrix.mul(Q, -t), n, 0).setSubMatrix(Matrix.mul(F.transpose(), -1), n, n);
  const values = eigenvaluesOf('isBoundedReal', H);
  const tolerance = Math.sqrt(Number.EPSILON) * Math.max(...values.map(({ re, im }) => Math.hypot(re, im)));
  const frequencies = values.filter(({ re, im }) => Math.abs(re) <= tolerance && im >= 0).map(({ im }) => im);
  return [...new Set([...(frequencies.length > 0 ? [0] : []), ...frequencies])].sort((a, b) => a - b);
}

const gainAt = (system: StateSpace, frequency: number): number =>
  singularValuesOf(embedded(responseAt(system, frequency)))[0]!;

/** A complex matrix, in two parts. */
export interface ComplexMatrix {
  readonly re: Matrix;
  readonly im: Matrix;
}

/** G(iω), by one real system of twice the size: [-A, -ωI; ωI, -A] [X; Y] = [B; 0]. */
export function responseAt({ A, B, C, D }: StateSpace, frequency: number): ComplexMatrix {
  const n = A.rows;
  const K = Matrix.zeros(2 * n, 2 * n);
  const minusA = Matrix.mul(A, -1);
  const rotation = Matrix.eye(n).mul(frequency);
  K.setSubMatrix(minusA, 0, 0).setSubMatrix(Matrix.mul(rotation, -1), 0, n);
  K.setSubMatrix(rotation, n, 0).setSubMatrix(minusA, n, n);
  const right = Matrix.zeros(2 * n, B.columns).setSubMatrix(B, 0, 0);
  const X = new LuDecomposition(K).solve(right);
  return {
    re: C.mmul(X.subMatrix(0, n - 1, 0, B.columns - 1)).add(D),
    im: C.mmul(X.subMatrix(n, 2 * n - 1, 0, B.columns - 1)),
  };
}

/** [Re, -Im; Im, Re]: real, with every singular value of the complex matrix twice. */
function embedded({ re, im }: ComplexMatrix): Matrix {
  const n = re.rows;
  const E = Matrix.zeros(2 * n, 2 * n);
  E.setSubMatrix(re, 0, 0).setSubMatrix(Matrix.mul(im, -1), 0, n);
  return E.setSubMatrix(im, n, 0).setSubMatrix(re, n, n);
}
