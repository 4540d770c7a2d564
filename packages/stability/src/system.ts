import { Matrix } from 'ml-matrix';
import { type Activation, type ActivationLike, toActivation } from './activation.js';
import { type MatrixLike, toSquare, toVector, type VectorLike } from './matrix.js';

/** The flow dh/dt = A h + σ(W h + drive), with drive = U x + b for a constant input x. */
export interface FlowInput {
  /** Absent means zero: dh/dt = σ(W h + drive). */
  readonly A?: MatrixLike;
  readonly W: MatrixLike;
  /** Zero when absent. */
  readonly drive?: VectorLike;
  readonly activation?: ActivationLike;
}

/**
 * All that describes a system, for the checks of option names: one description may be handed to every function, and each
 * takes what concerns it; so may the result of `projectToConditionA`, a system with a bound and a distance.
 */
export const systemOptions = {
  A: true,
  W: true,
  drive: true,
  activation: true,
  lipschitzConstant: true,
  monotone: true,
  bound: true,
  distance: true,
} as const;

/** A flow that is checked and ready to evaluate. */
export interface Flow {
  readonly units: number;
  readonly A: Matrix;
  readonly W: Matrix;
  readonly activation: Activation;
  readonly drive: Float64Array;
  /** dh/dt at h. */
  field(h: Float64Array): Float64Array;
  /** |A| |h| + |σ| + |σ'| (|W| |h| + |drive|): what dh/dt is summed from, for its rounding error. */
  fieldTerms(h: Float64Array): Float64Array;
  /** ∂(dh/dt)/∂h = A + diag(σ'(W h + drive)) W at h. */
  jacobian(h: Float64Array): Matrix;
  /** |A| + |diag(σ'(W h + drive)) W|: what the entries of the Jacobian are summed from, for their rounding error. */
  jacobianTerms(h: Float64Array): Matrix;
}

/** Checks the matrices and prepares the vector field and its Jacobian. */
export function toFlow(where: string, { A, W, drive, activation = 'tanh' }: FlowInput): Flow {
  const w = toSquare(where, 'W', W);
  const n = w.rows;
  const a = A === undefined ? Matrix.zeros(n, n) : toSquare(where, 'A', A, n);
  const c = drive === undefined ? new Float64Array(n) : toVector(where, 'drive', drive, n);
  const sigma = toActivation(where, activation);
  const aRows = a.to2DArray();
  const wRows = w.to2DArray();
  const preactivation = (i: number, h: Float64Array): number => c[i]! + dot(wRows[i]!, h);
  const jacobian = (h: Float64Array, sum: (a: number, w: number) => number): Matrix => {
    const slopes = wRows.map((_, i) => sigma.derivative(preactivation(i, h)));
    return new Matrix(aRows.map((row, i) => row.map((x, j) => sum(x, slopes[i]! * wRows[i]![j]!))));
  };
  return {
    units: n,
    A: a,
    W: w,
    activation: sigma,
    drive: c,
    field: (h) => Float64Array.from(h, (_, i) => dot(aRows[i]!, h) + sigma.value(preactivation(i, h))),
    fieldTerms: (h) =>
      Float64Array.from(h, (_, i) => {
        const z = preactivation(i, h);
        const ofZ = Math.abs(sigma.derivative(z)) * (sizeOfTerms(wRows[i]!, h) + Math.abs(c[i]!));
        return sizeOfTerms(aRows[i]!, h) + Math.abs(sigma.value(z)) + ofZ;
      }),
    jacobian: (h) => jacobian(h, (a, w) => a + w),
    jacobianTerms: (h) => jacobian(h, (a, w) => Math.abs(a) + Math.abs(w)),
  };
}

function dot(row: ArrayLike<number>, h: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < h.length; j++) sum += row[j]! * h[j]!;
  return sum;
}

function sizeOfTerms(row: ArrayLike<number>, h: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < h.length; j++) sum += Math.abs(row[j]! * h[j]!);
  return sum;
}
