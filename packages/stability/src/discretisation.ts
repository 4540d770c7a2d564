import { apartFrom } from './apart.js';
import { StabilityError } from './errors.js';
import { resultInRange } from './float64-range.js';
import { type Complex, checkNumber, frobenius, type MatrixLike, toSquare } from './matrix.js';
import { checkOptions, iterable } from './options.js';
import { type Growth, type Scheme, toGrowth } from './scheme.js';
import { eigenvaluesOf } from './spectrum.js';
import { judge, type Verdict } from './verdict.js';

/** Whether |R(Δt λ)| ≤ 1 along a trajectory, and how far it is from changing. */
export interface DiscretisationReport {
  /** |R(Δt λ)| < 1 for every eigenvalue, beyond rounding. */
  readonly holds: boolean;
  readonly verdict: Verdict;
  /** Largest |R(Δt λ)|. */
  readonly largestModulus: number;
  /** 1 - largestModulus. */
  readonly margin: number;
  /** The eigenvalue it belongs to. */
  readonly worstEigenvalue: Complex;
  readonly step: number;
  /** Every step up to this one is stable for all eigenvalues; 0 when none is, Infinity when all are. */
  readonly largestStableStep: number;
  /** largestStableStep / step: above 1 there is room, below 1 the step is too long. */
  readonly stepRatio: number;
  /** Largest Re λ: negative when the flow is linearly stable along the trajectory. */
  readonly spectralAbscissa: number;
  /** Largest |Re λ| over the largest |λ|: near 0 at the critical criterion Re λ ≈ 0 of the AntisymmetricRNN. */
  readonly criticality: number;
  readonly summary: string;
}

/**
 * Linear stability of a discretised flow: |R(Δt λ)| ≤ 1 over the eigenvalues λ of the flow's Jacobians, at one
 * equilibrium or along a trajectory (Chang et al., ICLR 2019, equation 11, there with Euler's R(z) = 1 + z).
 *
 * A spectral criterion: for a constant Jacobian it decides; along a trajectory, products of matrices that each meet it can
 * still grow. `certifyEulerContraction` gives a proof instead.
 *
 * @param input.jacobians of dh/dt with respect to h, each n x n.
 * @param input.scheme an explicit tableau {a, b}, or a stability function.
 * @param input.step Δt, in units of time.
 * @throws StabilityError when there is no Jacobian, one is bad, or the scheme or step is.
 */
export function checkDiscretisation(input: {
  jacobians: Iterable<MatrixLike>;
  scheme: Scheme;
  step: number;
}): DiscretisationReport {
  const where = 'checkDiscretisation';
  checkOptions(where, input, { jacobians: true, scheme: true, step: true });
  const { jacobians, scheme, step } = input;
  checkNumber(where, 'step', step, { above: 0 });
  const growth = toGrowth(where, scheme);
  const eigenvalues: Complex[] = [];
  let scale = 0;
  let units = 0;
  for (const jacobian of iterable(where, 'jacobians', jacobians)) {
    const J = toSquare(where, 'jacobian', jacobian);
    scale = Math.max(scale, frobenius(J));
    units = J.rows;
    eigenvalues.push(...eigenvaluesOf(where, J));
  }
  if (eigenvalues.length === 0) {
    throw new StabilityError(
      where,
      'at least one Jacobian',
      'none',
      'Pass the Jacobians along a trajectory.',
    );
  }
  const modulus = (z: Complex) =>
    Math.sqrt(Math.max(0, 1 + growth({ re: step * z.re, im: step * z.im }).value));
  const worstEigenvalue = eigenvalues.reduce((worst, each) =>
    modulus(each) > modulus(worst) ? each : worst,
  );
  const largestModulus = resultInRange(where, '|R(Δt λ)|', modulus(worstEigenvalue));
  const verdict = judge(1 - largestModulus, 10 * units * Number.EPSILON * (1 + step * scale));
  const largest = largestStep(where, growth, eigenvalues);
  const size = Math.max(...eigenvalues.map(({ re, im }) => Math.hypot(re, im)));
  return {
    holds: verdict === 'holds',
    verdict,
    largestModulus,
    margin: 1 - largestModulus,
    worstEigenvalue,
    step,
    largestStableStep: largest,
    stepRatio: largest / step,
    spectralAbscissa: Math.max(...eigenvalues.map(({ re }) => re)),
    criticality: size === 0 ? 0 : Math.max(...eigenvalues.map(({ re }) => Math.abs(re))) / size,
    summary: summarise({ verdict, largestModulus, step, largest }),
  };
}

