import { type FigureGridPanel, figureGrid } from '@hurwitz/figures';
import { entropyBound, kaplanYorkeDimension, lyapunovSpectrum } from '@hurwitz/lyapunov';
import { z } from 'zod';
import { markdownTable } from '../ledger/ledger.js';
import type { Comparison, Experiment, Part, PartResult } from '../runner/experiment.js';
import { normals } from '../shared/normals.js';
import { count, positive } from '../shared/settings.js';
import { drivenRNN } from './driven-rnn.js';

const schema = z.strictObject({
  units: count,
  gains: z.array(positive).min(1),
  inputSequences: count,
  /** Of the states before the first step, for each input sequence. */
  initialStates: count,
  warmup: count,
  steps: count,
  /** Steps of the drawn trajectories, from the first. */
  drawn: count,
});
type Settings = z.infer<typeof schema>;

interface GainPart extends Part {
  readonly gain: number;
  readonly settings: Settings;
  readonly seed: number;
}

interface Regime {
  gain: number;
  exponents: number[];
  standardError: number[];
  /** State of unit 1: [input sequence][initial state][time]. */
  trajectories: number[][][];
  /** Largest distance between two trajectories of one input at the end of the counted steps, over √N. */
  spread: number;
}

const trajectories = { gains: [0.5, 2, 10], inputSequences: 2, initialStates: 10, drawn: 40 };

/** Stable, marginal and chaotic dynamics of one driven network. */
export const lyapunovFig1: Experiment<Settings, PartResult<GainPart, Regime>> = {
  id: 'lyapunov-fig1',
  title: 'Three regimes of a driven tanh network (figure 1 of Vogt et al.)',
  paper: 'Vogt et al. 2022',
  settings: {
    schema,
    default: { ...trajectories, units: 128, warmup: 100, steps: 300 },
    full: { ...trajectories, units: 512, warmup: 500, steps: 2000 },
  },
  parts: (settings, seed) =>
    settings.gains.map((gain) => ({ key: `gain-${gain}`, ...{ gain, settings, seed } })),
  compute({ gain, settings, seed }, { progress }) {
    const found = regime(gain, settings, seed);
    progress(`largest exponent ${found.exponents[0]!.toFixed(3)}`);
    return found;
  },
  async summarise(results, { settings }) {
    const regimes = results.map(({ value }) => value);
    const caption = `States of one unit at g = ${settings.gains.join(', ')}, and the Lyapunov spectra`;
    return {
      numbers: { regimes },
      figures: [{ svg: await draw(regimes), caption }],
      sizes: sizes(settings),
      comparison: regimes.map(({ gain, exponents }, i) => ({
        quantity: `regime at g = ${gain}`,
        paper: expected[i]!,
        here: `${regimeName(exponents[0]!)} (largest exponent ${exponents[0]!.toFixed(3)} nats per step)`,
      })),
      tuned: 'the number of units (first 100, then 128)',
      text: text(regimes, settings),
    };
  },
};

/** What the paper calls the dynamics at the three gains. */
const expected = ['stable', 'marginal', 'chaotic'];

function sizes({ units, inputSequences, initialStates, warmup, steps }: Settings): Comparison[] {
  return [
    { quantity: 'units', paper: 'an image that could not be read', here: units },
    {
      quantity: 'input sequences and starts of each',
      paper: 'an image that could not be read',
      here: `${inputSequences} and ${initialStates}`,
    },
    {
      quantity: 'steps after the warm-up',
      paper: 'an image that could not be read',
      here: `${steps} after ${warmup}`,
    },
  ];
}

function regime(gain: number, settings: Settings, seed: number): Regime {
  const { units, initialStates, warmup, steps, drawn } = settings;
  // The same V up to its scale, the same inputs and the same starts at every g.
  const driven = drivenRNN({ ...settings, gain }, { steps: warmup + steps, seed });
  const { system, inputs: streams } = driven;
  const starts = normals([initialStates, units], seed + 500);
  const { exponents, standardError } = lyapunovSpectrum(system, {
    inputs: streams.flatMap((inputs) => starts.map(() => inputs)),
    initialState: streams.flatMap(() => starts),
    warmup,
  });
  const paths = streams.map((inputs) =>
    starts.map((start) => {
      const states = [start];
      for (const input of inputs) states.push(Array.from(system.step(states.at(-1)!, input)));
      return states;
    }),
  );
  const trajectories = paths.map((each) =>
    each.map((states) => states.slice(0, drawn + 1).map((state) => state[0]!)),
  );
  const last = paths.map((each) => each.map((states) => states.at(-1)!));
  const distances = last.flatMap((ends) =>
    ends.flatMap((a) => ends.map((b) => Math.hypot(...a.map((entry, i) => entry - b[i]!)))),
  );
  return { gain, exponents, standardError, trajectories, spread: Math.max(...distances) / Math.sqrt(units) };
}

