import { LuDecomposition, Matrix } from 'ml-matrix';
import { type ComplexMatrix, responseAt, type StateSpace } from './frequency-response.js';
import { checkNumber, type MatrixLike, toSquare } from './matrix.js';
import { eigenvaluesOf, symmetricEigenvaluesOf } from './spectrum.js';
import { type Inequality, inequality } from './verdict.js';

/** dh/dt = A h + σ(W h + c): a linear system in feedback with slopes of σ in an interval (Lur'e). */
export interface LureInput {
  readonly A: MatrixLike;
  readonly W: MatrixLike;
  /** Largest slope of σ; tanh and ReLU have 1, the logistic function 1/4. */
  readonly lipschitzConstant?: number;
  /** Whether slopes are non-negative; otherwise they may be anything in [-M, M]. */
  readonly monotone?: boolean;
}

/** What a certificate consists of. */
export interface CertificateMatrices {
  readonly P: Matrix;
  /** The diagonal of Λ. */
  readonly multipliers: readonly number[];
  readonly rate: number;
}

/**
 * One system, continuous or stepped by Euler, as the certificate search sees it. Rates are per unit of time: distances
 * fall as e^(-rate·t), for the map by e^(-rate·step) at each step.
 */
export interface LureForm {
  readonly units: number;
  /** No rate above this can be certified: σ may have one constant slope throughout. `slope` is the worst one tried. */
  readonly bound: { readonly rate: number; readonly slope: number; readonly tolerance: number };
  /** The transfer matrix diag(d) G diag(d)⁻¹ whose norm must be below 1, after centring the slopes. */
  stateSpace(rate: number, d: readonly number[]): StateSpace;
  /** Its value at s = i·frequency. */
  response(rate: number, d: readonly number[], frequency: number): ComplexMatrix;
  /** The multipliers Λ that belong to a scaling d. */
  multipliers(rate: number, d: readonly number[]): number[];
  /** The inequalities a certificate must meet, evaluated on the original matrices. */
  inequalities(certificate: CertificateMatrices): Inequality[];
}

interface Slopes {
  readonly low: number;
  readonly high: number;
}

/** Checks A, W and the slopes. */
function prepare(where: string, { A, W, lipschitzConstant = 1, monotone = true }: LureInput) {
  const a = toSquare(where, 'A', A);
  const w = toSquare(where, 'W', W, a.rows);
  checkNumber(where, 'lipschitzConstant', lipschitzConstant, { above: 0 });
  const slopes: Slopes = { low: monotone ? 0 : -lipschitzConstant, high: lipschitzConstant };
  return {
    A: a,
    W: w,
    n: a.rows,
    slopes,
    centre: (slopes.low + slopes.high) / 2,
    radius: (slopes.high - slopes.low) / 2,
  };
}

/**
 * The flow. With slopes in [0, 1]: [AᵀP+PA+2αP, P+WᵀΛ; P+ΛW, -2Λ] ≺ 0; with slopes in [a, b] the corner gains
 * -2ab WᵀΛW and the off-diagonal is P + (a+b)WᵀΛ.
 */
export function flowForm(where: string, input: LureInput): LureForm {
  const { A, W, n, slopes, centre, radius } = prepare(where, input);
  const centred = Matrix.add(A, Matrix.mul(W, centre));
  const stateSpace = (rate: number, d: readonly number[]): StateSpace => ({
    A: Matrix.add(centred, Matrix.eye(n, n, rate)),
    B: Matrix.diag(d.map((x) => 1 / x)),
    C: scaledRows(W, d).mul(radius),
    D: Matrix.zeros(n, n),
  });
  return {
    units: n,
    bound: rateBound({ A, W, n, slopes }, (M) => -eigenvaluesOf(where, M)[0]!.re),
    stateSpace,
    response: (rate, d, frequency) => responseAt(stateSpace(rate, d), { re: 0, im: frequency }),
    multipliers: (_, d) => d.map((x) => (x * x) / 2),
    inequalities: ({ P, multipliers, rate }) => {
      const PA = P.mmul(A);
      const corner = Matrix.add(PA, PA.transpose()).add(Matrix.mul(P, 2 * rate));
      const size = 2 * (A.norm() + Math.abs(rate) + 1) * P.norm();
      return sectorInequalities(
        { corner, cross: P, tail: Matrix.zeros(n, n), size },
        { P, multipliers, W, slopes },
      );
    },
  };
}

/**
 * The Euler map h ← F h + ε σ(W h + c), F = I + εA, with factor ρ = e^(-rate ε). With slopes in [0, 1]:
 * [FᵀPF - ρ²P, εFᵀP + WᵀΛ; εPF + ΛW, ε²P - 2Λ] ≺ 0.
 */
