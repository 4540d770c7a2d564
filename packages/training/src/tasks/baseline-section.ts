import type { Section, TaskResults } from './task.js';

/** Test metrics beside what answering without learning gives. */
export function baselineSection(
  { results }: TaskResults,
  { metric, baseline, meaning }: { metric: string; baseline: number; meaning: string },
): Section {
  const rows = Object.entries(results).map(([name, metrics]) => [
    name,
    (metrics[metric] ?? Number.NaN).toPrecision(4),
  ]);
  return {
    title: 'Result on the test set',
    table: { columns: ['model', metric], rows: [...rows, [`baseline: ${meaning}`, baseline.toPrecision(4)]] },
  };
}