/** Starts that are drawn for each input; more of them make a block of the chaotic ones. */
const drawnStarts = 4;

function draw(regimes: Regime[]): Promise<string> {
  const states = regimes.map(({ gain, exponents, trajectories }, regime): FigureGridPanel => {
    const series = trajectories.flatMap((starts, input) =>
      starts.slice(0, drawnStarts).map((path, start) => ({
        name: start === 0 ? `input ${input + 1}, ${drawnStarts} starts` : '',
        x: path.map((_, t) => t),
        y: path,
        colour: regime,
        line: input === 0 ? ('solid' as const) : ('dashed' as const),
        thin: start > 0,
      })),
    );
    return {
      lineChart: {
        title: `g = ${gain}: ${regimeName(exponents[0]!)}`,
        ...{ xLabel: 'step', yLabel: 'state of unit 1', yDomain: [-1.1, 1.1], xDomain: [0, 25], series },
      },
    };
  });
  const spectra = (first: number): FigureGridPanel => ({
    spectrum: {
      title: first === Infinity ? 'Lyapunov spectra' : `First ${first} exponents`,
      yLabel: 'nats per step',
      series: regimes.map(({ gain, exponents, standardError }, regime) => ({
        name: `g = ${gain}`,
        colour: regime,
        values: exponents.slice(0, first),
        errors: standardError.slice(0, first),
      })),
    },
  });
  return figureGrid({
    title: 'Three regimes of a driven tanh network',
    columns: 2,
    width: 900,
    panels: [...states, spectra(20), spectra(Infinity)],
  });
}

/** Exponents whose distance from zero is below this are called marginal: memory of ten steps and more. */
const marginal = 0.1;

function regimeName(largest: number): string {
  if (Math.abs(largest) < marginal) return 'marginal';
  return largest < 0 ? 'stable' : 'chaotic';
}

/** The gains whose trajectories have, or have not, come together to rounding. */
function gainsWhere(regimes: Regime[], met: boolean): string {
  const gains = regimes.filter(({ spread }) => spread < 1e-9 === met).map(({ gain }) => gain);
  return gains.length > 0 ? gains.join(', ') : 'none';
}

function text(regimes: Regime[], { units, inputSequences, initialStates, warmup, steps }: Settings): string {
  const found = regimes.map(({ exponents }) => regimeName(exponents[0]!));
  const rows = regimes.map(({ gain, exponents, standardError, spread }, i) => [
    gain,
    `${exponents[0]!.toFixed(3)} ± ${standardError[0]!.toFixed(3)}`,
    (exponents.reduce((sum, each) => sum + each, 0) / units).toFixed(2),
    exponents.filter((each) => each > 0).length,
    kaplanYorkeDimension(exponents).toFixed(1),
    entropyBound(exponents).toFixed(2),
    spread.toPrecision(2),
    found[i]!,
  ]);
  const header = ['g', 'largest exponent', 'mean', 'positive', 'Kaplan–Yorke dimension', 'entropy bound'];
  const agreed = found.every((name, i) => name === expected[i]);
  return `
h⁺ = tanh(V h + x) with ${units} units, entries of V of variance g²/${units}, standard normal inputs to every unit and standard
normal starts: ${inputSequences} input sequences with ${initialStates} starts each, ${warmup} steps of warm-up and ${steps} counted. Nats per step;
± is the standard error over the ${inputSequences * initialStates} trajectories. "Spread" is the largest distance of two trajectories of one input at the end, over √N.

${markdownTable([...header, 'spread', 'regime'], rows)}

${agreed ? 'The regimes are those of the paper' : 'The regimes are not all those of the paper'}. Trajectories of one input from different starts have met at g = ${gainsWhere(regimes, true)},
and not at g = ${gainsWhere(regimes, false)}. "Marginal" means a largest exponent within ${marginal} of zero; its sign at g = 2
depends on the input's variance, which drives the units into saturation.

The paper's numbers of units and steps and its variances are in images that could not be read, and its caption calls V both
Gaussian and orthogonal. Units, variances and lengths are ours.`;
}
