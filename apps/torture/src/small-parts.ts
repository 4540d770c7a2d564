import { join } from 'node:path';
import { type Experiment, type Part, type PartResult, runExperiment } from '@hurwitz/experiments';
import { z } from 'zod';
import { figure } from './svg.js';

/** Twelve parts of a few numbers each, through the machinery of `hurwitz reproduce`. */
const smallParts: Experiment<
  { parts: number },
  PartResult<Part & { index: number; seed: number }, number[]>
> = {
  id: 'small-parts',
  title: 'Sums of sines',
  paper: 'Engelken 2023',
  settings: { schema: z.strictObject({ parts: z.int().positive() }), default: { parts: 12 } },
  parts: (settings, seed) =>
    Array.from({ length: settings.parts }, (_, index) => ({ key: `sines-${index}`, index, seed })),
  compute: ({ index, seed }) => Array.from({ length: 8 }, (_, j) => Math.sin(seed + index + j / 7)),
  summarise(results) {
    const sums = results.map(({ value }) => value.reduce((sum, each) => sum + each, 0));
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
