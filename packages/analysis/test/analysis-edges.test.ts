import { DynamicalLayer, lipschitzRNN, vanillaRNN } from '@hurwitz/cells';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import type { Stage } from '@hurwitz/training';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { analyseStage, type StageAnalysis } from '../src/analyse/analyse-stage.js';
import { factorText, toText } from '../src/analyse/findings.js';

beforeAll(() => tf.setBackend('cpu'));

interface Case {
  A?: number[][];
  W: number[][];
  bias?: number[];
  epsilon?: number;
  scheme?: string;
  steps?: number;
}

/** The analysis of a layer of known matrices along inputs that are zero, and what it prints, on one line. */
async function analysed({ A, W, bias, epsilon = 0.1, scheme = 'euler', steps = 6 }: Case) {
  const units = W.length;
  const given = { units, returnSequences: true, name: 'layer', activation: 'tanh' as const };
  const layer =
    A === undefined
      ? vanillaRNN(given)
      : lipschitzRNN({
          units,
          returnSequences: true,
          name: 'layer',
          epsilon,
          scheme,
          betaA: 0.5,
          betaW: 0.5,
          gammaA: 0,
          gammaW: 0,
        });
  const model = tfl.sequential({ layers: [tfl.layers.inputLayer({ inputShape: [steps, 1] }), layer] });
  if (!(layer instanceof DynamicalLayer)) throw new Error('unreachable');
  // With β = 1/2 and γ = 0 the matrix is M itself.
  const weights = [
    tf.ones([1, units]),
    ...(A === undefined ? [] : [tf.tensor2d(A)]),
    tf.tensor2d(A === undefined ? transpose(W) : W),
  ];
  layer.setWeights([...weights, tf.tensor1d(bias ?? new Array(units).fill(0))]);
  const stage = {
    name: 'case',
    title: 'case',
    layer,
    testInputs: () => tf.zeros([2, steps, 1]),
  } as unknown as Stage;
  const analysis = await analyseStage(stage, model);
  const text = toText(analysis.topics).replace(/\s+/g, ' ');
  // What no reader should meet, at any edge.
  expect(text).not.toMatch(
    /NaN|undefined|nothing\.|Infinity|\be-1[5-9]|e-[2-9]\d|(?<![.\d])1 (units|steps|eigenvalues|exponents)\b/,
  );
  return { text, analysis };
}

const transpose = (M: number[][]): number[][] => M.map((_, j) => M.map((row) => row[j]!));
const rest = ({ analysis }: StageAnalysis) =>
  (analysis as { restPoints: { points: { discretisation: { largestStableStep: number } }[] } }).restPoints
    .points;
const skew = (w: number): number[][] => [
  [0, w],
  [-w, 0],
];
const diagonal = (...values: number[]): number[][] =>
  values.map((value, i) => values.map((_, j) => (i === j ? value : 0)));