export function eulerForm(where: string, { step, ...input }: LureInput & { step: number }): LureForm {
  const { A, W, n, slopes, centre, radius } = prepare(where, input);
  checkNumber(where, 'step', step, { above: 0 });
  const F = Matrix.eye(n).add(Matrix.mul(A, step));
  const centred = Matrix.add(F, Matrix.mul(W, step * centre));
  const stepped = (rate: number, d: readonly number[]): StateSpace => {
    const factor = Math.exp(-rate * step);
    return {
      A: Matrix.div(centred, factor),
      B: Matrix.diag(d.map((x) => step / (factor * x))),
      C: scaledRows(W, d).mul(radius),
      D: Matrix.zeros(n, n),
    };
  };
  const radiusOf = (M: Matrix) =>
    Math.max(...eigenvaluesOf(where, M).map(({ re, im }) => Math.hypot(re, im)));
  const mapRate = (M: Matrix) => -Math.log(radiusOf(Matrix.eye(n).add(Matrix.mul(M, step)))) / step;
  return {
    units: n,
    bound: rateBound({ A, W, n, slopes }, mapRate),
    stateSpace: (rate, d) => bilinear(stepped(rate, d)),
    response: (rate, d, frequency) => {
      const square = 1 + frequency * frequency; // z = (1 + iω)/(1 - iω)
      return responseAt(stepped(rate, d), {
        re: (1 - frequency * frequency) / square,
        im: (2 * frequency) / square,
      });
    },
    multipliers: (rate, d) => d.map((x) => (x * x * Math.exp(-2 * rate * step)) / 2),
    inequalities: ({ P, multipliers, rate }) => {
      const PF = P.mmul(F);
      const corner = F.transpose()
        .mmul(PF)
        .sub(Matrix.mul(P, Math.exp(-2 * rate * step)));
      const cross = PF.transpose().mul(step);
      const tail = Matrix.mul(P, step * step);
      const size = (1 + F.norm() + step) ** 2 * P.norm();
      return sectorInequalities({ corner, cross, tail, size }, { P, multipliers, W, slopes });
    },
  };
}

/** diag(d) M. */
const scaledRows = (M: Matrix, d: readonly number[]): Matrix => M.clone().mulColumnVector([...d]);

/** The best rate of the linear systems with one constant slope: each is an admissible σ, so none can be beaten. */
function rateBound(
  { A, W, n, slopes }: { A: Matrix; W: Matrix; n: number; slopes: Slopes },
  rateOf: (M: Matrix) => number,
): LureForm['bound'] {
  const tried = [slopes.low, (slopes.low + slopes.high) / 2, slopes.high].map((slope) => ({
    slope,
    rate: rateOf(Matrix.add(A, Matrix.mul(W, slope))),
  }));
  const worst = tried.reduce((least, each) => (each.rate < least.rate ? each : least));
  return { ...worst, tolerance: 100 * n * Number.EPSILON * (A.norm() + slopes.high * W.norm()) };
}

interface Blocks {
  readonly corner: Matrix;
  readonly cross: Matrix;
  readonly tail: Matrix;
  /** Bound on the norms of the terms in the blocks, for the rounding error. */
  readonly size: number;
}

/** P ≻ 0, Λ ≻ 0 and [corner - 2ab WᵀΛW, cross + (a+b)WᵀΛ; ·, tail - 2Λ] ≺ 0, by their eigenvalues. */
function sectorInequalities(
  { corner, cross, tail, size }: Blocks,
  { P, multipliers, W, slopes }: { P: Matrix; multipliers: readonly number[]; W: Matrix; slopes: Slopes },
): Inequality[] {
  const n = P.rows;
  const L = Matrix.diag([...multipliers]);
  const WL = scaledRows(W, multipliers).transpose();
  const off = Matrix.add(cross, Matrix.mul(WL, slopes.low + slopes.high));
  const block = Matrix.zeros(2 * n, 2 * n);
  block.setSubMatrix(Matrix.sub(corner, WL.mmul(W).mul(2 * slopes.low * slopes.high)), 0, 0);
  block.setSubMatrix(off, 0, n).setSubMatrix(off.transpose(), n, 0);
  block.setSubMatrix(Matrix.sub(tail, Matrix.mul(L, 2)), n, n);
  const terms = size + 2 * (1 + slopes.high * W.norm()) ** 2 * L.norm();
  const rounding = 10 * n * Number.EPSILON;
  return [
    inequality('λ_min(P) > 0', {
      left: symmetricEigenvaluesOf(P).at(-1)!,
      sign: '>',
      right: 0,
      tolerance: rounding * P.norm(),
    }),
    inequality('min Λ > 0', { left: Math.min(...multipliers), sign: '>', right: 0, tolerance: 0 }),
    inequality('λ_max(block matrix) < 0', {
      left: symmetricEigenvaluesOf(block)[0]!,
      sign: '<',
      right: 0,
      tolerance: 2 * rounding * terms,
    }),
  ];
}

/**
 * The continuous system with the gains of the discrete one, z = (1 + s)/(1 - s); both have the same P in the bounded
 * real lemma. A is Schur stable, so A + I is regular.
 */
function bilinear({ A, B, C }: StateSpace): StateSpace {
  const I = Matrix.eye(A.rows);
  const lu = new LuDecomposition(Matrix.add(A, I));
  const inverse = lu.solve(I);
  const right = inverse.mmul(B);
  return {
    A: lu.solve(Matrix.sub(A, I)),
    B: Matrix.mul(right, Math.SQRT2),
    C: C.mmul(inverse).mul(Math.SQRT2),
    D: C.mmul(right).mul(-1),
  };
}
