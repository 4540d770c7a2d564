import { figureGrid, type TrainingSeries } from '@hurwitz/figures';
import type { MetricsEntry } from '../run/metrics-log.js';
import type { Section } from '../tasks/task.js';
import { spectrumCurves } from '../training/spectrum-metrics.js';
import { isStabilityMetric } from '../training/stability-metrics.js';

const units: Record<string, string> = {
  loss: 'loss',
  accuracy: 'accuracy',
  mse: 'mean squared error',
  perplexity: 'perplexity',
  contraction_factor: 'contraction factor',
};

/** How each metric went from epoch to epoch, one panel a metric, one colour a stage. */
export async function trainingSection(entries: MetricsEntry[]): Promise<Section> {
  const names = Object.keys(entries[0] ?? {}).filter(
    (name) =>
      !['step', 'stage', 'epoch'].includes(name) && !isStabilityMetric(name) && !(name in spectrumCurves),
  );
  const metrics = [...new Set(names.map((name) => name.replace(/^(validation|test)_/, '')))];
  const stages = [...new Set(entries.map(({ stage }) => stage))];
  const panels = metrics.map((metric) => ({
    trainingCurves: {
      series: stages.flatMap((stage) => seriesOf(entries, stage, metric)),
      best: 'none' as const,
      yLabel: units[metric] ?? metric,
      yScale: metric === 'accuracy' ? ('linear' as const) : ('log' as const),
    },
  }));
  if (entries.length === 0) return { title: 'Training', text: 'No epoch has ended yet.' };
  return {
    title: 'Training',
    figures: [{ name: 'training', svg: await figureGrid({ panels, columns: 1 }) }],
  };
}

function seriesOf(entries: MetricsEntry[], stage: string, metric: string): TrainingSeries[] {
  const own = entries.filter((entry) => entry.stage === stage);
  const splits = [
    { key: metric, split: 'train' },
    { key: `validation_${metric}`, split: 'validation' },
    { key: `test_${metric}`, split: 'test' },
  ] as const;
  return splits
    .filter(({ key }) => own.every((entry) => typeof entry[key] === 'number'))
    .map(({ key, split }) => ({
      name: stage,
      split,
      x: own.map(({ epoch }) => epoch + 1),
      y: own.map((entry) => entry[key] as number),
    }));
}