describe('the words of analyse at the edges', () => {
  it('a skew flow under rk4, |R| = 1 - 2e-8: damped in name only, and not called damped', async () => {
    const { text, analysis } = await analysed({ A: skew(0.5), W: skew(0.5), scheme: 'rk4' });
    expect(text).not.toContain('damps every mode');
    expect(text).toContain('One step damps a mode so little that it takes');
    expect(text).toContain('0 to rounding: a mode of the flow neither decays nor grows');
    expect(text).toContain('its one known rest point attracts the layer as good as not at all');
    expect(text).toContain('Condition (b) is an equality to rounding');
    expect(text).toContain('0 to rounding: A alone lets no state grow, and damps not all');
    // At rest ω = 1, and rk4 keeps rotations up to √8; the table names both steps.
    expect(rest(analysis)[0]!.discretisation.largestStableStep).toBeCloseTo(Math.sqrt(8), 6);
    expect(text).toContain('equilibrium: largest stable step 2.828 time');
    expect(text).toContain('largest stable step along the test data 2.828 time');
  });

  it('a skew flow under Euler, which amplifies rotations at every step', async () => {
    const { text } = await analysed({ A: skew(0.5), W: skew(0.5) });
    expect(text).toContain(
      'One step amplifies a mode: the largest |R(ελ)| is 1.00499; no step of this scheme is short enough',
    );
    expect(text).toContain('the scheme amplifies rotations at any step');
    expect(text).toContain('above 1: the layer as it is stepped leaves it');
  });

  it('zero matrices: a mode is kept exactly, and 1 is said to be 1', async () => {
    const { text } = await analysed({ A: diagonal(0, 0), W: diagonal(0, 0) });
    expect(text).toContain(
      'One step keeps a mode as it is, to rounding: the largest |R(ελ)| is 1; no step is too long.',
    );
    expect(text).toContain('one is as large as it was');
  });

  it('a saddle: the line beside it says that the layer leaves', async () => {
    const { text } = await analysed({ A: diagonal(-1, -1), W: diagonal(2, 0.5) });
    expect(text).toContain('of the Jacobian: saddle');
    expect(text).toMatch(/max \|R\(ελ\)\| 1\.1 per step above 1: the layer as it is stepped leaves it/);
    expect(text).toMatch(/2 of its 3 known rest points attract the layer/);
  });

  it('a strongly damped flow: condition (a) has room, and (b) is said to hold or what it needs', async () => {
    const { text } = await analysed({
      A: diagonal(-2, -2),
      W: [
        [-0.5, 0.2],
        [-0.2, -0.5],
      ],
    });
    expect(text).toContain('Condition (a) has 1.461 per unit of time to spare.');
    expect(text).toContain('Condition (b) holds already.');
    expect(text).toContain('below 0: every mode of the flow decays');
  });

  it('an equality of condition (a) to rounding is no bound to aim at', async () => {
    const { text } = await analysed({ A: diagonal(-1, -1), W: diagonal(1, 1) });
    expect(text).toContain('Condition (a) is an equality to rounding');
  });

  it('no equilibrium: says so, and nothing of rest points', async () => {
    const { text } = await analysed({ A: diagonal(0, 0), W: diagonal(0, 0), bias: [1, 1] });
    expect(text).toContain("Newton's method found no equilibrium from 9 starts.");
    expect(text).not.toContain('known rest point');
    expect(text).not.toContain('equilibrium: ');
  });

  it.each([1e-3, 1, 1e3])('several equilibria, whatever their size: %d', async (size) => {
    // dh/dt = -h/size + tanh(2h/size) in each of two units: nine, of which eight random starts find some.
    const { text, analysis } = await analysed({
      A: diagonal(-1 / size, -1 / size),
      W: diagonal(2 / size, 2 / size),
      epsilon: 0.1 * size,
    });
    expect(rest(analysis).length).toBeGreaterThan(2);
    expect(text).toMatch(/Not stable: without input the layer leaves a rest point/);
    expect(text).toMatch(/[1-9] of its [3-9] known rest points attract the layer/);
    expect(text).toMatch(/[3-9] equilibria found from 9 starts/);
  });

  it('one unit, in the singular', async () => {
    const { text } = await analysed({ A: [[-1]], W: [[0.5]] });
    expect(text).toContain(', 1 unit.');
    expect(text).toContain('its one eigenvalue');
  });

  it('one step, huge weights and tiny ones', async () => {
    await analysed({ A: diagonal(-1, -1), W: diagonal(1e6, -1e6), steps: 1 });
    await analysed({ A: diagonal(-1e-6, -1e-6), W: diagonal(1e-6, 1e-6) });
    await analysed({ W: diagonal(0, 0) });
    const { text } = await analysed({ W: diagonal(1, 1) });
    expect(text).toContain('Not proved stable');
  });
});

it('factors near 1 are told by their difference from it', () => {
  expect(factorText(1 - 9.94e-9)).toBe('1 - 9.9e-9');
  expect(factorText(1 + 3e-7)).toBe('1 + 3.0e-7');
  expect(factorText(1 + 2e-16)).toBe('1');
  expect(factorText(0.993214)).toBe('0.993214');
  expect(factorText(2.5)).toBe('2.5');
});
