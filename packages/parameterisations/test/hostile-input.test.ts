import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectAnswerOrError, hostileValues, isOptions } from '../../../scripts/hostile-arguments.js';
import * as parameterisations from '../src/index.js';
import './backends.js';

const { ParameterisationError } = parameterisations;

beforeAll(() => tf.setBackend('cpu'));
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const skew = [
  [0, 1],
  [-1, 0],
];
const symmetric = [
  [0.99, 0],
  [0, 1],
];
const v = () => tf.tensor1d([1]);
const M = () => tf.eye(2);

/** A valid call of every function of the package, verbs included. */
const calls: { [name: string]: () => unknown[] } = {
  antisymmetric: () => [v(), { units: 2, gamma: 0 }],
  'antisymmetric.parameterCount': () => [{ units: 2 }],
  'antisymmetric.inverse': () => [skew, { gamma: 0, tolerance: 1e-4 }],
  'antisymmetric.contains': () => [skew, { gamma: 0, tolerance: 1e-4 }],
  'antisymmetric.sample': () => [{ units: 2, sigma: 1, seed: 1 }],
  cayley: () => [v(), { units: 2, signs: [1, -1] }],
  'cayley.parameterCount': () => [{ units: 2 }],
  'cayley.inverse': () => [skew, { signs: [1, 1], tolerance: 1e-4 }],
  'cayley.contains': () => [skew, { signs: [1, 1], tolerance: 1e-4 }],
  'cayley.sample': () => [{ units: 2, initialisation: 'henaff', seed: 1 }],
  'cayley.signs': () => [{ units: 2, negatives: 1 }],
  contractive: () => [M(), { epsilon: 0.1 }],
  'contractive.parameterCount': () => [{ units: 2 }],
  'contractive.inverse': () => [symmetric, { epsilon: 0.01, tolerance: 1e-3 }],
  'contractive.contains': () => [symmetric, { epsilon: 0.01, tolerance: 1e-3 }],
  'contractive.sample': () => [{ units: 2, seed: 1 }],
  exponential: () => [v(), { units: 2 }],
  'exponential.parameterCount': () => [{ units: 2 }],
  'exponential.inverse': () => [skew, { tolerance: 1e-4 }],
  'exponential.contains': () => [skew, { tolerance: 1e-4 }],
  'exponential.sample': () => [{ units: 2, initialisation: 'cayley', seed: 1 }],
  kronecker: () => [[M(), M()]],
  'kronecker.parameterCount': () => [{ shapes: [[2, 2]] }],
  'kronecker.inverse': () => [skew, { shapes: [[2, 2]], tolerance: 1e-4 }],
  'kronecker.contains': () => [skew, { shapes: [[2, 2]], tolerance: 1e-4 }],
  'kronecker.sample': () => [{ shapes: [[2, 2]], seed: 1 }],
  nearestOrthogonal: () => [M()],
  projectSpectralNorm: () => [M(), 0.5],
  softOrthogonalityPenalty: () => [M()],
  symmetricSkew: () => [M(), { beta: 0.5, gamma: 0.1 }],
  'symmetricSkew.parameterCount': () => [{ units: 2 }],
  'symmetricSkew.inverse': () => [skew, { beta: 0.5, gamma: 0.1, tolerance: 1e-4 }],
  'symmetricSkew.contains': () => [skew, { beta: 0.5, gamma: 0.1, tolerance: 1e-4 }],
  'symmetricSkew.sample': () => [{ units: 2, initStd: 0.1, seed: 1 }],
};

const disposed = () => {
  const tensor = tf.eye(2);
  tensor.dispose();
  return tensor;
};

const hostile = (): unknown[] => [
  ...hostileValues,
  Object.create(null),
  [{}],
  [Object.create(null)],
  [Symbol('s')],
  disposed(),
  { shape: [1], dtype: 'float32' },
  { shape: 3, dataSync: 4 },
];

const call = (name: string, args: unknown[]) => {
  const [first, verb] = name.split('.') as [string, string | undefined];
  const map = (parameterisations as unknown as Record<string, unknown>)[first];
  const act = verb === undefined ? map : (map as Record<string, unknown>)[verb];
  return (act as (...args: unknown[]) => unknown)(...args);
};

describe('every function answers, or says what is wrong by a ParameterisationError', () => {
  it('and all of them are tried', () => {
    const functions = Object.entries(parameterisations)
      .filter(([name, value]) => typeof value === 'function' && !name.endsWith('Error'))
      .flatMap(([name, value]) => [name, ...Object.keys(value).map((verb) => `${name}.${verb}`)]);
    expect(Object.keys(calls).sort()).toEqual(functions.sort());
  });

  for (const [name, valid] of Object.entries(calls)) {
    it(`${name}: any argument or option missing, null or of a wrong kind`, () => {
      expectAnswerOrError((args) => call(name, args), { valid, hostile, Refusal: ParameterisationError });
    });

    it(`${name}: refuses unknown options, with the nearest name`, () => {
      const args = valid();
      const options = args.at(-1);
      if (!isOptions(options)) return;
      const key = Object.keys(options)[0]!;
      const unknown = [...args.slice(0, -1), { ...options, [`${key}z`]: 1 }];
      expect(() => call(name, unknown)).toThrow(ParameterisationError);
      expect(() => call(name, unknown)).toThrow(`got '${key}z'. Did you mean '${key}'?`);
    });
  }
});
