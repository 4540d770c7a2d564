import { type FigureGridPanel, figureGrid, type LineSeries, spectrum } from '@hurwitz/figures';
import type { MeasuredSpectrum } from './measure.js';

export interface NamedSpectrum {
  name: string;
  title: string;
  measured: MeasuredSpectrum;
}

/** Curves in a panel of the convergence: more would not be told apart. */
const curves = 6;

/** Every spectrum as exponents against their rank, with standard errors; directions that are lost have no point. */
export async function spectrumFigure(spectra: readonly NamedSpectrum[]): Promise<string> {
  const series = spectra.map(({ name, measured }) => {
    const shown = measured.exponents.filter(Number.isFinite);
    const errors = measured.standardError.slice(0, shown.length);
    return {
      name: spectra.length === 1 ? '' : name,
      values: shown,
      ...(errors.every(Number.isFinite) && { errors }),
    };
  });
  return spectrum({
    series: series.filter(({ values }) => values.length > 0),
    title: 'Lyapunov spectrum',
    subtitle: spectra.length === 1 ? spectra[0]!.title : 'one colour a model',
    yLabel: 'exponent (nats per step)',
  });
}

/** Some exponents as they stood after each step, one panel a model. */
export async function convergenceFigure(spectra: readonly NamedSpectrum[]): Promise<string> {
  const panels = spectra.map(({ title, measured }): FigureGridPanel => {
    const { warmup, inputs } = measured;
    return {
      lineChart: {
        title: `Convergence: ${title}`,
        subtitle: `mean over ${measured.sequences} of ${inputs}, after ${warmup} steps of warm-up`,
        series: convergenceSeries(measured),
        xLabel: 'steps',
        yLabel: 'exponent (nats per step)',
        references: [{ y: 0 }],
      },
    };
  });
  return figureGrid({ panels, columns: 1, width: 760 });
}

/** The leading exponents, and evenly spread ones down to the last. */
function convergenceSeries({ exponents, history, historySteps }: MeasuredSpectrum): LineSeries[] {
  const known = exponents.flatMap((value, j) => (Number.isFinite(value) ? [j] : []));
  const picked = [
    ...new Set(Array.from({ length: curves }, (_, i) => Math.round((i * (known.length - 1)) / (curves - 1)))),
  ];
  return picked.map((at) => {
    const j = known[at]!;
    const rows = history.flatMap((row, i) => (Number.isFinite(row[j]!) ? [i] : []));
    return { name: `λ${j + 1}`, x: rows.map((i) => historySteps[i]!), y: rows.map((i) => history[i]![j]!) };
  });
}
