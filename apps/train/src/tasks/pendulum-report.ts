import { type EquilibriumKind, figureGrid, lineChart } from '@hurwitz/figures';
import { stabilityBoundary } from '@hurwitz/integrators';
import { largestStableStep } from '@hurwitz/stability';
import { figure } from '../analysis/findings.js';
import type { Config } from '../config/schema.js';
import { loadModel } from '../run/saved-model.js';
import { type Regime, regimes } from './pendulum-regimes.js';
import type { Section, TaskResults } from './task.js';
import { distances, type TrainedSystem, trainedSystem, trajectory } from './trained-system.js';

/** Starts of the trajectories that are drawn: (angle, angular velocity). */
const starts = [
  [0.5, 0],
  [1.2, 0],
  [-1, -1],
] as const;
/** How long they are drawn, and how long they are followed to tell the regimes apart. */
const drawn = 25;
const followed = 100;
const view = [-2.5, 2.5] as const;

interface Portrait extends Regime {
  system: TrainedSystem;
  /** Distances from the equilibrium of the trajectory from the first start, over `followed`. */
  distance: number[];
}

/** The report of the pendulum: phase portraits, spectra, and the numbers that tell the regimes apart. */
export async function pendulumSections(config: Config, { folder, results }: TaskResults): Promise<Section[]> {
  const portraits: Portrait[] = [];
  for (const regime of regimes) {
    const model = await loadModel(folder.file('models', regime.name));
    const system = trainedSystem(model, regime.name);
    model.dispose();
    portraits.push({
      ...regime,
      system,
      distance: distances(system, trajectory(system, starts[0], followed)),
    });
  }
  return [
    {
      title: 'Vector fields of the hidden states',
      text:
        'Each network has two units, which are the pendulum’s angle and angular velocity. All four were trained on the same frictionless pendulum; ' +
        'only β and γ differ, and they decide what the trained system can do. Rings mark where trajectories start.',
      figures: [{ name: 'vector-fields', svg: await vectorFields(portraits) }],
    },
    { title: 'What tells them apart', ...numbersTable(portraits, results) },
    {
      title: 'Distance from the equilibrium',
      text: `A trajectory from angle ${starts[0][0]}, at rest, followed for ${followed} units of time √(l/g).`,
      figures: [{ name: 'distance', svg: await distanceChart(config, portraits) }],
    },
    {
      title: 'Eigenvalues and the integrator',
      text: `Left, the eigenvalues λ of the Jacobian at each equilibrium. Right, times the step ε = ${config.epsilon}, with the region where ${config.scheme} does not let the linearised system grow.`,
      figures: [{ name: 'eigenvalues', svg: await eigenvalueFigure(config, portraits) }],
    },
  ];
}

function vectorFields(portraits: Portrait[]): Promise<string> {
  return figureGrid({
    columns: 2,
    width: 900,
    panels: portraits.map(({ title, beta, gamma, system }) => ({
      vectorField: {
        title,
        subtitle: `β = ${beta}, γ = ${gamma}`,
        field: (x: number, y: number) => system.field([x, y]),
        grid: 15,
        xDomain: view,
        yDomain: view,
        trajectories: starts.map((start) => ({ points: trajectory(system, start, drawn) })),
        equilibria: equilibriumMark(system),
        xLabel: 'angle (rad)',
        yLabel: 'angular velocity (rad per √(l/g))',
      },
    })),
  });
}

function equilibriumMark({ equilibrium }: TrainedSystem): { x: number; y: number; kind: EquilibriumKind }[] {
  const { classification: kind } = equilibrium;
  const [x, y] = equilibrium.equilibrium as [number, number];
  return kind === 'undecided' ? [] : [{ x, y, kind }];
}

function numbersTable(
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
    `distance after ${followed}`,
    'largest stable step there',
    'Theorem 1',
  ];
  const rows = portraits.map(({ name, beta, gamma, system, distance }) => {
    const { equilibrium, tableau, theorem1 } = system;
    return [
      name,
      String(beta),
      String(gamma),
      (results[name]?.['mse'] ?? Number.NaN).toPrecision(3),
      `(${equilibrium.equilibrium.map((value) => value.toFixed(3)).join(', ')})`,
      eigenvalueText(equilibrium.eigenvalues),
      equilibrium.classification,
      `× ${((distance.at(-1) as number) / (distance[0] as number)).toPrecision(3)}`,
      figure(largestStableStep({ scheme: tableau, eigenvalues: equilibrium.eigenvalues })),
      theorem1.verdict,
    ];
  });
  const text =
    'The eigenvalues are those of the Jacobian A + diag(1 - tanh²) W at the equilibrium. ' +
    'The largest stable step is the longest for which the scheme keeps small deviations from the equilibrium from growing. “hurwitz analyse” gives the same number at rest, and another along the test data, where the eigenvalues differ.';
  return { text, table: { columns, rows } };
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

function distanceChart({ epsilon }: Config, portraits: Portrait[]): Promise<string> {
  return lineChart({
    series: portraits.map(({ name, distance }) => ({
      name,
      x: distance.map((_, i) => i * epsilon),
      y: distance,
    })),
    xLabel: 'time (√(l/g))',
    yLabel: 'distance from the equilibrium',
    yScale: 'log',
  });
}

function eigenvalueFigure({ epsilon, scheme }: Config, portraits: Portrait[]): Promise<string> {
  const { tableau } = (portraits[0] as Portrait).system;
  const groups = (factor: number) =>
    portraits.map(({ name, system }) => ({
      name,
      values: system.equilibrium.eigenvalues.map(({ re, im }) => ({ re: factor * re, im: factor * im })),
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
