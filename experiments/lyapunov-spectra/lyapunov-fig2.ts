import { type FigureGridPanel, figureGrid, type LineSeries } from '@hurwitz/figures';
import { lyapunovSpectrum, lyapunovStepper, type NetworkSystem } from '@hurwitz/lyapunov';
import { z } from 'zod';
import { markdownTable } from '../ledger/ledger.js';
import {
  type Comparison,
  type Experiment,
  type Part,
  type PartResult,
  valuesOf,
} from '../runner/experiment.js';
import { count, counts } from '../shared/settings.js';
import { drivenRNN, drivenSchema, drivenSizes } from './driven-rnn.js';

const schema = drivenSchema.extend({
  /** Of the estimate that is drawn over time. */
  steps: count,
  /** Of the estimate that the others are compared with, after a warm-up. */
  reference: z.strictObject({ warmup: count, steps: count }),
  warmups: z.array(z.strictObject({ steps: z.int().nonnegative(), factorised: z.boolean() })),
  qrIntervals: counts,
  /** Counted steps of the estimates that are compared. */
  compared: count,
});
type Settings = z.infer<typeof schema>;

/** An estimate of the spectrum of one network, taken in one way. */
type EstimatePart<Kind extends string, Way = unknown> = Part &
  Way & { readonly kind: Kind; readonly settings: Settings; readonly seed: number };
type Warmup = Settings['warmups'][number];

type Result =
  | PartResult<EstimatePart<'over-time'>, OverTime>
  | PartResult<EstimatePart<'reference'>, Spectrum>
  | PartResult<EstimatePart<'warmup', Warmup>, number[][]>
  | PartResult<EstimatePart<'interval', { interval: number }>, IntervalEstimate>;

interface OverTime {
  /** [step][exponent], each step's from the largest. */
  exponents: number[][];
  standardError: number[][];
}

interface Spectrum {
  exponents: number[];
  standardError: number[];
}

interface IntervalEstimate {
  interval: number;
  exponents: number[];
  resolved: number[];
  seconds: number;
}

interface Measured extends OverTime {
  reference: Spectrum;
  /** Mean |exponent - reference| over the spectrum after each step. */
  warmups: (Warmup & { distance: number[] })[];
  intervals: IntervalEstimate[];
}

const estimates = {
  steps: 100,
  warmups: [
    { steps: 0, factorised: true },
    { steps: 20, factorised: true },
    { steps: 100, factorised: true },
    { steps: 20, factorised: false },
    { steps: 100, factorised: false },
  ],
  qrIntervals: [1, 5, 10, 20, 50],
  compared: 200,
};

/** How the estimate of a spectrum converges, and what warm-up and QR interval do to it. */
export const lyapunovFig2: Experiment<Settings, Result> = {
  id: 'lyapunov-fig2',
  title: 'Convergence of the estimate of a spectrum (figure 2 of Vogt et al.)',
  paper: 'Vogt et al. 2022',
  settings: {
    schema,
    default: { ...drivenSizes.default, ...estimates, reference: { warmup: 200, steps: 1000 } },
    full: { ...drivenSizes.full, ...estimates, reference: { warmup: 200, steps: 5000 } },
  },
  parts: (settings, seed) => [
    { key: 'course', kind: 'over-time', settings, seed },
    { key: 'reference', kind: 'reference', settings, seed },
    ...settings.warmups.map(({ steps, factorised }) => ({
      key: `warmup-${steps}-${factorised ? 'qr' : 'plain'}`,
      ...{ kind: 'warmup' as const, steps, factorised, settings, seed },
    })),
    ...settings.qrIntervals.map((interval) => ({
      key: `interval-${interval}`,
      ...{ kind: 'interval' as const, interval, settings, seed },
    })),
  ],
  async compute(part, { once }) {
    const { settings, seed } = part;
    const { reference, compared } = settings;
    const { system, inputs } = await once('network', () =>
      drivenRNN(settings, { steps: reference.warmup + reference.steps, seed }),
    );
    const first = (steps: number): number[][][] => inputs.map((each) => each.slice(0, steps));
    switch (part.kind) {
      case 'over-time':
        return overTime(system, first(settings.steps));
      case 'reference': {
        const { exponents, standardError } = lyapunovSpectrum(system, { inputs, warmup: reference.warmup });
        return { exponents, standardError };
      }
      case 'warmup': {
        const { steps, factorised } = part;
        const options = { inputs: first(steps + compared), warmup: steps, warmupQR: factorised };
        return lyapunovSpectrum(system, options).history;
      }
      case 'interval': {
        const { interval } = part;
        const start = performance.now();
        const { exponents, resolved } = lyapunovSpectrum(system, {
          inputs: first(reference.warmup + compared),
          warmup: reference.warmup,
          qrInterval: interval,
          fixedInterval: true,
        });
        return { interval, exponents, resolved, seconds: (performance.now() - start) / 1000 };
      }
    }
  },
  async summarise(results, { settings }) {
    const [overTime] = valuesOf(results, 'over-time');
    const [reference] = valuesOf(results, 'reference');
    const histories = valuesOf(results, 'warmup');
    const measured: Measured = {
      ...overTime!,
      reference: reference!,
      warmups: settings.warmups.map((warmup, i) => ({
        ...warmup,
        distance: histories[i]!.map((row) => meanDistance(row, reference!.exponents)),
      })),
      intervals: valuesOf(results, 'interval'),
    };
    const caption = 'Exponents over time, the mean spectrum, and the effects of warm-up and QR interval';
    return {
      numbers: measured,
      figures: [{ svg: await draw(measured, settings), caption }],
      sizes: sizes(settings),
      comparison: comparison(measured, settings),
      tuned: 'nothing',
      text: text(measured, settings),
    };
  },
};

