import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { fromJson, toJson } from '@hurwitz/training/files';
import { beforeAll, expect, it } from 'vitest';
import { antisymmetricJacobian } from '../antisymmetric-rnn/antisymmetric-jacobian.js';
import { antisymmetricPlanar } from '../antisymmetric-rnn/antisymmetric-planar.js';
import { certificates } from '../lipschitz-rnn/certificates.js';
import { lipschitzPendulum } from '../lipschitz-rnn/lipschitz-pendulum.js';
import { lyapunovFig2 } from '../lyapunov-spectra/lyapunov-fig2.js';
import type { Experiment, PartContext, PartResult } from '../runner/experiment.js';
import { truncationFig1 } from '../stable-models/truncation-fig1.js';
import { equivalenceFig2 } from '../unitary-equivalence/equivalence-fig2-fig3.js';
import { temporaryFolder } from './temporary-folder.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const small: [Experiment, object][] = [
  [antisymmetricJacobian, { units: 6, gammas: [0, 0.2], lengths: [5, 10] }],
  [antisymmetricPlanar, { steps: 30 }],
  [lipschitzPendulum, { epochs: 2, length: 5 }],
  [
    certificates,
    {
      ...{ units: 4, systems: 4, seeds: 1, length: 8, epochs: 1 },
      ...{ randomGammas: [0.4, 1], trainedGammas: [1, 3] },
    },
  ],
  [equivalenceFig2, { units: [2, 3], realisations: 2, sequences: 6, steps: 50, batchSize: 2, epochs: 2 }],
  [
    lyapunovFig2,
    {
      ...{ units: 16, inputSequences: 3, steps: 20, reference: { warmup: 20, steps: 200 }, compared: 60 },
      qrIntervals: [1, 30],
    },
  ],
  [
    truncationFig1,
    {
      lambdas: [0.5, 3],
      ...{ instances: 2, units: 3, inputDim: 2, sequences: 2, length: 12, ks: [1, 4, 8], k: 4, steps: 10 },
    },
  ],
];

/** A value as text, without times. */
const timeless = (value: unknown): string => toJson({ value }).replace(/"seconds": [^,}\s]+/g, '');

it.each(small.map(([experiment, changes]) => [experiment.id, experiment, changes] as const))(
  '%s: parts give the same bits alone, from JSON and in reverse order; they leave no tensor, and make an entry',
  async (_, experiment, changes) => {
    const settings = experiment.settings.schema.parse({ ...experiment.settings.default, ...changes });
    const folder = temporaryFolder();
    const alone = (): PartContext => ({
      ...{ dataDir: '', workFolder: mkdtempSync(join(folder, 'part-')), progress: () => {} },
      once: async (_, make) => make(),
    });
    const parts = experiment.parts(settings, 5);
    const before = tf.memory().numTensors;
    const results: PartResult[] = [];
    for (const part of parts) {
      const value = await experiment.compute(part, alone());
      results.push({ part, value: fromJson(toJson(value)) });
    }
    const reversed: string[] = [];
    for (const part of (JSON.parse(JSON.stringify(parts)) as typeof parts).slice().reverse()) {
      reversed.unshift(timeless(await experiment.compute(part, alone())));
    }
    expect(reversed).toEqual(results.map(({ value }) => timeless(value)));
    expect(tf.memory().numTensors).toBe(before);
    const { figures, ...summary } = await experiment.summarise(results, { settings, full: false });
    for (const { svg } of figures) expect(svg).toMatch(/^<svg/);
    expect(toJson(summary)).not.toMatch(/NaN|undefined|\[object/);
    rmSync(folder, { recursive: true });
  },
);
