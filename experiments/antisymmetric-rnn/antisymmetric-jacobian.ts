import { antisymmetricRNN, lstm, tangentSystem } from '@hurwitz/cells';
import { type FigureGridPanel, figureGrid } from '@hurwitz/figures';
import { endToEndJacobian } from '@hurwitz/stability';
import type { layers } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { markdownTable } from '../ledger/ledger.js';
import type { Experiment, Part, PartResult } from '../runner/experiment.js';
import { normals } from '../shared/normals.js';
import { count, counts, nonnegative, positive } from '../shared/settings.js';

const schema = z.strictObject({
  units: count,
  epsilon: positive,
  gammas: z.array(nonnegative).min(1),
  lengths: counts,
});
type Settings = z.infer<typeof schema>;

/** A layer along one sequence; `gamma` is null for the LSTM. */
interface LayerPart extends Part {
  readonly gamma: number | null;
  readonly settings: Settings;
  readonly seed: number;
}

/** Of the moduli of the eigenvalues of ∂h_T/∂h_1, at each length. */
interface Moments {
  name: string;
  mean: number[];
  deviation: number[];
  /** log10 of the mean. */
  logMean: number[];
}

/** How the end-to-end Jacobian grows or fades with the length, for antisymmetric layers and an LSTM. */
export const antisymmetricJacobian: Experiment<Settings, PartResult<LayerPart, Moments>> = {
  id: 'antisymmetric-jacobian',
  title: 'Eigenvalues of the end-to-end Jacobian against the length (the figure of Chang et al.)',
  paper: 'Chang et al. 2019',
  settings: {
    schema,
    default: { units: 32, epsilon: 0.1, gammas: [0, 0.05, 0.2], lengths: [25, 50, 100, 200, 400] },
  },
  parts: (settings, seed) =>
    [...settings.gammas, null].map((gamma) => ({
      key: gamma === null ? 'lstm' : `gamma-${gamma}`,
      ...{ gamma, settings, seed },
    })),
  compute({ gamma, settings, seed }) {
    const { units, epsilon } = settings;
    return gamma === null
      ? moments('LSTM', lstm({ units, recurrentActivation: 'sigmoid', seed }), { settings, seed })
      : moments(`antisymmetric, γ = ${gamma}`, antisymmetricRNN({ units, epsilon, gamma, seed }), {
          ...{ settings, seed },
        });
  },
  async summarise(results, { settings }) {
    const measured = results.map(({ value }) => value);
    return {
      numbers: { measured },
      figures: [
        {
          svg: await draw(measured, settings),
          caption: 'Mean and standard deviation of the eigenvalue moduli of the end-to-end Jacobian',
        },
      ],
      sizes: [
        { quantity: 'units', paper: 'not given', here: settings.units },
        { quantity: 'lengths T', paper: 'not given', here: settings.lengths.join(', ') },
        { quantity: 'weights', paper: 'not given', here: 'before training' },
      ],
      comparison: measured.map(({ name, mean }) => ({
        quantity: `mean modulus at T = ${settings.lengths.at(-1)}, ${name}`,
        paper:
          name === 'LSTM'
            ? 'vanishes; a curve without numbers'
            : 'near 1 for a small γ, smaller for a larger one; a curve without numbers',
        here: mean.at(-1)!.toPrecision(3),
      })),
      tuned: 'nothing',
      text: text(measured, settings),
    };
  },
};

/** Moments along one sequence of Gaussian noise. */
function moments(
  name: string,
  layer: layers.Layer,
  { settings: { lengths }, seed }: { settings: Settings; seed: number },
): Moments {
  layer.build([null, null, 1]);
  const system = tangentSystem(layer);
  const jacobians: ReturnType<typeof system.jacobian>[] = [];
  let state: ArrayLike<number> = new Float64Array(system.stateSize);
  for (const input of normals([Math.max(...lengths), 1], seed)) {
    jacobians.push(system.jacobian(state, input));
    state = system.step(state, input);
  }
  for (const weight of layer.weights) weight.dispose();
  const all = lengths.map((length) => endToEndJacobian(jacobians.slice(1, length)));
  return {
    name,
    mean: all.map(({ meanModulus }) => meanModulus),
    deviation: all.map(({ stdModulus }) => stdModulus),
    logMean: all.map(({ logMeanModulus }) => logMeanModulus / Math.LN10),
  };
}

function draw(measured: Moments[], { units, epsilon, lengths }: Settings): Promise<string> {
  const common = {
    subtitle: `${units} units, ε = ${epsilon}, initial weights, noise input`,
    xLabel: 'length T',
  };
  const moduli: FigureGridPanel = {
    lineChart: {
      ...common,
      title: 'Mean ± standard deviation of |λ(∂h_T/∂h_1)|',
      yLabel: 'modulus',
      references: [{ y: 1 }],
      series: measured
        .filter(({ name }) => name !== 'LSTM')
        .map(({ name, mean, deviation }) => ({
          ...{ name, x: lengths, y: mean, points: true },
          // A modulus is not negative.
          low: mean.map((value, i) => Math.max(0, value - deviation[i]!)),
          high: mean.map((value, i) => value + deviation[i]!),
        })),
    },
  };
  const logarithms: FigureGridPanel = {
    lineChart: {
      ...common,
      title: 'The mean, and an LSTM’s',
      yLabel: 'modulus, log₁₀',
      series: measured.map(({ name, logMean }) => ({ name, x: lengths, y: logMean, points: true })),
    },
  };
  return figureGrid({ columns: 2, width: 900, panels: [moduli, logarithms] });
}

function text(measured: Moments[], { units, epsilon, lengths }: Settings): string {
  const rows = measured.map(({ name, mean, deviation }) => [
    name,
    ...mean.map((value, i) => `${value.toPrecision(3)} ± ${deviation[i]!.toPrecision(2)}`),
  ]);
  return `
Mean ± standard deviation of the eigenvalue moduli of ∂h_T/∂h_1: ${units} units, ε = ${epsilon}, weights before training, one sequence of
Gaussian noise. The paper does not say which lengths, constants or weights it took; these are ours.

${markdownTable(['T', ...lengths.map(String)], rows)}`;
}
