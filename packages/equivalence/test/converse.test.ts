import { generator } from '@hurwitz/random';
import { eigenvalues, spectralRadius } from '@hurwitz/stability';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkRankArgument,
  closestRNN,
  compareRNNs,
  linearise,
  markovParameters,
  runRNN,
  tightContractiveRNN,
  unitaryFromContractive,
} from '../src/index.js';
import { residuals } from '../src/output-sensitivity.js';
import { toNetwork } from '../src/rnn-model.js';
import { contraction, gap, seeds } from './random.js';

const sine = (steps: number, inputDim: number, size = 1) =>
  Array.from({ length: steps }, (_, t) =>
    Array.from({ length: inputDim }, (_, j) => size * Math.sin(1.3 * t * (j + 1) + j)),
  );

describe('Theorem 2: 2n states are needed', () => {
  test.each([1, 2, 5])('n = %d: the dilation meets every inequality with equality', (units) => {
    const tight = tightContractiveRNN({ units, contraction: 0.7 });
    const report = checkRankArgument(unitaryFromContractive(tight), tight, { inputs: sine(30, units) });
    expect(report).toMatchObject({ holds: true, states: 2 * units, hidden: 0, defect: units });
    expect(report.steps.map(({ left, right }) => left - right)).toEqual([0, 0, 0, 0]);
  });

  test('units that inputs reach and outputs do not see: k ≥ n + d and rank ≥ n - d', () => {
    const tight = tightContractiveRNN({ units: 2, contraction: 0.7 });
    const unitary = unitaryFromContractive(tight);
    const [c, s] = [Math.cos(1), Math.sin(1)];
    const pad = (row: number[]) => [...row, 0, 0];
    // a rotation beside the dilation; its bias keeps both units on for as long as the inputs last
    const larger = {
      W: [...unitary.W.map(pad), [0, 0, 0, 0, c, -s], [0, 0, 0, 0, s, c]],
      kernel: unitary.kernel.map((row) => [...row, 1, 0.5]),
      bias: [...unitary.bias, 0, 0],
      readout: [...unitary.readout, [0, 0], [0, 0]],
      initialState: [...unitary.initialState, 1000, 1],
    };
    const report = checkRankArgument(larger, tight, { inputs: [[0.5, -0.5]] });
    expect(report).toMatchObject({ holds: true, states: 6, hidden: 2, active: [0, 1, 4, 5], defect: 2 });
  });

  test('no principal block of an orthogonal matrix has a defect above m - k', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 5 }), (seed, units) => {
        const { W } = unitaryFromContractive({ ...contraction({ units, seed }), inputBound: 1 });
        const { normal } = generator(seed + 1);
        const active = W.flatMap((_, i) => (normal() > 0 ? [i] : []));
        const gram = active.map((i) =>
          active.map((j) => (i === j ? 1 : 0) - active.reduce((sum, k) => sum + W[k]![i]! * W[k]![j]!, 0)),
        );
        const defect = active.length === 0 ? 0 : eigenvalues(gram).filter(({ re }) => re > 1e-9).length;
        expect(defect).toBeLessThanOrEqual(W.length - active.length);
      }),
      { numRuns: 40 },
    );
  });

  test('refuses a changing active set, another map, a W that is not wI or not orthogonal', () => {
    const tight = tightContractiveRNN({ units: 2 });
    const unitary = unitaryFromContractive(tight);
    const check = (u: object, t: object, size = 1) =>
      checkRankArgument(u as typeof unitary, t as typeof tight, { inputs: sine(20, 2, size) });
    expect(() => check(unitary, tight, 3)).toThrow(/one set of active units, got a change at step/);
    expect(() => check(unitary, tightContractiveRNN({ units: 2, contraction: 0.4 }))).toThrow(/equal Markov/);
    expect(() =>
      check(unitary, {
        ...tight,
        W: [
          [0.5, 0.1],
          [0, 0.5],
        ],
      }),
    ).toThrow(/W = wI/);
    expect(() => check(tight, tight)).toThrow(/an orthogonal W, got ‖WᵀW - I‖/);
  });
});

