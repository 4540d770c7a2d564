import { LuDecomposition, Matrix } from 'ml-matrix';
import { type ComplexMatrix, responseAt, type StateSpace } from './frequency-response.js';
import { centred, type LureSystem } from './lure.js';
import { frobenius } from './matrix.js';
import { eigenvaluesOf } from './spectrum.js';

/**
 * One system, continuous or stepped by Euler, as the search for multipliers sees it. Rates are per unit of time:
 * distances fall as e^(-rate·t), for the map by e^(-rate·step) at each step.
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
}

/** The form of the flow, or of the Euler map when the system has a step. */
export function lureForm(where: string, system: LureSystem): LureForm {
  const bound = rateBound(where, system);
  return system.step === 0 ? flowForm(system, bound) : eulerForm(system, bound);
}

function flowForm(system: LureSystem, bound: LureForm['bound']): LureForm {
  const { W, units: n, radius } = system;
  const A = centred(system);
  const stateSpace = (rate: number, d: readonly number[]): StateSpace => ({
    A: Matrix.add(A, Matrix.eye(n, n, rate)),
    B: Matrix.diag(d.map((x) => 1 / x)),
    C: scaledRows(W, d).mul(radius),
    D: Matrix.zeros(n, n),
  });
  return {
    units: n,
    bound,
    stateSpace,
    response: (rate, d, frequency) => responseAt(stateSpace(rate, d), { re: 0, im: frequency }),
    multipliers: (_, d) => d.map((x) => (x * x) / 2),
  };
}

/** The map h ← F h + ε σ(W h + c), F = I + εA, brought to continuous time by z = (1 + s)/(1 - s). */
function eulerForm(system: LureSystem, bound: LureForm['bound']): LureForm {
  const { W, units: n, radius, step } = system;
  const F = centred(system).mul(step).add(Matrix.eye(n));
  const stepped = (rate: number, d: readonly number[]): StateSpace => {
    const factor = Math.exp(-rate * step);
    return {
      A: Matrix.div(F, factor),
      B: Matrix.diag(d.map((x) => step / (factor * x))),
      C: scaledRows(W, d).mul(radius),
      D: Matrix.zeros(n, n),
    };
  };
  return {
    units: n,
    bound,
    stateSpace: (rate, d) => bilinear(stepped(rate, d)),
    response: (rate, d, frequency) => {
      const square = 1 + frequency * frequency; // z = (1 + iω)/(1 - iω)
      return responseAt(stepped(rate, d), {
        re: (1 - frequency * frequency) / square,
        im: (2 * frequency) / square,
      });
    },
    multipliers: (rate, d) => d.map((x) => (x * x * Math.exp(-2 * rate * step)) / (2 * step)),
  };
}

/** diag(d) M. */
const scaledRows = (M: Matrix, d: readonly number[]): Matrix => M.clone().mulColumnVector([...d]);

/** The best rate of the linear systems with one constant slope: each is an admissible σ, so none can be beaten. */
function rateBound(where: string, { A, W, units: n, slopes, step }: LureSystem): LureForm['bound'] {
  // log |1 + ελ| from |1 + ελ|² - 1, which short steps make small.
  const growth = ({ re, im }: { re: number; im: number }) =>
    step === 0 ? re : Math.log1p(Math.max(-1, step * (2 * re + step * (re * re + im * im)))) / (2 * step);
  const tried = [slopes.low, (slopes.low + slopes.high) / 2, slopes.high].map((slope) => ({
    slope,
    rate: -Math.max(...eigenvaluesOf(where, Matrix.add(A, Matrix.mul(W, slope))).map(growth)),
  }));
  const worst = tried.reduce((least, each) => (each.rate < least.rate ? each : least));
  const size = frobenius(A) + slopes.high * frobenius(W);
  return { ...worst, tolerance: 100 * n * Number.EPSILON * size * (1 + step * size) };
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
