import { type FigureGridPanel, figureGrid } from '@hurwitz/figures';
import type { MetricsEntry, Section } from '@hurwitz/training';
import { spectrumCurves } from '@hurwitz/training';

/** The largest and the mean exponent from epoch to epoch, one colour a stage; nothing where none were measured. */
export async function spectrumSections(entries: MetricsEntry[]): Promise<Section[]> {
  const panels = Object.entries(spectrumCurves).flatMap(([key, label]) => panelsOf(entries, key, label));
  if (panels.length === 0) return [];
  return [
    {
      title: 'Lyapunov exponents during training',
      text:
        'Of the recurrent state along test sequences, after an epoch, in nats per step: how fast small differences grow (above 0) ' +
        'or die out over the steps of these sequences, in the direction that grows most and on average over all. “hurwitz spectrum” ' +
        'gives the whole spectrum, and says whether it has settled.',
      figures: [{ name: 'exponents', svg: await figureGrid({ panels, columns: 2, width: 900 }) }],
    },
  ];
}

function panelsOf(entries: MetricsEntry[], key: string, title: string): FigureGridPanel[] {
  const known = entries.filter((entry) => typeof entry[key] === 'number');
  if (known.length === 0) return [];
  const series = [...new Set(known.map(({ stage }) => stage))].map((stage) => {
    const own = known.filter((entry) => entry.stage === stage);
    return {
      name: stage,
      x: own.map(({ epoch }) => epoch + 1),
      y: own.map((entry) => entry[key] as number),
      points: true,
    };
  });
  const references = key === 'lyapunov_max' ? [{ y: 0 }] : [];
  return [{ lineChart: { title, series, xLabel: 'epoch', yLabel: 'nats per step', references } }];
}
