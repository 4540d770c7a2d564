import { describe, expect, it } from 'vitest';
import { describeHostileCalls, isOptions } from '../../../scripts/hostile-arguments.js';
import * as integrators from '../src/index.js';

const { IntegratorError, rk4, dormandPrince } = integrators;
const decay = (_: number, [y]: number[]) => [-y!];

/** A valid call of every function of the package. */
const calls: { [name: string]: unknown[] } = {
  integrate: [
    decay,
    [1],
    {
      times: [0, 1],
      tableau: dormandPrince,
      maxSteps: 500,
      rtol: 1e-3,
      atol: 1e-6,
      firstStep: 0.1,
      maxStep: 1,
    },
  ],
  step: [rk4, decay, 0, [1], 0.1],
  largestStableStep: [rk4, [-1], { tolerance: 1e-13 }],
  stabilityBoundary: [rk4, { spacing: 0.1 }],
  stabilityFunction: [rk4, -1],
  stabilityPolynomial: [rk4],
  defineTableau: [{ name: 'euler', order: 1, a: [[]], b: [1], c: [0] }],
  tableauByName: ['rk4'],
};

const call = (name: string, args: unknown[]) =>
  (integrators as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!(...args);

const isArgumentOptions = (value: unknown): value is Record<string, unknown> =>
  isOptions(value) && !Object.isFrozen(value);

describeHostileCalls(integrators, calls, { options: isArgumentOptions, Refusal: IntegratorError });

describe('options of another name', () => {
  it.each([
    ['integrate', 'tolerance', 'times'],
    ['integrate', 'maxstep', 'maxStep'],
    ['largestStableStep', 'tolerence', 'tolerance'],
    ['stabilityBoundary', 'spaceing', 'spacing'],
  ])('%s refuses the unknown option %s, with the nearest name', (name, wrong) => {
    const valid = calls[name]!;
    const options = { ...(valid.at(-1) as object), [wrong]: 1 };
    expect(() => call(name, [...valid.slice(0, -1), options])).toThrow(IntegratorError);
    expect(() => call(name, [...valid.slice(0, -1), options])).toThrow(`got '${wrong}'. Did you mean '`);
  });
});
