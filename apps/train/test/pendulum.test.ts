import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import { distances, loadModel, type TrainedSystem, trainedSystem, trajectory } from '@hurwitz/training';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Finished, hurwitz, temporaryFolder } from './command.js';

let folder = '';
let finished: Finished;
beforeAll(async () => {
  folder = temporaryFolder();
  finished = await hurwitz(['train', 'pendulum', '--out', 'run'], folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function system(regime: string): Promise<TrainedSystem> {
  await tf.setBackend('cpu');
  return trainedSystem(await loadModel(join(folder, 'run', 'models', regime)), regime);
}

/** Distance from the equilibrium after 60 units of time, as a multiple of the distance at the start. */
function growth(trained: TrainedSystem): number {
  const distance = distances(trajectory(trained, [0.5, 0], 60), trained.equilibria[0]!.equilibrium);
  return (distance.at(-1) as number) / (distance[0] as number);
}

describe('hurwitz train pendulum, with its defaults', () => {
  it('ends well and writes one report with every figure inside', () => {
    expect(finished.code, finished.output).toBe(0);
    const report = readFileSync(join(folder, 'run', 'report.html'), 'utf8');
    const figures = readdirSync(join(folder, 'run', 'figures'));
    expect(figures).toEqual(
      expect.arrayContaining(['distance.svg', 'eigenvalues.svg', 'training.svg', 'vector-fields.svg']),
    );
    expect(report.match(/<svg[ >]/g)).toHaveLength(figures.length);
    expect(report).not.toMatch(/(?:src|href)="(?!#|data:)/);
  });

  it('the unstable regime repels: Re λ > 0, and trajectories leave', async () => {
    const trained = await system('unstable');
    expect(trained.equilibria[0]!.classification).toBe('repelling');
    expect(growth(trained)).toBeGreaterThan(10);
  });

  it('the two asymptotically stable regimes attract, the larger γ faster', async () => {
    const slow = await system('slow-focus');
    const fast = await system('fast-focus');
    expect([slow, fast].map(({ equilibria }) => equilibria[0]!.classification)).toEqual([
      'attracting',
      'attracting',
    ]);
    expect(growth(slow)).toBeLessThan(0.05);
    expect(growth(fast)).toBeLessThan(1e-6);
  });

  it('the skew-symmetric regime is a centre: Re λ = 0, and orbits close, neither leaving nor arriving', async () => {
    const trained = await system('skew');
    expect(trained.equilibria[0]!.classification).toBe('centre');
    const distance = distances(trajectory(trained, [0.5, 0], 60), trained.equilibria[0]!.equilibrium);
    expect(Math.max(...distance)).toBeLessThan(0.6);
    expect(Math.min(...distance)).toBeGreaterThan(0.4);
  });

  it('the regime without damping fits the frictionless pendulum best', () => {
    const results = JSON.parse(readFileSync(join(folder, 'run', 'results.json'), 'utf8'));
    const error = (name: string): number => results[name].mse;
    expect(error('skew')).toBeLessThan(0.03);
    expect(error('skew')).toBeLessThan(error('fast-focus') / 3);
  });

  it('evaluate gives the same test error again', async () => {
    const { output, code } = await hurwitz(['evaluate', 'run'], folder);
    expect(code, output).toBe(0);
    const results: Record<string, { mse: number }> = JSON.parse(
      readFileSync(join(folder, 'run', 'results.json'), 'utf8'),
    );
    for (const { mse } of Object.values(results))
      expect(output).toContain(`test mse ${Number(mse.toPrecision(5))}`);
  });
});
