import { type FigureGridPanel, figureGrid } from '@hurwitz/figures';
import type { MetricsEntry, Section } from '@hurwitz/training';
import { stabilityCurves } from '@hurwitz/training';

/** How A and W went from epoch to epoch, one panel a figure, one colour a stage; nothing for cells without them. */
export async function stabilitySections(entries: MetricsEntry[]): Promise<Section[]> {
  const panels = Object.entries(stabilityCurves).flatMap(([key, label]) => panelsOf(entries, key, label));
  if (panels.length === 0) return [];
  return [
    {
      title: 'Stability during training',
      text: describe(entries),
      figures: [{ name: 'stability', svg: await figureGrid({ panels, columns: 2, width: 900 }) }],
    },
  ];
}

function panelsOf(entries: MetricsEntry[], key: string, label: string): FigureGridPanel[] {
  const known = entries.filter((entry) => typeof entry[key] === 'number');
  if (known.length === 0) return [];
  const stages = [...new Set(known.map(({ stage }) => stage))];
  const series = stages.map((stage) => {
    const own = known.filter((entry) => entry.stage === stage);
    return {
      name: stage,
      x: own.map(({ epoch }) => epoch + 1),
      y: own.map((entry) => entry[key] as number),
    };
  });
  return [{ lineChart: { title: label, series, xLabel: 'epoch', references: [{ y: 0 }] } }];
}

function describe(entries: MetricsEntry[]): string {
  const what =
    'A and W of dh/dt = A h + σ(W h + U x + b) after each epoch; A_sym is the symmetric part of A. All are per unit of time.';
  const last = entries.at(-1);
  if (last?.['theorem1_a'] === undefined) return what;
  const stages = [...new Set(entries.map(({ stage }) => stage))];
  const outcomes = stages.map((stage) => {
    const of = entries.filter((entry) => entry.stage === stage).at(-1) as MetricsEntry;
    const name = stages.length > 1 ? `${stage}: ` : '';
    return `${name}the premise ${of['theorem1_premise']}, (a) ${of['theorem1_a']}, (b) ${of['theorem1_b']}`;
  });
  return (
    `${what} Theorem 1 proves global exponential stability when its premise and (a) or (b) hold; a margin above 0 means that a ` +
    `condition holds. After the last epoch: ${outcomes.join('; ')}. “hurwitz analyse” says the same of the saved model, and more.`
  );
}
