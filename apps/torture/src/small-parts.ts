import { join } from 'node:path';
import type { Experiment } from '../../train/src/experiments/experiment.js';
import { runExperiment } from '../../train/src/experiments/run-experiment.js';
import { figure } from './svg.js';

/** Twelve parts of a few numbers each, through the machinery of `hurwitz reproduce`. */
const smallParts: Experiment<{ parts: number }> = {
  id: 'small-parts',
  title: 'Sums of sines',
  paper: 'Engelken 2023',
  settings: () => ({ parts: 12 }),
  async run({ settings, seed, part }) {
    const sums: number[] = [];
    for (let i = 0; i < settings.parts; i++) {
      const values = await part(`sines-${i}`, () =>
        Array.from({ length: 8 }, (_, j) => Math.sin(seed + i + j / 7)),
      );
      sums.push(values.reduce((sum, value) => sum + value, 0));
    }
    const ledger = { sizes: [], comparison: [], tuned: 'nothing' };
    return {
      ...ledger,
      numbers: { sums },
      figures: [{ svg: figure, caption: 'nothing' }],
      text: `Last: ${sums.at(-1)}`,
    };
  },
};

/** Runs it as `hurwitz reproduce --out <out>` would. */
export function runSmallParts(out: string, { keepParts = false } = {}): Promise<string[]> {
  const options = {
    seed: 1,
    full: false,
    backend: 'cpu',
    keepParts,
    command: 'small-parts',
    print: () => {},
  };
  return runExperiment(smallParts, { out, ...options });
}

/** The file with its numbers. */
export const numbersFile = (out: string): string => join(out, 'small-parts.json');
