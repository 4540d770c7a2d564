import { figureGrid, lineChart } from '@hurwitz/figures';
import { stabilityBoundary } from '@hurwitz/integrators';
import { largestStableStep } from '@hurwitz/stability';
import { numberText } from '../../number-text.js';
import type { BaseConfig } from '../../options/base-config.js';
import { loadModel } from '../../run/saved-model.js';
import type { Section, TaskResults } from '../task.js';
import { drawnTime, pendulumFields, pendulumStarts } from './fields.js';
import { type Regime, regimes } from './regimes.js';
import { distances, type TrainedSystem, trainedSystem, trajectory } from './trained-system.js';

/** How long a trajectory is followed to tell the regimes apart; at most so many steps. */
const followed = 100;
const mostSteps = 10_000;

interface Portrait extends Regime {
  system: TrainedSystem;
  /** Distances of the trajectory from the first start to the first equilibrium; absent where none was found. */
  distance?: number[];
}

/** The report of the pendulum: phase portraits, spectra, and the numbers that tell the regimes apart. */
export async function pendulumSections(
  config: BaseConfig,
  { folder, results }: TaskResults,
): Promise<Section[]> {
  const portraits: Portrait[] = [];
  for (const regime of regimes) {
    const model = await loadModel(folder.file('models', regime.name));
    const system = trainedSystem(model, regime.name);
    model.dispose();
    const [first] = system.equilibria;
    const states = trajectory(system, pendulumStarts[0], within(followed, config));
    portraits.push({
      ...regime,
      system,
      ...(first !== undefined && { distance: distances(states, first.equilibrium) }),
    });
  }
  return [
    {
      title: 'Vector fields of the hidden states',
      text:
        'Each network has two units, which are the pendulum’s angle and angular velocity. All four were trained on the same frictionless pendulum; ' +
        'only β and γ differ, and they decide what the trained system can do. Rings mark where trajectories start.',
      figures: [{ name: 'vector-fields', svg: await vectorFields(config, portraits) }],
    },
    { title: 'What tells them apart', ...numbersTable(config, portraits, results) },
    ...(await sectionsAtRest(config, portraits)),
  ];
}

/** A duration, cut to `mostSteps` steps. */
const within = (duration: number, { epsilon }: BaseConfig): number => Math.min(duration, mostSteps * epsilon);

/** What needs an equilibrium; nothing where no network has one. */
async function sectionsAtRest(config: BaseConfig, portraits: Portrait[]): Promise<Section[]> {
  const resting = portraits.filter(({ system }) => system.equilibria.length > 0);
  if (resting.length === 0) return [];
  const of = resting.length < portraits.length ? ' that was found' : '';
  return [
    {
      title: 'Distance from the equilibrium',
      text: `A trajectory from angle ${pendulumStarts[0][0]}, at rest, followed for ${numberText(within(followed, config))} units of time √(l/g).`,
      figures: [{ name: 'distance', svg: await distanceChart(config, resting) }],
    },
    {
      title: 'Eigenvalues and the integrator',
      text: `Left, the eigenvalues λ of the Jacobian at each equilibrium${of}. Right, times the step ε = ${config.epsilon}, with the region where ${config.scheme} does not let the linearised system grow.`,
      figures: [{ name: 'eigenvalues', svg: await eigenvalueFigure(config, resting) }],
    },
  ];
}

function vectorFields(config: BaseConfig, portraits: Portrait[]): Promise<string> {
  return pendulumFields(
    portraits.map(({ system, ...regime }) => ({
      ...{ ...regime, field: system.field, equilibria: system.equilibria },
      trajectories: pendulumStarts.map((start) => trajectory(system, start, within(drawnTime, config))),
    })),
  );
}

