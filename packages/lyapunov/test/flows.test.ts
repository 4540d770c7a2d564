import { describe, expect, it } from 'vitest';
import { type FlowSystem, lyapunovSpectrum, type TableauLike } from '../src/index.js';
import { expectClose } from './expectations.js';

const euler: TableauLike = { a: [[]], b: [1], c: [0] };
const heun: TableauLike = { a: [[], [1]], b: [1 / 2, 1 / 2], c: [0, 1] };
const rates = [0.5, -0.25, -2];
const decoupled: FlowSystem = {
  dimension: 3,
  field: (_, h) => rates.map((rate, i) => rate * h[i]!),
  jacobian: () => rates.map((rate, i) => rates.map((_, j) => (i === j ? rate : 0))),
};

describe('schemes on h_i = rate_i h_i', () => {
  it.each<[string, TableauLike | undefined, (z: number) => number]>([
    ['Euler', euler, (z) => 1 + z],
    ['Heun', heun, (z) => 1 + z + z ** 2 / 2],
    ['RK4, the default,', undefined, (z) => 1 + z + z ** 2 / 2 + z ** 3 / 6 + z ** 4 / 24],
  ])('%s has the exponents log |R(dt rate)| / dt of the scheme, to 1e-13', (_, scheme, R) => {
    const dt = 0.1;
    const { exponents } = lyapunovSpectrum(decoupled, { dt, steps: 20, scheme });
    expectClose(
      exponents,
      rates.map((rate) => Math.log(Math.abs(R(dt * rate))) / dt),
      1e-13,
    );
  });

  it('RK4 approaches the exponents of the flow with order 4 (slope between 3.9 and 4.1)', () => {
    const errors = [0.05, 0.025].map(
      (dt) => lyapunovSpectrum(decoupled, { dt, steps: 5 }).exponents[2]! - rates[2]!,
    );
    const slope = Math.log2(errors[0]! / errors[1]!);
    expect(slope).toBeGreaterThan(3.9);
    expect(slope).toBeLessThan(4.1);
  });
});

it('time reaches the field: h = cos(t) h over one period has exponent 0, to 1e-9', () => {
  const clock: FlowSystem = {
    initialState: [0],
    field: (t, h) => [Math.cos(t) * h[0]!],
    jacobian: (t) => [[Math.cos(t)]],
  };
  const steps = 400;
  const quarter = lyapunovSpectrum(clock, { dt: (2 * Math.PI) / steps, steps: steps / 4 }).exponents;
  expectClose(quarter, [2 / Math.PI], 1e-9);
  expectClose(lyapunovSpectrum(clock, { dt: (2 * Math.PI) / steps, steps }).exponents, [0], 1e-9);
});

it('inputs are held over each step: h = x h has the mean input as exponent, to 1e-9', () => {
  const driven: FlowSystem = {
    dimension: 1,
    field: (_, h, x) => [x[0]! * h[0]!],
    jacobian: (_, __, x) => [[x[0]!]],
  };
  const inputs = [0.3, -0.5, 0.8, 0.2].map((x) => [x]);
  expectClose(lyapunovSpectrum(driven, { dt: 0.01, inputs }).exponents, [0.2], 1e-9);
});

it('a Jacobian-vector product gives what the matrix gives, to 1e-14', () => {
  const { jacobian, ...rest } = decoupled;
  const product: FlowSystem = {
    ...rest,
    jvp: (_t, _h, _x, tangents) => tangents.map((v) => v.map((value, i) => rates[i]! * value)),
  };
  const options = { dt: 0.1, steps: 30, exponents: 2 };
  expectClose(
    lyapunovSpectrum(product, options).exponents,
    lyapunovSpectrum(decoupled, options).exponents,
    1e-14,
  );
});