/** The estimate and its standard error after every step, from the state zero and without warm-up. */
function overTime(system: NetworkSystem, inputs: number[][][]): OverTime {
  const stepper = lyapunovStepper(system, { batch: inputs.length });
  const estimates = inputs[0]!.map((_, t) => stepper.push(inputs.map((each) => each[t]!)).estimate());
  return {
    exponents: estimates.map(({ exponents }) => exponents),
    standardError: estimates.map(({ standardError }) => standardError),
  };
}

const meanDistance = (a: number[], b: number[]): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;

const farthest = (a: number[], b: number[]): number =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

/** The palette's near-black, for curves whose order already says which is which. */
const dark = 5;

const warmupName = ({ steps, factorised }: { steps: number; factorised: boolean }): string =>
  steps === 0 ? 'no warm-up' : `${steps} steps ${factorised ? 'with' : 'without'} QR`;

/** Ranks that are drawn over time: the first, the last, and four between. */
const drawnRanks = (units: number): number[] => [1, units / 8, units / 4, units / 2, (3 * units) / 4, units];

function draw(measured: Measured, { units, steps, inputSequences }: Settings): Promise<string> {
  const overSteps = drawnRanks(units).map((rank): LineSeries => {
    const at = (side: number): number[] =>
      measured.exponents.map((row, t) => row[rank - 1]! + side * measured.standardError[t]![rank - 1]!);
    const x = stepsOf(measured.exponents);
    return { name: '', x, y: at(0), low: at(-1), high: at(1), colour: dark };
  });
  const panels: FigureGridPanel[] = [
    {
      lineChart: {
        title: `Exponents ${drawnRanks(units).join(', ')} over time`,
        subtitle: 'from the top; ± standard error',
        xLabel: 'steps',
        yLabel: 'nats per step',
        series: overSteps,
      },
    },
    {
      spectrum: {
        title: `After ${steps} steps, ± standard deviation over inputs`,
        yLabel: 'nats per step',
        series: [
          {
            name: '',
            colour: dark,
            values: measured.exponents.at(-1)!,
            errors: measured.standardError.at(-1)!.map((error) => error * Math.sqrt(inputSequences)),
          },
        ],
      },
    },
    {
      lineChart: {
        title: 'Warm-up: mean distance from the reference',
        xLabel: 'counted steps',
        yLabel: 'nats per step',
        xScale: 'log',
        yScale: 'log',
        series: measured.warmups.map((each) => ({
          name: warmupName(each),
          x: stepsOf(each.distance),
          y: each.distance,
          line: each.factorised ? 'solid' : 'dashed',
        })),
      },
    },
    {
      spectrum: {
        title: 'QR interval: the spurious plateau',
        yLabel: 'nats per step',
        series: measured.intervals.map(({ interval, exponents }) => ({
          name: `every ${interval === 1 ? 'step' : `${interval} steps`}`,
          values: exponents,
        })),
      },
    },
  ];
  return figureGrid({ title: 'Convergence of a Lyapunov spectrum', columns: 2, width: 960, panels });
}

const stepsOf = (rows: readonly unknown[]): number[] => rows.map((_, i) => i + 1);

