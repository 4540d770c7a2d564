import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type LipschitzRNN, lipschitzRNN, vanillaRNN } from '@hurwitz/cells';
import { checkTheorem1, projectToConditionA, shiftForConditionA } from '@hurwitz/stability';
import '@tensorflow/tfjs-backend-cpu';
import { stabilitySections, trainingSection } from '@hurwitz/analysis';
import type { MetricsEntry } from '@hurwitz/training';
import { certifiedRate, keepCertified, loadModel, stabilityMetrics, systemMatrices } from '@hurwitz/training';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefused, hurwitz, temporaryFolder } from './command.js';

const line = 'adding --length 10 --units 8 --init-std 8 --epochs 2 --batch-size 50 --backend wasm';
let folder = '';
beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = temporaryFolder();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function trained(out: string, flags: string[]): Promise<MetricsEntry[]> {
  const { code, output } = await hurwitz(['train', ...line.split(' '), '--out', out, ...flags], folder);
  expect(code, output).toBe(0);
  const lines = readFileSync(join(folder, out, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return lines.map((text) => JSON.parse(text) as MetricsEntry);
}

/** A layer of two units with A = M_A - M_Aᵀ/2 - γI and W likewise. */
function planar({ MA, MW }: { MA: number[][]; MW: number[][] }): LipschitzRNN {
  const layer = lipschitzRNN({ units: 2, seed: 1 });
  layer.build([null, null, 1]);
  const [kernel, , , bias] = layer.getWeights() as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  layer.setWeights([kernel, tf.tensor2d(MA), tf.tensor2d(MW), bias]);
  return layer;
}
const growing = {
  MA: [
    [2, 1],
    [0.5, 1],
  ],
  MW: [
    [0, 0.4],
    [-0.4, 0],
  ],
};

describe('keepCertified', () => {
  it('brings A and W to the nearest pair at the certified rate (1e-6)', () => {
    const layer = planar(growing);
    const before = systemMatrices(layer) as { A: number[][]; W: number[][] };
    const nearest = projectToConditionA({ ...before, margin: certifiedRate });
    keepCertified(layer);
    const matrices = systemMatrices(layer) as { A: number[][]; W: number[][] };
    expect(shiftForConditionA(matrices).shift).toBeCloseTo(-certifiedRate, 6);
    expect(checkTheorem1(matrices).conditionA.holds).toBe(true);
    const numbers = [matrices.A, matrices.W].flat(2);
    expect(numbers).toEqual([nearest.A, nearest.W].flat(2).map((x) => expect.closeTo(x, 6)));
  });

  it('changes no bit of a layer that has more room, none of another cell, and none that has overflowed', () => {
    const numbers = (layer: { getWeights(): tf.Tensor[] }) =>
      layer.getWeights().map((w) => [...w.dataSync()]);
    const vanilla = vanillaRNN({ units: 2, seed: 1 });
    vanilla.build([null, null, 1]);
    const damped = planar({
      ...growing,
      MA: [
        [-9, 1],
        [0, -9],
      ],
    });
    const overflown = planar({
      ...growing,
      MW: [
        [Number.NaN, 0],
        [0, 0],
      ],
    });
    for (const layer of [damped, vanilla, overflown]) {
      const before = numbers(layer);
      keepCertified(layer);
      expect(numbers(layer)).toEqual(before);
    }
  });
});

describe('the stability metrics', () => {
  it('are the closed forms for two units (1e-6)', () => {
    // A = [0.999, 0.75; 0, 0.499], W = [-0.001, 0.6; -0.6, -0.001].
    const metrics = stabilityMetrics(planar(growing));
    const half = Math.hypot(0.25, 0.375);
    const sigma = Math.hypot(0.001, 0.6);
    expect(metrics.max_eig_A_sym).toBeCloseTo(0.749 + half, 6);
    expect(metrics.abscissa_A).toBeCloseTo(0.999, 6);
    expect(metrics.abscissa_W).toBeCloseTo(-0.001, 6);
    expect(metrics.sigma_max_W).toBeCloseTo(sigma, 6);
    expect(metrics.theorem1_a_margin).toBeCloseTo(0.749 - half - sigma, 6);
    expect(metrics).toMatchObject({ theorem1_premise: 'fails', theorem1_b: 'fails' });
  });

  it('of a cell without A are those of W; of an LSTM there are none', async () => {
    const vanilla = vanillaRNN({ units: 3, seed: 1 });
    vanilla.build([null, null, 1]);
    expect(Object.keys(stabilityMetrics(vanilla))).toEqual(['sigma_max_W', 'abscissa_W']);
    const { lstm } = await import('@hurwitz/cells');
    expect(stabilityMetrics(lstm({ units: 2 }))).toEqual({});
  });

  it('have a section of their own, and none of the panels of losses', async () => {
    const entry = { step: 1, stage: 'lipschitz', epoch: 0, loss: 0.5, validation_loss: 0.6 };
    const entries = [{ ...entry, ...stabilityMetrics(planar(growing)) }] as MetricsEntry[];
    const { figures: training } = await trainingSection(entries);
    const [section] = await stabilitySections(entries);
    expect(training?.[0]?.svg).not.toMatch(/sigma_max|theorem1|λ_max/);
    for (const label of ['λ_max(A_sym)', 'σ_max(W)', 'spectral abscissa of A', 'margin of (b)']) {
      expect(section?.figures?.[0]?.svg).toContain(label);
    }
    expect(section?.text).toContain('the premise fails, (a) fails, (b) fails');
    expect(await stabilitySections([entry])).toEqual([]);
  });
});

describe('train --certify', () => {
  it('meets Theorem 1 (a) after every epoch, where the same training without it does not', async () => {
    const free = await trained('free', []);
    expect(free.map((entry) => entry['theorem1_a'])).toEqual(['fails', 'fails']);
    const certified = await trained('certified', ['--certify']);
    expect(certified.map((entry) => entry['theorem1_premise'])).toEqual(['holds', 'holds']);
    expect(certified.map((entry) => entry['theorem1_a'])).toEqual(['holds', 'holds']);
    for (const entry of certified) {
      expect(entry['theorem1_a_margin']).toBeGreaterThan(0.99 * certifiedRate);
    }
  });

  it('saves certified matrices: in the model as tf.loadLayersModel reads it, and for analyse', async () => {
    const model = await loadModel(join(folder, 'certified', 'models', 'lipschitz'));
    const matrices = systemMatrices(model.getLayer('lipschitz')) as { A: number[][]; W: number[][] };
    expect(checkTheorem1(matrices).holds).toBe(true);
    const { output } = await hurwitz(['analyse', 'certified'], folder);
    expect(output.replace(/\s+/g, ' ')).toContain('Globally exponentially stable by Theorem 1');
  });

  it.each([
    ['--gated', '--certify does not go with --gated'],
    ['--beta-a 1', '--certify needs --beta-a and --beta-w below 1'],
    ['--beta-w 1', '--certify needs --beta-a and --beta-w below 1'],
    ['--cell vanilla', '--certify means nothing to the cell vanilla.'],
  ])('with %s is refused', async (flags, message) => {
    const args = ['train', 'adding', '--certify', ...flags.split(' '), '--out', 'refused'];
    await expectRefused(args, folder, message);
  });
});
