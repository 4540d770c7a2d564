/** How far the kernels' functions are from float64's, over all floats or some. */

const SMALLEST = 2 ** -149;
const EPSILON = 2 ** -23;
const LENGTH = 2 ** 15;

export type Apply = (values: Float32Array) => Float32Array;

/** Floats of one sign and biased exponent. */
const floats = (sign: 0 | 1, exponent: number, mantissas: Uint32Array): Float32Array =>
  new Float32Array(mantissas.map((mantissa) => (sign << 31) | (exponent << 23) | mantissa).buffer);

/** 4,096 values of every sign and exponent, from the smallest denormal to the largest finite one. */
export function* everyExponent(): Generator<Float32Array> {
  const mantissas = Uint32Array.from({ length: 4096 }, (_, i) => (i * 2048 + ((i * 7919) & 2047)) & 0x7fffff);
  for (let exponent = 0; exponent < 255; exponent++) {
    for (const sign of [0, 1] as const) yield floats(sign, exponent, mantissas);
  }
}

/** Every float from 2^power to 2^(power + 1), or their negatives; the power -127 stands for the denormal ones. */
export function* octave(sign: 0 | 1, power: number): Generator<Float32Array> {
  for (let from = 0; from < 2 ** 23; from += LENGTH) {
    const mantissas = Uint32Array.from({ length: LENGTH }, (_, i) => from + i);
    yield floats(sign, power + 127, mantissas);
  }
}

/** Every finite float. */
export function* everyFloat(): Generator<Float32Array> {
  for (let power = -127; power <= 127; power++) {
    for (const sign of [0, 1] as const) yield* octave(sign, power);
  }
}

/** tanh in float64, without the call where a term of its series, or 1, is as exact: every float is many. */
const exactTanh = (x: number): number => (Math.abs(x) < 2 ** -12 ? x - (x * x * x) / 3 : Math.tanh(x));

/** The logistic function in float64, likewise. */
const exactSigmoid = (x: number): number => (Math.abs(x) < 2 ** -40 ? 0.5 + x / 4 : 1 / (1 + Math.exp(-x)));

/** The largest relative error of tanh, in units of 2^-23. */
export function worstTanh(apply: Apply, samples: Iterable<Float32Array>): number {
  let worst = 0;
  for (const x of samples) {
    const y = apply(x);
    for (let i = 0; i < x.length; i++) {
      const exact = exactTanh(x[i]!);
      const error = Math.abs(y[i]! - exact) / Math.max(Math.abs(exact) * EPSILON, SMALLEST);
      if (!(error <= worst)) worst = error;
      if (Math.abs(y[i]!) > 1) worst = Number.POSITIVE_INFINITY;
    }
  }
  return worst;
}

/** The same of sigmoid down to x = -87; infinite if it is not below 2e-38 from there, and 0 from -88 on. */
export function worstSigmoid(apply: Apply, samples: Iterable<Float32Array>): number {
  let worst = 0;
  for (const x of samples) {
    const y = apply(x);
    for (let i = 0; i < x.length; i++) {
      const exact = exactSigmoid(x[i]!);
      const small = y[i]! >= 0 && y[i]! < (x[i]! > -88 ? 2e-38 : SMALLEST);
      const error =
        x[i]! >= -87 ? Math.abs(y[i]! - exact) / (exact * EPSILON) : small ? 0 : Number.POSITIVE_INFINITY;
      if (!(error <= worst)) worst = error;
    }
  }
  return worst;
}
