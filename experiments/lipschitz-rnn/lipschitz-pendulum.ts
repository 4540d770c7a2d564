import { join } from 'node:path';
import type { LipschitzRNN } from '@hurwitz/cells';
import { rk4 } from '@hurwitz/integrators';
import { checkTheorem1, type Equilibrium, findEquilibria, flowField } from '@hurwitz/stability';
import {
  configVersion,
  defaultsOf,
  distances,
  drawnTime,
  loadModel,
  pendulumFields,
  pendulumStarts,
  type Regime,
  regimes,
  trajectory,
  validateConfig,
} from '@hurwitz/training';
import { z } from 'zod';
import { markdownTable } from '../ledger/ledger.js';
import type { Comparison, Experiment, Part, PartResult } from '../runner/experiment.js';
import { count } from '../shared/settings.js';
import { trainedRun } from '../shared/trained-run.js';

const schema = z.strictObject({
  epochs: count,
  /** Steps of the pendulum that a state is trained to follow. */
  length: count,
});
type Settings = z.infer<typeof schema>;

/** A network of one β and γ. */
interface RegimePart extends Part {
  readonly name: string;
  readonly settings: Settings;
  readonly seed: number;
}

/** The trained network, dh/dt = A h + tanh(W h + drive). */
interface Trained {
  name: string;
  A: number[][];
  W: number[][];
  drive: number[];
  /** Mean squared error on the test pendulums. */
  mse: number;
}

/** Four networks of two units that learned the same pendulum, as vector fields. */
export const lipschitzPendulum: Experiment<Settings, PartResult<RegimePart, Trained>> = {
  id: 'lipschitz-pendulum',
  title: 'Vector fields of four networks that learned a pendulum (the vector fields of Erichson et al.)',
  paper: 'Erichson et al. 2021',
  settings: { schema, default: { epochs: 10, length: 20 } },
  parts: (settings, seed) => regimes.map(({ name }) => ({ key: name, name, settings, seed })),
  async compute({ key, name, settings, seed }, context) {
    const config = configOf(settings, seed);
    const stage = regimes.findIndex((regime) => regime.name === name);
    const { results } = await trainedRun(config, { key, context, stage });
    const model = await loadModel(join(context.workFolder, key, 'models', name));
    const layer = model.getLayer(name) as LipschitzRNN;
    const { A, W } = layer.cell.systemMatrices();
    const bias = layer.weights.find(({ originalName }) => originalName.endsWith('bias'))!.read();
    const trained = {
      ...{ name, A: A.arraySync(), W: W.arraySync(), drive: Array.from(bias.dataSync()) },
      mse: results[name]!['mse']!,
    };
    for (const each of [A, W, model]) each.dispose();
    return trained;
  },
  async summarise(results, { settings }) {
    const found = results.map(({ value }) => portrait(value));
    return {
      numbers: {
        regimes: found.map(({ trained, equilibria, distance }) => ({ ...trained, equilibria, distance })),
      },
      figures: [
        {
          svg: await pendulumFields(found),
          caption:
            'Vector fields of four trained networks of two units, with trajectories and equilibria: one unstable, two that come to rest, one that swings on',
        },
      ],
      sizes: [
        { quantity: 'epochs', paper: 'not given', here: settings.epochs },
        { quantity: 'steps of a training sequence', paper: 'not given', here: settings.length },
      ],
      comparison: found.map(comparison),
      tuned: 'nothing',
      text: text(found, settings),
    };
  },
};

function configOf({ epochs, length }: Settings, seed: number) {
  const task = 'pendulum';
  return validateConfig({ ...defaultsOf(task), version: configVersion, task, epochs, length, seed });
}

/** Step between two states of a trajectory, as in training, and how long it is followed. */
const epsilon = 0.1;
const followedTime = 100;

interface Portrait extends Regime {
  trained: Trained;
  field: (h: ArrayLike<number>) => number[];
  trajectories: Float64Array[][];
  equilibria: Equilibrium[];
  /** From the first equilibrium, of the first start and of where it is after `followedTime`. */
  distance: [start: number, end: number];
  theorem1: string;
}

function portrait(trained: Trained): Portrait {
  const { A, W, drive } = trained;
  const field = flowField({ A, W, drive });
  const { equilibria } = findEquilibria({ A, W, drive });
  const flow = { field, tableau: rk4, epsilon };
  const followed = trajectory(flow, pendulumStarts[0], followedTime);
  const away = distances(followed, equilibria[0]?.equilibrium ?? [0, 0]);
  return {
    ...regimes.find(({ name }) => name === trained.name)!,
    ...{ trained, field, equilibria },
    trajectories: pendulumStarts.map((start) => trajectory(flow, start, drawnTime)),
    distance: [away[0]!, away.at(-1)!],
    theorem1: checkTheorem1({ A, W }).verdict,
  };
}

/** What the paper says of its four panels. */
const paperSays: Record<string, string> = {
  unstable: 'unstable',
  'slow-focus': 'asymptotically stable: all trajectories are attracted by an equilibrium',
  'fast-focus': 'asymptotically stable: all trajectories are attracted by an equilibrium',
  skew: 'stable, without an attracting equilibrium',
};

const kinds = ({ equilibria }: Portrait): string =>
  equilibria.map(({ classification }) => classification).join(', ') || 'none found';

const factor = ({ distance: [start, end] }: Portrait): string => (end / start).toPrecision(3);

function comparison(found: Portrait): Comparison {
  const { name, beta, gamma } = found;
  return {
    quantity: `β = ${beta}, γ = ${gamma}`,
    paper: paperSays[name]!,
    here: `equilibrium: ${kinds(found)}; distance from it × ${factor(found)} after ${followedTime} units of time`,
  };
}

function text(found: Portrait[], { epochs, length }: Settings): string {
  const rows = found.map((each) => {
    const { title, beta, gamma, trained, theorem1, equilibria } = each;
    const eigenvalues = (equilibria[0]?.eigenvalues ?? [])
      .filter(({ im }) => im >= 0)
      .map(({ re, im }) => (im === 0 ? re.toFixed(4) : `${re.toFixed(4)} ± ${im.toFixed(4)}i`));
    return [
      ...[title, beta, gamma, trained.mse.toPrecision(3), kinds(each)],
      ...[eigenvalues.join(', '), factor(each), theorem1],
    ];
  });
  const header = [
    ...['regime', 'β', 'γ', 'test error', 'equilibrium', 'eigenvalues there'],
    ...[`distance after ${followedTime}`, 'Theorem 1'],
  ];
  return `
\`hurwitz train pendulum\`: Lipschitz RNNs of two units, angle and angular velocity, trained for ${epochs} epochs to follow a frictionless pendulum for
${length} steps of ${epsilon} by the classical Runge–Kutta scheme. All four see the same pendulums; only β and γ differ. Time is in √(l/g).

${markdownTable(header, rows)}

"Distance" is the factor by which a trajectory from angle ${pendulumStarts[0][0]}, at rest, has moved away from the equilibrium. With γ = 0 the flow
neither gains nor loses area anywhere, so no equilibrium attracts. The paper gives neither its sizes nor its β and γ; these are ours.`;
}
