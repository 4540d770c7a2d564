import { describe, expect, test } from 'vitest';
import { theMachine } from '../src/fused/machine.js';

const { exports, heap } = theMachine();
const LENGTH = 4096;

/** Applies a function of the kernels to float32 values. */
function apply(name: 'tanhInPlace' | 'sigmoidInPlace', values: ArrayLike<number>): Float32Array {
  const padded = new Float32Array(Math.ceil(values.length / 4) * 4);
  padded.set(values);
  const at = heap.allocate(padded.byteLength);
  heap.floats(at, padded.length).set(padded);
  exports[name](at, padded.length);
  const result = heap.floats(at, values.length).slice();
  heap.release(at);
  return result;
}

/** Values of every sign and exponent, from the smallest denormal to the largest finite one. */
function* everyExponent(): Generator<Float32Array> {
  for (let exponent = 0; exponent < 255; exponent++) {
    for (const sign of [0, 1]) {
      const bits = new Uint32Array(LENGTH);
      for (let i = 0; i < LENGTH; i++) {
        const mantissa = (i * 2048 + ((i * 7919) & 2047)) & 0x7fffff;
        bits[i] = ((sign << 31) | (exponent << 23) | mantissa) >>> 0;
      }
      yield new Float32Array(bits.buffer);
    }
  }
}

const EPSILON = 2 ** -23;
const SMALLEST = 2 ** -149;

describe('vectorised functions, over all exponents', () => {
  test('tanh within 1.5 · 2^-23 of float64, relatively, and never above 1', () => {
    let worst = 0;
    for (const x of everyExponent()) {
      const y = apply('tanhInPlace', x);
      for (let i = 0; i < LENGTH; i++) {
        const exact = Math.tanh(x[i]!);
        const allowed = Math.max(Math.abs(exact) * EPSILON, SMALLEST);
        worst = Math.max(worst, Math.abs(y[i]! - exact) / allowed);
        if (Math.abs(y[i]!) > 1) worst = Number.POSITIVE_INFINITY;
      }
    }
    expect(worst).toBeLessThan(1.5);
  });

  test('sigmoid within 1.5 · 2^-23 of float64, relatively, down to x = -87, and below 2e-38 from there', () => {
    let worst = 0;
    for (const x of everyExponent()) {
      const y = apply('sigmoidInPlace', x);
      for (let i = 0; i < LENGTH; i++) {
        if (x[i]! < -87) {
          if (!(y[i]! >= 0 && y[i]! < 2e-38)) worst = Number.POSITIVE_INFINITY;
          continue;
        }
        const exact = 1 / (1 + Math.exp(-x[i]!));
        worst = Math.max(worst, Math.abs(y[i]! - exact) / (exact * EPSILON));
      }
    }
    expect(worst).toBeLessThan(1.5);
  });

  test('infinities, NaN and signed zeros', () => {
    const special = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 0, -0];
    expect([...apply('tanhInPlace', special)]).toEqual([1, -1, Number.NaN, 0, -0]);
    const [top, bottom, nan, ...half] = apply('sigmoidInPlace', special);
    expect(top).toBe(1);
    expect(bottom).toBeLessThan(2e-38);
    expect(nan).toBeNaN();
    expect(half).toEqual([0.5, 0.5]);
  });
});
