import { Matrix } from 'ml-matrix';
import { type CertificateMatrices, centred, type LureSystem } from './lure.js';
import { singularValuesOf } from './norms.js';
import { euclideanInequality } from './sector-inequality.js';
import { symmetricEigenvaluesOf, symmetrised } from './spectrum.js';

/** A certificate in closed form: its kind of multipliers, its best rate, and P and Λ for a rate below that. */
export interface DirectCandidate {
  readonly kind: 'scalar' | 'diagonal';
  readonly rates: readonly number[];
  matrices(rate: number): CertificateMatrices | undefined;
}

/** Parts of a best rate that are tried: at the best rate itself an inequality is an equality. */
export const PARTS = [0.99, 0.9, 0.5, 0.1];

/**
 * The Euclidean norm: P = I and one multiplier. With the slopes centred, 2 xᵀ(A x + w) is at most
 * 2 (λ_max((A + centre W)_sym) + radius σ_max(W)) ‖x‖², which the multiplier 1/(2 radius σ_max(W)) attains. Never less
 * than the rate of Theorem 1 (a). For a map the square of one step, ε (‖A‖ + M ‖W‖)²/2, is taken off.
 */
export function euclideanCandidate(system: LureSystem): DirectCandidate {
  const { A, W, units: n, slopes, radius, step } = system;
  const sigma = singularValuesOf(W)[0]!;
  const room = -symmetricEigenvaluesOf(symmetrised(centred(system)))[0]! - radius * sigma;
  const square = step === 0 ? 0 : (step * (singularValuesOf(A)[0]! + slopes.high * sigma) ** 2) / 2;
  const best = room - square;
  const { margin, tolerance } = euclideanInequality(system, 0);
  // Just beyond the rounding error of Theorem 1 (a), the last of these is the rate that it still proves.
  const rates = [...PARTS.map((part) => part * best), step === 0 ? (margin - tolerance) / 2 : 0];
  return {
    kind: 'scalar',
    rates: rates.filter((rate) => rate > 0),
    matrices: (rate) => {
      const multiplier = 1 / (2 * radius * sigma + Math.max(room, 0) / 4);
      return { P: Matrix.eye(n), multipliers: new Array<number>(n).fill(multiplier), rate };
    },
  };
}

/**
 * Diagonal P and Λ from a positive system that dominates this one: with N = |A + centre W| off the diagonal, the entries
 * themselves on it, plus radius |W|, both are in closed form when N + rate I is Hurwitz, from the positive solutions of
 * (N + rate I) η = -1 and (N + rate I)ᵀ ξ = -1 as P = diag(ξ/η), Λ = diag(ξ / (2 radius |W| η)). For a triangular
 * system (also a permuted one) it reaches every rate below -max(aᵢᵢ, aᵢᵢ + M wᵢᵢ), which nothing can exceed.
 *
 * For the Euler map N is (|I + ε(A + centre W)| + ε radius |W| - I)/ε, and 1 - factor over ε takes the rate's place.
 *
 * Positive systems need no more than diagonal matrices: Rantzer, Scalable control of positive systems (2015).
 */
export function comparisonCandidate(system: LureSystem): DirectCandidate {
  const N = comparison(system);
  const { W, radius, step } = system;
  const matrices = (rate: number): CertificateMatrices | undefined => {
    const decay = step === 0 ? rate : -Math.expm1(-rate * step) / step;
    const weights = positiveWeights(N, decay);
    if (weights === undefined) return undefined;
    const { right, left } = weights;
    const driven = Matrix.abs(W).mmul(Matrix.columnVector(right)).to1DArray();
    const p = left.map((x, i) => x / right[i]!);
    const factor = Math.exp(-rate * step);
    const lambda = left.map((x, i) => (factor * x) / (2 * radius * driven[i]! + 0.5));
    const size = Math.max(...p);
    return { P: Matrix.diag(p.map((x) => x / size)), multipliers: lambda.map((x) => x / size), rate };
  };
  const best = bestDecay(N, step);
  return { kind: 'diagonal', rates: best > 0 ? PARTS.map((part) => part * best) : [], matrices };
}

function comparison(system: LureSystem): Matrix {
  const { W, radius, step } = system;
  const N = centred(system);
  for (let i = 0; i < N.rows; i++) {
    for (let j = 0; j < N.columns; j++) {
      const x = N.get(i, j);
      const beyond = i === j && 1 + step * x < 0; // |1 + εx| = 1 + ε(-x - 2/ε)
      const size = i === j ? (beyond ? -x - 2 / step : x) : Math.abs(x);
      N.set(i, j, size + radius * Math.abs(W.get(i, j)));
    }
  }
  return N;
}

/** η and ξ, or undefined when N + decay I is not Hurwitz (to rounding). */
function positiveWeights(N: Matrix, decay: number): { right: number[]; left: number[] } | undefined {
  const K = Matrix.mul(N, -1).sub(Matrix.eye(N.rows, N.rows, decay));
  const right = positiveSolution(K);
  const left = right && positiveSolution(K.transpose());
  return right && left && { right, left };
}

/**
 * x > 0 with K x = 1 for a K that is positive on the diagonal only; undefined when there is none. Elimination without
 * pivoting: all pivots are positive exactly when -K is Hurwitz, and then no two numbers are subtracted except in pivots.
 */
function positiveSolution(K: Matrix): number[] | undefined {
  const n = K.rows;
  const rows = K.to2DArray();
  const x = new Array<number>(n).fill(1);
  for (let k = 0; k < n; k++) {
    const pivot = rows[k]!;
    if (!(pivot[k]! > 0)) return undefined;
    for (let i = k + 1; i < n; i++) {
      const row = rows[i]!;
      if (row[k] === 0) continue;
      const factor = row[k]! / pivot[k]!;
      for (let j = k + 1; j < n; j++) row[j] = row[j]! - factor * pivot[j]!;
      x[i] = x[i]! - factor * x[k]!;
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    for (let j = k + 1; j < n; j++) x[k] = x[k]! - rows[k]![j]! * x[j]!;
    x[k] = x[k]! / rows[k]![k]!;
  }
  return x.every((value) => value > 0 && Number.isFinite(value)) ? x : undefined;
}

/** The largest rate at which N has positive weights, to 1 in 2^-20, by bisection; 0 when there is none. */
function bestDecay(N: Matrix, step: number): number {
  const toRate = (decay: number) => (step === 0 ? decay : -Math.log1p(-decay * step) / step);
  let low = 0;
  let high = -Math.max(...N.diagonal());
  if (!(high > 0) || positiveWeights(N, 0) === undefined) return 0;
  for (let halving = 0; halving < 20; halving++) {
    const middle = (low + high) / 2;
    if (positiveWeights(N, middle) !== undefined) low = middle;
    else high = middle;
  }
  return toRate(low);
}