describe('Theorem 3: smooth activations expose the transition', () => {
  const target = { W: [[0.9]], kernel: [[2]], bias: [0.3], readout: [[1]], activation: 'sigmoid' as const };

  test('the linearisation predicts the measured impulse response to 1e-8', () => {
    const model = { ...contraction({ seed: 6 }), activation: 'sigmoid' as const };
    const input = [0.4, -0.7];
    const rest = linearise(model, { input });
    const parameters = markovParameters(rest, 6);
    const delta = 1e-5;
    for (const port of [0, 1]) {
      const respond = (sign: number) => {
        const x = Array.from({ length: 6 }, () => [...input]);
        x[0]![port]! += sign * delta;
        return runRNN({ ...model, initialState: rest.state }, x);
      };
      const [up, down] = [respond(1), respond(-1)];
      const measured = up.map((row, t) => row.map((value, i) => (value - down[t]![i]!) / (2 * delta)));
      expect(
        gap(
          measured,
          parameters.map((block) => block.map((row) => row[port]!)),
        ),
      ).toBeLessThan(1e-8);
    }
  });

  test('at equal slopes the eigenvalues over the slope are those of W: inside the circle, on it when W is orthogonal', () => {
    const { W } = contraction({ units: 3, inputDim: 3, seed: 5, rho: 0.8 });
    const dilation = unitaryFromContractive({ W, kernel: [[1, 1, 1]], inputBound: 1 }).W;
    for (const [matrix, onCircle] of [
      [W, false],
      [dilation, true],
    ] as const) {
      const n = matrix.length;
      const eye = matrix.map((_, i) => matrix.map((_, j) => (i === j ? 1 : 0)));
      // h* = σ(0) = 1/2 is at rest under x = -W h*, where every slope is 1/4
      const input = matrix.map((row) => -row.reduce((sum, entry) => sum + entry / 2, 0));
      const rest = linearise({ W: matrix, kernel: eye, activation: 'sigmoid' }, { input });
      expect(Math.max(...rest.slopes.map((slope) => Math.abs(slope - 0.25)))).toBeLessThan(1e-15);
      const moduli = rest.eigenvalues.map(({ re, im }) => 4 * Math.hypot(re, im));
      expect(moduli.length).toBe(n);
      if (onCircle) for (const modulus of moduli) expect(Math.abs(modulus - 1)).toBeLessThan(1e-12);
      else expect(Math.max(...moduli)).toBeLessThanOrEqual(0.8 + 1e-12);
      expect(Math.max(...moduli)).toBeCloseTo(spectralRadius(matrix), 12);
    }
  });

  const { normal } = generator(11);
  const inputs = Array.from({ length: 3 }, () => Array.from({ length: 30 }, () => [normal()]));

  test('any W of the same size closes the gap to 1e-12; orthogonal W of 1, 2, 3 units leave one', () => {
    const options = { inputs, starts: 3, iterations: 60 };
    expect(closestRNN(target, { ...options, units: 1, transition: 'any' }).rmsGap).toBeLessThan(1e-12);
    const gaps = [1, 2, 3].map((units) => closestRNN(target, { ...options, units }).rmsGap);
    expect(gaps[0]).toBeGreaterThan(1e-3);
    for (const each of gaps) expect(each).toBeGreaterThan(1e-11);
  });

  test('with 2n units the gap is positive but has no lower bound: it falls as exp(-bias) of saturated units', () => {
    const { W, kernel, readout } = unitaryFromContractive({ ...target, activation: 'relu', inputBound: 1 });
    const gaps = [5, 10, 15].map((depth) => {
      const saturated = { W, kernel, readout, bias: [0.3, -depth], activation: 'sigmoid' as const };
      return compareRNNs(target, saturated, { inputs }).largestGap;
    });
    expect(gaps[2]).toBeGreaterThan(0);
    for (const i of [1, 2]) expect(Math.log(gaps[i - 1]! / gaps[i]!)).toBeCloseTo(5, 1);
  });

  test.each([true, false])(
    'the search Jacobian matches central differences to 1e-7, orthogonal %s',
    (orthogonal) => {
      const goal = contraction({ units: 3, inputDim: 1, outputs: 2, seed: 12 });
      const network = toNetwork('test', { ...goal, activation: 'tanh' });
      const problem = {
        sequences: inputs.slice(0, 1),
        wanted: [runRNN(target, inputs[0]!).map(([y]) => [y!, y!])],
        orthogonal,
      };
      const { jacobian } = residuals(network, problem);
      const d = 1e-6;
      const firstKernel = orthogonal ? 3 : 9;
      const shifted = (parameter: number, sign: number) => {
        const copy = structuredClone({
          W: network.W,
          kernel: network.kernel,
          bias: network.bias,
          readout: network.readout,
          initialState: network.initialState,
        });
        if (parameter === 0 && orthogonal) {
          // the first parameter is S[0][1]: W (I + S) adds W[:,0] to column 1 and takes W[:,1] from column 0
          for (const [i, row] of network.W.entries()) {
            copy.W[i]![1]! += sign * d * row[0]!;
            copy.W[i]![0]! -= sign * d * row[1]!;
          }
        } else if (parameter === 0) copy.W[0]![0]! += sign * d;
        else if (parameter === firstKernel) copy.kernel[0]![0]! += sign * d;
        else if (parameter === firstKernel + 3) copy.bias[0]! += sign * d;
        else if (parameter === firstKernel + 6) copy.initialState[0]! += sign * d;
        else copy.readout[0]![0]! += sign * d;
        return residuals({ ...network, ...copy }, problem).residual;
      };
      for (const parameter of [0, firstKernel, firstKernel + 3, firstKernel + 6, firstKernel + 9]) {
        const [up, down] = [shifted(parameter, 1), shifted(parameter, -1)];
        const measured = up.map((value, i) => (value - down[i]!) / (2 * d));
        expect(gap([measured], [jacobian.getColumn(parameter)])).toBeLessThan(1e-7);
        expect(Math.max(...measured.map(Math.abs))).toBeGreaterThan(1e-3);
      }
    },
  );
});