function sizes({ units, inputSequences, steps }: Settings): Comparison[] {
  return [
    { quantity: 'network', paper: 'not given', here: `driven tanh network of ${units} units` },
    { quantity: 'steps counted', paper: 100, here: steps },
    { quantity: 'input sequences', paper: 10, here: inputSequences },
  ];
}

const plateaus = ({ intervals }: Measured): number[] =>
  intervals
    .filter(({ exponents }) => farthest(exponents, intervals[0]!.exponents) > 0.1)
    .map(({ interval }) => interval);

const speedUp = ({ intervals }: Measured): number =>
  Math.max(...intervals.map(({ seconds }) => intervals[0]!.seconds / seconds));

function comparison(measured: Measured, { steps }: Settings): Comparison[] {
  const half = measured.exponents[Math.floor(steps / 2) - 1]!;
  return [
    {
      quantity: `change of the estimate by step ${steps}`,
      paper: 'little, for every exponent',
      here: `at most ${farthest(measured.exponents.at(-1)!, half).toFixed(3)} nats per step from step ${steps / 2} on`,
    },
    {
      quantity: 'spurious plateau at high indices',
      paper: 'from long QR intervals on',
      here: `QR every ${plateaus(measured).join(', ') || 'none of these'} steps`,
    },
    {
      quantity: 'speed-up by QR at longer intervals',
      paper: 'about the interval',
      here: `${speedUp(measured).toFixed(1)} at best`,
    },
  ];
}

function text(measured: Measured, settings: Settings): string {
  const { units, gain, inputSequences, steps, reference, compared } = settings;
  const { exponents, standardError } = measured;
  const show = (value: number): string => value.toFixed(3);
  const ranks = drawnRanks(units).map((rank) => {
    const half = exponents[Math.floor(steps / 2) - 1]![rank - 1]!;
    const end = exponents.at(-1)![rank - 1]!;
    return [
      rank,
      show(half),
      `${show(end)} ± ${show(standardError.at(-1)![rank - 1]!)}`,
      `${show(measured.reference.exponents[rank - 1]!)} ± ${show(measured.reference.standardError[rank - 1]!)}`,
    ];
  });
  const warmups = measured.warmups.map((each) => [
    warmupName(each),
    ...[10, 50, compared].map((step) => show(each.distance[step - 1]!)),
  ]);
  const every = measured.intervals[0]!;
  const intervals = measured.intervals.map(({ interval, exponents, resolved, seconds }) => {
    return [
      interval,
      show(Math.abs(exponents[0]! - every.exponents[0]!)),
      show(farthest(exponents, every.exponents)),
      resolved.filter((share) => share === 1).length,
      `${(every.seconds / seconds).toFixed(1)}`,
    ];
  });
  const firstMoved = Math.max(
    ...measured.intervals.map(({ exponents }) => Math.abs(exponents[0]! - every.exponents[0]!)),
  );
  return `
The driven tanh network of figure 1 with ${units} units and g = ${gain}, ${inputSequences} Gaussian input sequences, from the state zero; nats per
step. The paper shows an example without saying of which network.

Exponents after ${steps / 2} and ${steps} steps without warm-up, ± standard error, and the reference: ${reference.steps} steps after ${reference.warmup} of warm-up.

${markdownTable(['rank', `${steps / 2} steps`, `${steps} steps`, 'reference'], ranks)}

The paper reads off that each exponent changes little by 100 steps. From step ${steps / 2} to ${steps} the largest change is
${show(farthest(exponents.at(-1)!, exponents[Math.floor(steps / 2) - 1]!))}, and the mean distance from the reference at ${steps} is ${show(meanDistance(exponents.at(-1)!, measured.reference.exponents))}. The standard error is over the inputs; it
does not cover what all trajectories share, the start.

Mean distance from the reference after so many counted steps:

${markdownTable(['warm-up', '10', '50', String(compared)], warmups)}

QR every so many steps, ${compared} steps after ${reference.warmup} of warm-up, in float64: distance from QR at every step for the first exponent and
at most, how many exponents were above rounding throughout, and the speed (one run, on a machine that did other work too).

${markdownTable(['interval', 'first', 'at most', `resolved of ${units}`, 'speed'], intervals)}

The spurious plateau at high indices that the paper names is there at intervals of ${plateaus(measured).join(', ') || 'none of these lengths'}; the first
exponent moves by ${firstMoved.toExponential(0)} at most. The paper expects a speed-up of about the interval; measured is ${speedUp(measured).toFixed(1)} at best:
QR is only a part of what a step costs.`;
}
