import { gru, lstm } from '@hurwitz/cells';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import type { Stage } from '@hurwitz/training';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { analyseStage } from '../src/analyse/analyse-stage.js';
import { toText } from '../src/analyse/findings.js';

beforeAll(() => tf.setBackend('cpu'));

interface Case {
  family?: 'lstm' | 'gru';
  units?: number;
  steps?: number;
  /** Of every recurrent weight, input weight, bias and input. */
  recurrent?: number;
  kernel?: number;
  bias?: number;
  input?: number;
}

/** What the analysis of a layer of constant weights prints, on one line. */
async function analysed({
  family = 'lstm',
  units = 2,
  steps = 6,
  recurrent = 0,
  kernel = 0,
  bias = 0,
  input = 0,
}: Case): Promise<string> {
  const make = { lstm, gru }[family];
  const layer = make({ units, returnSequences: true, name: 'layer', recurrentActivation: 'sigmoid' });
  const model = tfl.sequential({ layers: [tfl.layers.inputLayer({ inputShape: [steps, 1] }), layer] });
  const values = [kernel, recurrent, bias];
  layer.setWeights(layer.getWeights().map(({ shape }, i) => tf.fill(shape, values[i]!)));
  const testInputs = () => tf.fill([2, steps, 1], input);
  const stage = { name: 'case', title: 'case', layer, testInputs } as unknown as Stage;
  const text = toText((await analyseStage(stage, model)).topics).replace(/\s+/g, ' ');
  // What no reader should meet, at any edge.
  expect(text).not.toMatch(/NaN|undefined|Infinity|(?<![.\d])1 (units|steps|moments)\b|e-1[4-7]\b(?! 1 - )/);
  return text;
}

describe('the words of analyse for an LSTM and a GRU at the edges', () => {
  it('a bias that holds the forget gate open: the bias is named, not the rows', async () => {
    const text = await analysed({ recurrent: 0.01, bias: 50 });
    expect(text).toContain('φ, bound on the forget gate 1 - 1.9e-22');
    expect(text).toContain('The forget gates may come as near to 1 as φ = 1 - 1.9e-22');
    expect(text).toContain('W_f adds 0.02 to the argument of the gate of the 50.02 that it is bounded by');
    expect(text).not.toContain('too long');
  });

  it('inputs beyond all bounds: φ is 1', async () => {
    const text = await analysed({ recurrent: 0.01, kernel: 100, input: 1e4 });
    expect(text).toContain('the contraction factor of Miller and Hardt is ∞, not below 1');
    expect(text).toContain('may come as near to 1 as φ = 1, and');
  });

  it('rows that are too long: they are named', async () => {
    const text = await analysed({ recurrent: 1 });
    expect(text).toContain(
      'The rows of the recurrent matrices are too long: ‖W_f‖∞ is 2 and should be below',
    );
    expect(await analysed({ recurrent: 30 })).toContain('should be below (1 - φ)² = 7.668e-53');
  });

  it.each(['lstm', 'gru'] as const)('%s: no recurrence, one unit, one step', async (family) => {
    const text = await analysed({ family, units: 1, steps: 1 });
    expect(text).toContain(' of 1 unit.');
    expect(text).toContain('Not applicable: a sequence has one step.');
  });

  it('a GRU that keeps its state: the logarithm of its gain is 0, not rounding', async () => {
    const text = await analysed({ family: 'gru', bias: 50 });
    expect(text).toContain('log₁₀ ‖∂h_T/∂h_1‖₂, largest 0 ');
    expect(text).toContain('one is as large as it was');
  });
});
