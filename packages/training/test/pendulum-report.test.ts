import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lipschitzRNN } from '@hurwitz/cells';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultsOf } from '../src/config/defaults.js';
import { type Config, configVersion } from '../src/config/schema.js';
import type { RunFolder } from '../src/run/run-folder.js';
import { saveModel } from '../src/run/saved-model.js';
import { regimes } from '../src/tasks/pendulum/regimes.js';
import { pendulumSections } from '../src/tasks/pendulum/report.js';
import { temporaryFolder } from './temporary-folder.js';

interface System {
  A: number[][];
  W: number[][];
  bias?: number[];
}

const diagonal = (value: number): number[][] => [
  [value, 0],
  [0, value],
];
const bistable: System = { A: diagonal(-1), W: diagonal(2) };
const drifting: System = { A: diagonal(0), W: diagonal(0), bias: [1, 1] };
const exploding: System = { A: diagonal(20), W: diagonal(0.5) };
const settling: System = { A: diagonal(-50), W: diagonal(0.5) };

let path = '';
beforeEach(async () => {
  await tf.setBackend('cpu');
  path = temporaryFolder();
});
afterEach(() => rmSync(path, { recursive: true }));

/** The report of a run whose networks ended as these four systems. */
async function report(systems: System[], given: Partial<Config> = {}) {
  const config = { ...defaultsOf('pendulum'), version: configVersion, ...given } as Config;
  for (const [k, { A, W, bias = [0, 0] }] of systems.entries()) {
    const { name } = regimes[k]!;
    const free = { betaA: 0.5, betaW: 0.5, gammaA: 0, gammaW: 0 };
    const { epsilon, scheme } = config;
    const layer = lipschitzRNN({ units: 2, returnSequences: true, name, epsilon, scheme, ...free });
    const model = tfl.sequential({ layers: [tfl.layers.inputLayer({ inputShape: [4, 1] }), layer] });
    // With β = 1/2 and γ = 0 the matrix is M itself.
    layer.setWeights([tf.zeros([1, 2]), tf.tensor2d(A), tf.tensor2d(W), tf.tensor1d(bias)]);
    mkdirSync(join(path, 'models', name), { recursive: true });
    await saveModel(model, join(path, 'models', name), { config, test: {} });
    model.dispose();
  }
  const folder = { file: (...parts: string[]) => join(path, ...parts) } as unknown as RunFolder;
  const sections = await pendulumSections(config, { folder, entries: [], results: {} });
  const text = JSON.stringify(sections.map(({ figures: _, ...rest }) => rest));
  expect(text).not.toMatch(/NaN|undefined|Infinity|null/);
  return { sections, text, titles: sections.map(({ title }) => title) };
}

describe('the report of the pendulum at its edges', () => {
  it('no equilibrium anywhere: the fields are drawn, the table says so, and what needs one is left out', async () => {
    const { titles, text } = await report([drifting, drifting, drifting, drifting]);
    expect(titles).toEqual(['Vector fields of the hidden states', 'What tells them apart']);
    expect(text).toContain('none found');
    expect(text).toContain('Newton’s method found none');
  });

  it('none, several, one that repels beyond float32, and one that is reached at once', async () => {
    const { titles, text } = await report([drifting, bistable, exploding, settling]);
    expect(titles).toHaveLength(4);
    expect(text).toContain('none found');
    expect(text).toContain('(0.000, 0.000), one of 9');
    expect(text).toContain('the vector field marks all');
  });

  it.each([1e-4, 500])('a step of %d', async (epsilon) => {
    const { titles } = await report([bistable, bistable, settling, settling], { epsilon });
    expect(titles).toHaveLength(4);
  });
});
