import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadAnew, withoutRelaxedSimd } from '../../../scripts/kernel-hosts.js';
import { relaxed } from '../build/kernels.js';

const SMALLEST = 2 ** -149;
const EPSILON = 2 ** -23;
const LENGTH = 2 ** 15;

/** The kernels' functions of one build; on a host without relaxed SIMD both are the plain one. */
async function functionsOf(build: 'relaxed' | 'plain') {
  if (build === 'plain') withoutRelaxedSimd(relaxed);
  const { capabilities, theMachine } = await import('../src/machine.js');
  if (build === 'plain') expect(capabilities().relaxedSimd).toBe(false);
  const { exports, heap } = theMachine()!;
  const at = heap.allocate(LENGTH * 4, { where: 'test', memory: 'memory', fix: '' });
  return (name: 'tanhInPlace' | 'sigmoidInPlace', values: Float32Array): Float32Array => {
    heap.floats(at, values.length).set(values);
    exports[name](at, Math.ceil(values.length / 4) * 4);
    return heap.floats(at, values.length).slice();
  };
}

/** Floats of one sign and biased exponent. */
function floats(sign: 0 | 1, exponent: number, mantissas: Uint32Array): Float32Array {
  return new Float32Array(mantissas.map((mantissa) => (sign << 31) | (exponent << 23) | mantissa).buffer);
}

/** Values of every sign and exponent, from the smallest denormal to the largest finite one. */
function* everyExponent(): Generator<Float32Array> {
  const mantissas = Uint32Array.from({ length: 4096 }, (_, i) => (i * 2048 + ((i * 7919) & 2047)) & 0x7fffff);
  for (let exponent = 0; exponent < 255; exponent++) {
    for (const sign of [0, 1] as const) yield floats(sign, exponent, mantissas);
  }
}

/** Every float from 2^power to 2^(power + 1), or their negatives. */
function* octave(sign: 0 | 1, power: number): Generator<Float32Array> {
  for (let from = 0; from < 2 ** 23; from += LENGTH) {
    yield floats(
      sign,
      power + 127,
      Uint32Array.from({ length: LENGTH }, (_, i) => from + i),
    );
  }
}

type Apply = Awaited<ReturnType<typeof functionsOf>>;

/** The largest relative error of tanh, in units of 2^-23. */
function worstTanh(apply: Apply, samples: Iterable<Float32Array>): number {
  let worst = 0;
  for (const x of samples) {
    const y = apply('tanhInPlace', x);
    for (let i = 0; i < x.length; i++) {
      const exact = Math.tanh(x[i]!);
      const error = Math.abs(y[i]! - exact) / Math.max(Math.abs(exact) * EPSILON, SMALLEST);
      if (!(error <= worst)) worst = error;
      if (Math.abs(y[i]!) > 1) worst = Number.POSITIVE_INFINITY;
    }
  }
  return worst;
}

/** The same of sigmoid down to x = -87; infinite if it is not below 2e-38 from there, and 0 from -88 on. */
function worstSigmoid(apply: Apply, samples: Iterable<Float32Array>): number {
  let worst = 0;
  for (const x of samples) {
    const y = apply('sigmoidInPlace', x);
    for (let i = 0; i < x.length; i++) {
      const exact = 1 / (1 + Math.exp(-x[i]!));
      const error =
        x[i]! >= -87
          ? Math.abs(y[i]! - exact) / (exact * EPSILON)
          : y[i]! >= 0 && y[i]! < (x[i]! > -88 ? 2e-38 : SMALLEST)
            ? 0
            : Number.POSITIVE_INFINITY;
      if (!(error <= worst)) worst = error;
    }
  }
  return worst;
}

describe.each(['relaxed', 'plain'] as const)('vectorised functions, %s SIMD', (build) => {
  let apply: Apply;
  beforeEach(async () => {
    loadAnew();
    apply = await functionsOf(build);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test('tanh within 1.6 · 2^-23 of float64, relatively, and never above 1, over all exponents', () => {
    expect(worstTanh(apply, everyExponent())).toBeLessThan(1.6);
  });

  test('tanh within 1.6 · 2^-23 on every float from 1/8 to 1/4, where it is worst', () => {
    expect(worstTanh(apply, octave(0, -3))).toBeLessThan(1.6);
  });

  test('sigmoid within 1.5 · 2^-23 of float64, relatively, down to x = -87, below 2e-38 from there and 0 from -88, over all exponents', () => {
    expect(worstSigmoid(apply, everyExponent())).toBeLessThan(1.5);
  });

  test('sigmoid within 1.5 · 2^-23 on every float from -4 to -8, where it is worst', () => {
    expect(worstSigmoid(apply, octave(1, 2))).toBeLessThan(1.5);
  });

  test('infinities, NaN and signed zeros', () => {
    const special = Float32Array.of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 0, -0);
    expect([...apply('tanhInPlace', special)]).toEqual([1, -1, Number.NaN, 0, -0]);
    const [top, bottom, nan, ...half] = apply('sigmoidInPlace', special);
    expect(top).toBe(1);
    expect(bottom).toBe(0);
    expect(nan).toBeNaN();
    expect(half).toEqual([0.5, 0.5]);
  });
});
