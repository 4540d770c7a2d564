import { Matrix } from 'ml-matrix';
import type { CertificateMatrices, LureSystem } from './lure.js';
import { frobenius } from './matrix.js';
import { singularValuesOf } from './norms.js';
import { symmetricEigenvaluesOf, symmetrised } from './spectrum.js';
import { all, type Inequality, inequality } from './verdict.js';

/**
 * The inequalities that make P, Λ and the rate a proof: P ≻ 0, Λ ≻ 0 and
 *
 *     [AᵀP + PA + 2qP + εAᵀPA - 2ab WᵀΛW,  P + (a+b)WᵀΛ + εAᵀP;  ·,  εP - 2Λ] ≺ 0
 *
 * with slopes in [a, b], ε = 0 and q = rate for the flow, q = (1 - e^(-2 rate ε))/(2ε) for the Euler map: its own
 * inequality [FᵀPF - ρ²P, ...] over ε, without the cancellation in 1 - ρ² at short steps. Rows and columns are scaled,
 * by powers of two, to diagonal entries of size 1: a congruence, after which neither the units of time nor those of a
 * state matter. The tolerance bounds the rounding of the entries, one by one, and of the eigenvalues.
 *
 * Where P is a multiple of the identity, the triangle inequality λ_max(A_sym) + M σ_max(W) < -rate of the flow proves
 * the same, and is taken when the block matrix is within its rounding error.
 */
export function certificateInequalities(system: LureSystem, claim: CertificateMatrices): Inequality[] {
  const { P, multipliers } = claim;
  const positive = [
    definite('λ_min(P) > 0', P, { bound: P, sign: 1 }),
    inequality('min Λ > 0', { left: Math.min(...multipliers), sign: '>', right: 0, tolerance: 0 }),
  ];
  const block = definite('λ_max(block matrix) < 0', blockMatrix(system, claim), {
    bound: blockBound(system, claim),
    sign: -1,
  });
  if (block.verdict === 'holds' || system.step > 0 || !isScalar(P)) return [...positive, block];
  const euclidean = euclideanInequality(system, claim.rate);
  return [...positive, euclidean.verdict === 'holds' ? euclidean : block];
}

export const areMet = (inequalities: readonly Inequality[]): boolean =>
  all(inequalities.map(({ verdict }) => verdict)) === 'holds';

/** The triangle inequality of Theorem 1 (a), with its figures and their rounding error. */
export function euclideanInequality({ A, W, slopes, units }: LureSystem, rate: number): Inequality {
  const gain = slopes.high * singularValuesOf(W)[0]!;
  return inequality('λ_max(A_sym) + M σ_max(W) < -rate', {
    left: symmetricEigenvaluesOf(symmetrised(A))[0]! + gain,
    sign: '<',
    right: -rate,
    tolerance: 10 * units * Number.EPSILON * (frobenius(A) + gain),
  });
}

/** Definiteness of sign · M, symmetric, after scaling its diagonal to size 1; `bound` is entrywise above its terms. */
function definite(
  statement: string,
  M: Matrix,
  { bound, sign }: { bound: Matrix; sign: 1 | -1 },
): Inequality {
  const n = M.rows;
  const d = M.diagonal().map((x) => (x === 0 ? 1 : 2 ** -Math.round(Math.log2(Math.abs(x)) / 2)));
  const scaled = (X: Matrix) => X.clone().mulRowVector(d).mulColumnVector(d);
  const size = frobenius(scaled(bound));
  const S = scaled(M);
  const rounding = 10 * n * Number.EPSILON * (frobenius(S) + size);
  const usable = Number.isFinite(rounding);
  const values = usable ? symmetricEigenvaluesOf(S) : [Number.NaN];
  return inequality(statement, {
    left: sign === 1 ? values.at(-1)! : values[0]!,
    sign: sign === 1 ? '>' : '<',
    right: 0,
    tolerance: usable ? rounding : Infinity,
  });
}

function blockMatrix(system: LureSystem, { P, multipliers, rate }: CertificateMatrices): Matrix {
  const { A, W, slopes, step } = system;
  const decay = step === 0 ? rate : -Math.expm1(-2 * rate * step) / (2 * step);
  return symmetricBlocks(
    { A, W, P, multipliers, step },
    { decay, sum: slopes.low + slopes.high, product: -slopes.low * slopes.high, tail: -1 },
  );
}

/** The same with every term replaced by its absolute value: what the rounding errors of the entries are relative to. */
function blockBound(system: LureSystem, { P, multipliers, rate }: CertificateMatrices): Matrix {
  const { slopes, step } = system;
  const [A, W] = [Matrix.abs(system.A), Matrix.abs(system.W)];
  return symmetricBlocks(
    { A, W, P: Matrix.abs(P), multipliers: multipliers.map(Math.abs), step },
    {
      decay: Math.abs(rate),
      sum: Math.abs(slopes.low) + slopes.high,
      product: Math.abs(slopes.low * slopes.high),
      tail: 1,
    },
  );
}

interface Blocks {
  readonly A: Matrix;
  readonly W: Matrix;
  readonly P: Matrix;
  readonly multipliers: readonly number[];
  readonly step: number;
}

/** [AᵀP+PA + 2 decay P + step AᵀPA + 2 product WᵀΛW, P + sum WᵀΛ + step AᵀP; ·, step P + 2 tail Λ]. */
function symmetricBlocks(
  { A, W, P, multipliers, step }: Blocks,
  { decay, sum, product, tail }: { decay: number; sum: number; product: number; tail: 1 | -1 },
): Matrix {
  const n = P.rows;
  const PA = P.mmul(A);
  const AP = PA.transpose();
  const WL = W.clone()
    .mulColumnVector([...multipliers])
    .transpose();
  const corner = Matrix.add(PA, AP).add(Matrix.mul(P, 2 * decay));
  if (step > 0) corner.add(AP.mmul(A).mul(step));
  if (product !== 0) corner.add(WL.mmul(W).mul(2 * product));
  const cross = Matrix.add(P, Matrix.mul(WL, sum)).add(Matrix.mul(AP, step));
  const block = Matrix.zeros(2 * n, 2 * n);
  block.setSubMatrix(symmetrised(corner), 0, 0);
  block.setSubMatrix(cross, 0, n).setSubMatrix(cross.transpose(), n, 0);
  const last = Matrix.diag(multipliers.map((x) => 2 * tail * x));
  return block.setSubMatrix(last.add(Matrix.mul(P, step)), n, n);
}

/** Whether P is a multiple of the identity. */
function isScalar(P: Matrix): boolean {
  const first = P.get(0, 0);
  return P.to1DArray().every((x, at) => x === (at % (P.rows + 1) === 0 ? first : 0));
}