/**
 * The largest Δt such that |R(τλ)| ≤ 1 for every eigenvalue and every 0 < τ ≤ Δt.
 *
 * @returns 0 when some eigenvalue is unstable for every small step (Re λ > 0; Euler on a pure rotation), `Infinity` when
 * no eigenvalue limits the step up to |τλ| = 64. The boundary is found to 12 digits; an unstable window narrower than
 * |τλ| = 1/64 inside a stable range may be missed.
 * @throws StabilityError when there is no eigenvalue, one is not finite, the scheme is bad, or the step is
 * beyond the range of float64.
 */
export function largestStableStep(input: { eigenvalues: readonly Complex[]; scheme: Scheme }): number {
  const where = 'largestStableStep';
  checkOptions(where, input, { eigenvalues: true, scheme: true });
  const { scheme } = input;
  const eigenvalues = [...iterable(where, 'eigenvalues', input.eigenvalues)];
  const bad = eigenvalues.findIndex((each) => !Number.isFinite(each?.re) || !Number.isFinite(each?.im));
  if (eigenvalues.length === 0 || bad >= 0) {
    const got =
      eigenvalues.length === 0 ? 'none' : `${eigenvalues[bad]?.re} + ${eigenvalues[bad]?.im}i at ${bad}`;
    throw new StabilityError(where, 'finite eigenvalues', got, 'Pass eigenvalues() of the Jacobian.');
  }
  return largestStep(where, toGrowth(where, scheme), eigenvalues);
}

function largestStep(where: string, growth: (z: Complex) => Growth, eigenvalues: readonly Complex[]): number {
  let largest = Infinity;
  let limited = false;
  for (const { re, im } of eigenvalues) {
    const unit = Math.max(Math.abs(re), Math.abs(im)); // so that no modulus overflows
    if (unit === 0) continue;
    const size = Math.hypot(re / unit, im / unit);
    const direction = { re: re / unit / size, im: im / unit / size };
    const along = (reach: number) => growth({ re: reach * direction.re, im: reach * direction.im });
    const crossing = firstCrossing(along, Math.min(64, largest * size * unit));
    if (crossing === undefined) continue;
    limited = true;
    largest = Math.min(largest, crossing / size / unit);
  }
  return limited ? resultInRange(where, 'the largest stable step', largest) : largest;
}

/** The first reach = |τλ| where the scheme turns unstable, by marching and bisection; 0 when it never damps before. */
function firstCrossing(along: (reach: number) => Growth, end: number): number | undefined {
  const unstable = (reach: number) => {
    const { value, rounding } = along(reach);
    return value > rounding;
  };
  const damped = (reach: number) => {
    const { value, rounding } = along(reach);
    return value < -rounding;
  };
  const stride = 1 / 64;
  for (let low = 0; low < end; low += stride) {
    let high = Math.min(low + stride, end);
    if (!unstable(high)) continue;
    let stable = low;
    for (let halving = 0; halving < 200 && high - stable > 1e-13 * high; halving++) {
      const middle = (stable + high) / 2;
      if (unstable(middle)) high = middle;
      else stable = middle;
    }
    return low > 0 || damped(stable / 2) ? stable : 0;
  }
  return undefined;
}

function summarise(figures: {
  verdict: Verdict;
  largestModulus: number;
  step: number;
  largest: number;
}): string {
  const { verdict, largestModulus, step, largest } = figures;
  const limit =
    largest === 0
      ? 'no step is stable'
      : largest === Infinity
        ? 'no step is too long'
        : `steps up to ${apartFrom(step, largest)} are stable`;
  const claim = {
    holds: 'The discretisation damps every mode',
    fails: 'The discretisation amplifies a mode',
    undecided: 'The discretisation is critical to working precision',
  }[verdict];
  const modulus = verdict === 'undecided' ? largestModulus.toPrecision(6) : apartFrom(1, largestModulus, 6);
  return `${claim}: max |R(Δt λ)| = ${modulus} at Δt = ${step}; ${limit}.`;
}
