import { describe, expect, it } from 'vitest';
import { describeHostileCalls, isOptions } from '../../../scripts/hostile-arguments.js';
import * as stability from '../src/index.js';
import { identity } from './random.js';

const A = identity(2, -1);
const W = identity(2, 0.5);
const rk4 = { a: [[], [0.5], [0, 0.5], [0, 0, 1]], b: [1 / 6, 1 / 3, 1 / 3, 1 / 6] };
const lstm = { kernel: [new Array(4).fill(0.1)], recurrentKernel: [new Array(4).fill(0.1)] };
const certificate = { P: identity(2), multipliers: [1, 1], rate: 0.1 };

/** A valid call of every function of the package. */
const calls: { [name: string]: unknown[] } = {
  certifyContraction: [
    { A, W, rate: 0.1, multipliers: 'scalar', rateTolerance: 0.1, lipschitzConstant: 1, monotone: true },
  ],
  certifyEulerContraction: [{ A, W, step: 0.1 }],
  verifyContraction: [{ A, W, ...certificate, step: 0.1 }],
  linearContractionFactor: [{ W }],
  vanillaContractionFactor: [{ W, lipschitzConstant: 1 }],
  residualContractionFactor: [{ A, W, step: 0.1, lipschitzConstant: 1 }],
  lstmContractionFactor: [{ ...lstm, inputBound: 1, recurrentActivation: 'sigmoid' }],
  checkDiscretisation: [{ jacobians: [A], scheme: rk4, step: 0.1 }],
  largestStableStep: [{ eigenvalues: [{ re: -1, im: 0 }], scheme: rk4 }],
  endToEndJacobian: [[A]],
  findEquilibrium: [
    { A, W, drive: [0, 0], activation: 'tanh', start: [1, 1], tolerance: 1e-9, maxIterations: 50 },
  ],
  findEquilibria: [{ A, W, randomStarts: 1, spread: 1, starts: [[1, 1]], separation: 1e-6, seed: 1 }],
  flowField: [{ A, W }],
  flowOf: [
    {
      family: 'dynamical',
      units: 2,
      inputDim: 1,
      W,
      kernel: [[1], [0]],
      activation: 'tanh',
      carry: 1,
      epsilon: 0.1,
    },
    { input: [1] },
  ],
  flowJacobians: [{ A, W, states: [[0, 0]] }],
  solveLyapunov: [A, identity(2)],
  solveDiscreteLyapunov: [W, identity(2)],
  solveLyapunovWithCondition: [{ A, Q: identity(2), time: 'continuous' }],
  conditionNumber: [A],
  frobeniusNorm: [A],
  infinityNorm: [A],
  numericalRank: [A, { tolerance: 1e-9 }],
  singularValues: [A],
  singularValueDecomposition: [A],
  spectralNorm: [A],
  simulatePlanarSystem: [{ W: A }, { starts: [[0, 1]], step: 0.1, steps: 2 }],
  projectToConditionA: [{ A, W, margin: 0, lipschitzConstant: 1 }],
  clipSingularValues: [A, 0.5],
  projectLSTM: [{ ...lstm, inputBound: 1, forgetBound: 0.64, slack: 1e-6 }],
  projectRowsToL1Ball: [A, 0.5],
  quadraticLyapunovFunction: [{ A, W, Q: identity(2), start: [0, 0], rays: 2, reach: 1, seed: 1 }],
  shiftForConditionA: [{ A, W, lipschitzConstant: 1 }],
  simulate: [{ A, W, start: [1, 1], step: 0.1, steps: 2, scheme: rk4 }],
  simulateConvergence: [{ A, W, trajectories: 1, spread: 1, closeness: 0.1, seed: 1, time: 1, step: 0.5 }],
  eigenvalues: [A],
  spectralAbscissa: [A],
  spectralRadius: [A],
  symmetricEigenvalues: [A],
  symmetricPart: [A],
  checkTheorem1: [{ A, W, lipschitzConstant: 1, monotone: true }],
  theorem1Requirements: [{ A, W, lipschitzConstant: 1, gammaA: 0 }],
  vanillaMap: [{ W, U: W, bias: [0, 0], activation: 'tanh' }],
  lstmMap: [{ ...lstm, cellBound: 1, recurrentActivation: 'sigmoid' }],
  searchViolation: [
    stability.vanillaMap({ W, U: W }),
    { factor: 1, norm: '2', inputBound: 1, restarts: 1, climbs: 1, seed: 1 },
  ],
};

const call = (name: string, args: unknown[]) =>
  (stability as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!(...args);

describeHostileCalls(stability, calls, { Refusal: stability.StabilityError });

describe('options of another name', () => {
  for (const [name, valid] of Object.entries(calls)) {
    valid.forEach((arg, i) => {
      if (!isOptions(arg) || 'stateSize' in arg || 'family' in arg) return; // a map or a network, which may have more members
      it(`${name}: refuses an unknown option in argument ${i}, with the nearest name`, () => {
        const key = Object.keys(arg)[0]!;
        const args = valid.map((other, j) => (j === i ? { ...arg, [`${key}z`]: 1 } : other));
        expect(() => call(name, args)).toThrow(stability.StabilityError);
        expect(() => call(name, args)).toThrow(`got '${key}z'. Did you mean '${key}'?`);
      });
    });
  }

  it.each([
    ['checkDiscretisation', { jacobians: [A], step: 0.1 }],
    ['largestStableStep', { eigenvalues: [{ re: -1, im: 0 }] }],
  ])('%s without a scheme asks for one', (name, options) => {
    expect(() => call(name, [options])).toThrow(
      `${name}: expected scheme, a tableau with rows a and weights b, got undefined.`,
    );
  });
});

it('a map that returns one array again and again is seen to violate its factor like any other', () => {
  const buffer = new Float64Array(2);
  const map = {
    stateSize: 2,
    inputSize: 1,
    stateBounds: [Infinity, Infinity],
    step: (state: Float64Array) => {
      buffer.set(state.map((x) => 2 * x));
      state.fill(Number.NaN);
      return buffer;
    },
  };
  const found = stability.searchViolation(map, {
    factor: 1,
    norm: '2',
    inputBound: 1,
    restarts: 2,
    climbs: 5,
  });
  expect(found.violated).toBe(true);
  expect(found.worstRatio).toBeCloseTo(2, 9);
});
