import { figureGrid, type TrainingSeries } from '@hurwitz/figures';
import type { MetricsEntry, Section } from '@hurwitz/training';
import { isStabilityMetric, spectrumCurves } from '@hurwitz/training';

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
  const panels = metrics.flatMap((metric) => {
    const yScale = metric === 'accuracy' ? ('linear' as const) : ('log' as const);
    const series = stages.flatMap((stage) => seriesOf(entries, stage, { metric, yScale }));
    const yLabel = units[metric] ?? metric;
    return series.length === 0 ? [] : [{ trainingCurves: { series, best: 'none' as const, yLabel, yScale } }];
  });
  if (entries.length === 0) return { title: 'Training', text: 'No epoch has ended yet.' };
  if (panels.length === 0) {
    return { title: 'Training', text: 'No metric was a finite number, so there is no curve to draw.' };
  }
  return {
    title: 'Training',
    figures: [{ name: 'training', svg: await figureGrid({ panels, columns: 1 }) }],
  };
}

/** The curves of a metric over the epochs at which it was a number that its axis has. */
function seriesOf(
  entries: MetricsEntry[],
  stage: string,
  { metric, yScale }: { metric: string; yScale: 'linear' | 'log' },
): TrainingSeries[] {
  const own = entries.filter((entry) => entry.stage === stage);
  const splits = [
    { key: metric, split: 'train' },
    { key: `validation_${metric}`, split: 'validation' },
    { key: `test_${metric}`, split: 'test' },
  ] as const;
  return splits.flatMap(({ key, split }) => {
    const shown = own.filter(
      ({ [key]: value }) => typeof value === 'number' && (yScale === 'linear' || value > 0),
    );
    if (shown.length === 0) return [];
    const x = shown.map(({ epoch }) => epoch + 1);
    return [{ name: stage, split, x, y: shown.map((entry) => entry[key] as number) }];
  });
}
