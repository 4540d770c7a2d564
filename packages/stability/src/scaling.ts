import { minimise } from './bfgs.js';
import { type ComplexMatrix, peakGain, responseAt, type StateSpace } from './bounded-real.js';

/**
 * Positive d that make ‖diag(d) G diag(d)⁻¹‖∞ small, starting from those given.
 *
 * With x = log d this is a convex problem (Sezginer and Overton 1990): σ_max at one frequency has the gradient
 * σ (|uᵢ|² - |vᵢ|²), u and v its singular vectors. It is solved on a few frequencies, to which the peak of the scaled
 * system is added until the peak is among them (an exchange method).
 *
 * @param build the system for a scaling; `build(ones)` is G itself.
 * @param exchanges how many times a peak may be added.
 */
export function optimiseScaling(
  build: (d: readonly number[]) => StateSpace,
  { start, exchanges = 4 }: { start: readonly number[]; exchanges?: number },
): number[] {
  const plain = build(start.map(() => 1));
  const responses: ComplexMatrix[] = [];
  let x = start.map(Math.log);
  let best = { gain: Infinity, x };
  for (let exchange = 0; exchange <= exchanges; exchange++) {
    const peak = peakGain(build(x.map(Math.exp)));
    if (peak.gain < best.gain) best = { gain: peak.gain, x };
    if (exchange === exchanges || !Number.isFinite(peak.frequency)) break;
    if (responses.length > 0 && peak.gain <= 1.003 * worstGain(responses, x)) break;
    responses.push(responseAt(plain, peak.frequency));
    if (responses.length === 1) x = balanced(responses[0]!, x);
    x = minimise(largestGain(responses), { start: x, iterations: 60 });
    const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
    x = x.map((value) => value - mean); // a common factor cancels; keep it at 1
  }
  return best.x.map(Math.exp);
}

const worstGain = (responses: readonly ComplexMatrix[], x: readonly number[]): number =>
  largestGain(responses)(x).value;

/** Osborne's iteration: evens out row and column norms, which minimises the Frobenius norm of diag(d) G diag(d)⁻¹. */
function balanced({ re, im }: ComplexMatrix, start: readonly number[]): number[] {
  const n = start.length;
  const square = re.to2DArray().map((row, i) => row.map((value, j) => value ** 2 + im.get(i, j) ** 2));
  const x = [...start];
  for (let sweep = 0; sweep < 10; sweep++) {
    for (let i = 0; i < n; i++) {
      let row = 0;
      let column = 0;
      for (let j = 0; j < n; j++) {
        if (j === i) continue;
        row += square[i]![j]! * Math.exp(-2 * x[j]!);
        column += square[j]![i]! * Math.exp(2 * x[j]!);
      }
      if (row > 0 && column > 0) x[i] = Math.log(column / row) / 4;
    }
  }
  return x;
}

/** The largest σ_max over the responses as a function of x = log d, with its gradient. */
function largestGain(responses: readonly ComplexMatrix[]) {
  const grids = responses.map(({ re, im }) => ({
    n: re.rows,
    re: Float64Array.from(re.to1DArray()),
    im: Float64Array.from(im.to1DArray()),
    v: new Float64Array(2 * re.rows).map((_, i) => 1 + Math.sin(i + 1)),
  }));
  return (x: readonly number[]): { value: number; gradient: number[] } => {
    let best = { value: -1, gradient: x.map(() => 0) };
    for (const grid of grids) {
      const top = topSingular(grid, x);
      if (top.value > best.value) best = top;
    }
    return best;
  };
}

interface Grid {
  readonly n: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** Right singular vector of the last call, [Re; Im]: a good start for the next. */
  readonly v: Float64Array;
}

/** σ_max of diag(eˣ) G diag(e⁻ˣ) by power iteration on GᴴG, and its gradient in x. */
function topSingular({ n, re, im, v }: Grid, x: readonly number[]): { value: number; gradient: number[] } {
  const d = x.map(Math.exp);
  const u = new Float64Array(2 * n);
  const w = new Float64Array(2 * n);
  let value = 0;
  for (let iteration = 0; iteration < 200; iteration++) {
    normalise(v);
    w.fill(0);
    for (let i = 0; i < n; i++) {
      let ur = 0;
      let ui = 0;
      for (let j = 0, at = i * n; j < n; j++, at++) {
        const vr = v[j]! / d[j]!;
        const vi = v[n + j]! / d[j]!;
        ur += re[at]! * vr - im[at]! * vi;
        ui += re[at]! * vi + im[at]! * vr;
      }
      u[i] = ur * d[i]!;
      u[n + i] = ui * d[i]!;
      const yr = ur * d[i]! ** 2;
      const yi = ui * d[i]! ** 2;
      for (let j = 0, at = i * n; j < n; j++, at++) {
        w[j] = w[j]! + (re[at]! * yr + im[at]! * yi) / d[j]!;
        w[n + j] = w[n + j]! + (re[at]! * yi - im[at]! * yr) / d[j]!;
      }
    }
    const next = normalise(u);
    const settled = Math.abs(next - value) <= 1e-9 * next;
    value = next;
    if (settled || value === 0) break;
    v.set(w);
  }
  const gradient = x.map((_, i) => value * (u[i]! ** 2 + u[n + i]! ** 2 - v[i]! ** 2 - v[n + i]! ** 2));
  return { value, gradient };
}

/** Scales to length 1 in place and returns the length it had. */
function normalise(v: Float64Array): number {
  const length = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
  if (length > 0) for (let i = 0; i < v.length; i++) v[i] = v[i]! / length;
  return length;
}