function numbersTable(
  config: BaseConfig,
  portraits: Portrait[],
  results: TaskResults['results'],
): Pick<Section, 'table' | 'text'> {
  const columns = [
    'regime',
    'β',
    'γ',
    'test MSE',
    'equilibrium',
    'eigenvalues there',
    'it is',
    `distance after ${numberText(within(followed, config))}`,
    'largest stable step there',
    'Theorem 1',
  ];
  const rows = portraits.map(({ name, beta, gamma, system, distance }) => [
    name,
    String(beta),
    String(gamma),
    results[name]?.['mse']?.toPrecision(3) ?? '–',
    ...cellsAtRest(system, distance),
    system.theorem1.verdict,
  ]);
  const counts = portraits.map(({ system }) => system.equilibria.length);
  const text =
    'The eigenvalues are those of the Jacobian A + diag(1 - tanh²) W at the equilibrium. ' +
    'The largest stable step is the longest for which the scheme keeps small deviations from the equilibrium from growing. “hurwitz analyse” gives the same number at rest, and another along the test data, where the eigenvalues differ.' +
    (counts.includes(0) ? ' Where no equilibrium is named, Newton’s method found none from 33 starts.' : '') +
    (counts.some((count) => count > 1)
      ? ' Of several equilibria the one that Newton’s method reaches from the origin is listed; the vector field marks all.'
      : '');
  return { text, table: { columns, rows } };
}

/** The columns from the equilibrium to the largest stable step. */
function cellsAtRest({ equilibria, tableau }: TrainedSystem, distance: number[] = []): string[] {
  const [first] = equilibria;
  if (first === undefined) return ['none found', '–', '–', '–', '–'];
  const { equilibrium, eigenvalues, classification } = first;
  const of = equilibria.length > 1 ? `, one of ${equilibria.length}` : '';
  const [start, end] = [distance[0]!, distance.at(-1)!];
  return [
    `(${equilibrium.map((value) => value.toFixed(3)).join(', ')})${of}`,
    eigenvalueText(eigenvalues),
    classification,
    start > 0 ? `× ${(end / start).toPrecision(3)}` : '–',
    numberText(largestStableStep({ scheme: tableau, eigenvalues })),
  ];
}

/** A conjugate pair as one number with ±, real eigenvalues as they are. */
function eigenvalueText(eigenvalues: readonly { re: number; im: number }[]): string {
  const texts = eigenvalues
    .filter(({ im }) => im >= 0)
    .map(({ re, im }) => (im === 0 ? fixed(re) : `${fixed(re)} ± ${fixed(im)}i`));
  return texts.join(', ');
}

/** Four digits after the point, and no minus before a zero. */
const fixed = (value: number): string => value.toFixed(4).replace(/^-(0\.0+)$/, '$1');

function distanceChart({ epsilon }: BaseConfig, resting: Portrait[]): Promise<string> {
  return lineChart({
    series: resting.map(({ name, distance = [] }) => {
      // A logarithmic axis has no 0: rounding stands for it.
      const rounding = Number.EPSILON * (Math.max(...distance) || 1);
      return { name, x: distance.map((_, i) => i * epsilon), y: distance.map((y) => y || rounding) };
    }),
    xLabel: 'time (√(l/g))',
    yLabel: 'distance from the equilibrium',
    yScale: 'log',
  });
}

function eigenvalueFigure({ epsilon, scheme }: BaseConfig, resting: Portrait[]): Promise<string> {
  const { tableau } = resting[0]!.system;
  const groups = (factor: number) =>
    resting.map(({ name, system }) => ({
      name,
      values: system.equilibria[0]!.eigenvalues.map(({ re, im }) => ({ re: factor * re, im: factor * im })),
    }));
  return figureGrid({
    columns: 2,
    width: 900,
    panels: [
      { eigenvaluePlane: { title: 'The flow', groups: groups(1) } },
      {
        eigenvaluePlane: {
          title: `The ${scheme} step`,
          groups: groups(epsilon),
          region: { boundary: stabilityBoundary(tableau), name: `${scheme} is stable` },
          reLabel: 'Re ελ',
          imLabel: 'Im ελ',
        },
      },
    ],
  });
}
