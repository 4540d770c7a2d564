import { type FigureGridPanel, figureGrid } from '@hurwitz/figures';
import { lyapunovSpectrum } from '@hurwitz/lyapunov';
import type { z } from 'zod';
import { markdownTable } from '../ledger/ledger.js';
import type { Comparison, Experiment, Part, PartResult } from '../runner/experiment.js';
import { count, counts } from '../shared/settings.js';
import { drivenRNN, drivenSchema, drivenSizes } from './driven-rnn.js';

const schema = drivenSchema.extend({ warmup: count, steps: count, qrIntervals: counts });
type Settings = z.infer<typeof schema>;

const precisions = ['float64', 'float32'] as const;

interface EstimatePart extends Part {
  readonly interval: number;
  readonly precision: (typeof precisions)[number];
  readonly settings: Settings;
  readonly seed: number;
}

interface Estimate {
  interval: number;
  precision: (typeof precisions)[number];
  /** [rank], from the largest. */
  exponents: number[];
  resolved: number[];
}

const lengths = { warmup: 200, steps: 200, qrIntervals: [1, 2, 5, 10, 20, 50] };

/** What float32 tangents and long QR intervals do to each exponent. */
export const lyapunovPrecision: Experiment<Settings, PartResult<EstimatePart, Estimate>> = {
  id: 'lyapunov-precision',
  title: 'float32 against float64, by exponent and QR interval (the spurious plateau of Vogt et al.)',
  paper: 'Vogt et al. 2022',
  settings: {
    schema,
    default: { ...drivenSizes.default, ...lengths },
    full: { ...drivenSizes.full, ...lengths },
  },
  parts: (settings, seed) =>
    settings.qrIntervals.flatMap((interval) =>
      precisions.map((precision) => ({
        key: `${precision}-${interval}`,
        ...{ interval, precision, settings, seed },
      })),
    ),
  async compute({ interval, precision, settings, seed }, { once }) {
    const { warmup, steps } = settings;
    const { system, inputs } = await once('network', () =>
      drivenRNN(settings, { steps: warmup + steps, seed }),
    );
    const { exponents, resolved } = lyapunovSpectrum(system, {
      ...{ inputs, warmup, precision },
      ...{ qrInterval: interval, fixedInterval: true },
    });
    return { interval, precision, exponents, resolved };
  },
  async summarise(results, { settings }) {
    const estimates = results.map(({ value }) => value);
    const caption =
      'Spectra in float64 and float32 at six QR intervals, and the distance of each exponent from float64 with QR at every step';
    return {
      numbers: { estimates },
      figures: [{ svg: await draw(estimates), caption }],
      sizes: [{ quantity: 'units', paper: 'not given', here: settings.units }],
      comparison: comparison(estimates),
      tuned: 'nothing',
      text: text(estimates, settings),
    };
  },
};

const of = (estimates: Estimate[], precision: Estimate['precision']): Estimate[] =>
  estimates.filter((estimate) => estimate.precision === precision);

const intervalName = (interval: number): string =>
  interval === 1 ? 'every step' : `every ${interval} steps`;

/** |exponent - that in float64 with QR at every step|, by rank. */
const distances = (estimates: Estimate[], { exponents }: Estimate): number[] =>
  exponents.map((value, i) => Math.abs(value - estimates[0]!.exponents[i]!));

/** What a logarithmic axis shows of an exact agreement. */
const FLOOR = 1e-16;

function draw(estimates: Estimate[]): Promise<string> {
  const units = estimates[0]!.exponents.length;
  const lines = (precision: Estimate['precision'], valuesOf: (estimate: Estimate) => number[]) =>
    of(estimates, precision).map((estimate) => ({
      name: intervalName(estimate.interval),
      x: estimate.exponents.map((_, i) => i + 1),
      y: valuesOf(estimate),
    }));
  const axes = { xLabel: 'rank', yLabel: 'nats per step', xDomain: [0, units] as [number, number] };
  const lowest = Math.floor(Math.min(...estimates[0]!.exponents));
  const spectra = precisions.map(
    (precision): FigureGridPanel => ({
      lineChart: {
        ...axes,
        title: `Exponents, tangents in ${precision}`,
        yDomain: [lowest, 1],
        series: lines(precision, ({ exponents }) => exponents),
      },
    }),
  );
  const errors = precisions.map(
    (precision): FigureGridPanel => ({
      lineChart: {
        ...axes,
        title: `${precision}: distance from float64 with QR at every step`,
        yScale: 'log',
        yDomain: [FLOOR, 100],
        series: lines(precision, (estimate) =>
          distances(estimates, estimate).map((value) => Math.max(value, FLOOR)),
        ),
      },
    }),
  );
  return figureGrid({
    title: 'QR at every step and at longer intervals, with tangents of both precisions',
    columns: 2,
    width: 960,
    panels: [...spectra, ...errors],
  });
}

function comparison(estimates: Estimate[]): Comparison[] {
  return of(estimates, 'float32').map((estimate) => {
    const units = estimate.exponents.length;
    const wrong = distances(estimates, estimate).findIndex((value) => value > 0.01);
    return {
      quantity: `float32, QR ${intervalName(estimate.interval)}: leading exponents within 0.01 of float64`,
      paper: 'a plateau at high indices, earlier the longer the interval; no numbers',
      here: `${wrong < 0 ? units : wrong} of ${units}`,
    };
  });
}

function text(estimates: Estimate[], { units, gain, inputSequences, warmup, steps }: Settings): string {
  const ranks = [1, units / 4, units / 2, (3 * units) / 4, units];
  const show = (value: number): string => (value === 0 ? '0' : value.toExponential(0));
  const rows = estimates.map((estimate) => {
    const distance = distances(estimates, estimate);
    const { interval, precision, resolved } = estimate;
    return [
      interval,
      precision,
      ...ranks.map((rank) => show(distance[rank - 1]!)),
      resolved.filter((share) => share === 1).length,
    ];
  });
  const everyStep = estimates.find(({ precision }) => precision === 'float32')!;
  const worst = Math.max(...distances(estimates, everyStep));
  return `
The driven tanh network of figure 1 with ${units} units and g = ${gain}, ${inputSequences} Gaussian input sequences, ${steps} steps after ${warmup} of warm-up; nats per
step. States are in float64 in both, tangents in the precision that is named.

Distance of an exponent from its value in float64 with QR at every step, by rank, and how many exponents were above rounding at every factorisation (\`resolved\`):

${markdownTable(['QR interval', 'tangents', ...ranks.map((rank) => `rank ${rank}`), `resolved of ${units}`], rows)}

With QR at every step float32 is within ${show(worst)} of float64 for every exponent (they reach from ${estimates[0]!.exponents[0]!.toFixed(2)} to ${estimates[0]!.exponents.at(-1)!.toFixed(2)}). One
factorisation can tell growths apart over about log(1/ε) nats: 36 in float64, 16 in float32. An interval of k steps divides that by k, and what lies
lower is replaced by the growth of rounding errors: the plateau at high indices, which the paper calls spurious, begins earlier the longer the interval and
the fewer the bits. \`resolved\` below 1 marks the others.`;
}
