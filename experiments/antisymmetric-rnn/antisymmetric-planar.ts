import { type FigureGridPanel, figureGrid } from '@hurwitz/figures';
import {
  eigenvalues,
  flowField,
  type PlanarSystem,
  planarSystems,
  simulatePlanarSystem,
} from '@hurwitz/stability';
import { z } from 'zod';
import { markdownTable } from '../ledger/ledger.js';
import type { Comparison, Experiment, Part, PartResult } from '../runner/experiment.js';
import { count, positive } from '../shared/settings.js';

const schema = z.strictObject({
  steps: count,
  /** ε. */
  step: positive,
});
type Settings = z.infer<typeof schema>;

interface SystemPart extends Part {
  readonly name: PlanarSystem['name'];
  readonly settings: Settings;
}

interface Course {
  name: PlanarSystem['name'];
  /** [start][step][h₁, h₂]. */
  trajectories: number[][][];
  /** Largest |1 + ε λ| at the origin. */
  growthAtOrigin: number;
}

/** Four 2-unit systems under Euler, with their vector fields and trajectories. */
export const antisymmetricPlanar: Experiment<Settings, PartResult<SystemPart, Course>> = {
  id: 'antisymmetric-planar',
  title: 'Four 2-unit systems under Euler (the simulated dynamics of Chang et al.)',
  paper: 'Chang et al. 2019',
  settings: { schema, default: { steps: 120, step: 0.1 } },
  parts: (settings) => planarSystems.map(({ name }) => ({ key: name.replace(' ', '-'), name, settings })),
  compute({ name, settings }) {
    const system = planarSystems.find((each) => each.name === name)!;
    const { step } = settings;
    const moduli = eigenvalues(system.W).map(({ re, im }) => Math.hypot(1 + step * re, step * im));
    return {
      ...{ name, growthAtOrigin: Math.max(...moduli) },
      trajectories: simulatePlanarSystem(system, settings).map((path) => path.map((h) => [...h])),
    };
  },
  async summarise(results, { settings }) {
    const courses = results.map(({ value }) => value);
    return {
      numbers: { courses },
      figures: [
        { svg: await draw(courses), caption: 'Vector fields and trajectories of four 2-unit systems' },
      ],
      sizes: [{ quantity: 'steps', paper: 50, here: settings.steps }],
      comparison: courses.map(comparison),
      tuned: 'nothing',
      text: text(courses, settings),
    };
  },
};

/** What the paper reads off its trajectories. */
const found: Record<PlanarSystem['name'], string> = {
  unstable: 'the starts move away',
  stable: 'all starts fall into the origin: what came first is forgotten',
  rotation: 'neither grows nor decays in the flow; spirals outward under Euler',
  'damped rotation': 'kept, with the diffusion γ = 0.15',
};

/** Distance from the origin at the start and at the end, for each start. */
const radii = ({ trajectories }: Course): [start: number, end: number][] =>
  trajectories.map((path) => {
    const [first, last] = [path[0]!, path.at(-1)!].map((h) => Math.hypot(...h)) as [number, number];
    return [first, last];
  });

function comparison(course: Course): Comparison {
  const ends = radii(course).map(([, end]) => end.toFixed(2));
  return {
    quantity: course.name,
    paper: found[course.name],
    here: `|1 + ελ| up to ${course.growthAtOrigin.toFixed(4)} at the origin; distances from it at the end ${ends.join(', ')}`,
  };
}

function draw(courses: Course[]): Promise<string> {
  const view: [number, number] = [-1.2, 1.2];
  const panels = planarSystems.map((system, i): FigureGridPanel => {
    const field = flowField({ W: system.W });
    return {
      vectorField: {
        title: system.name,
        subtitle: system.note,
        field: (x, y) => field([x, y]) as [number, number],
        ...{ grid: 13, xDomain: view, yDomain: view, xLabel: 'h₁', yLabel: 'h₂' },
        trajectories: courses[i]!.trajectories.map((points) => ({ points: points as [number, number][] })),
      },
    };
  });
  return figureGrid({ columns: 2, width: 900, panels });
}

function text(courses: Course[], { steps }: Settings): string {
  const rows = courses.map((course) => [
    course.name,
    course.growthAtOrigin.toFixed(4),
    ...radii(course).map(([start, end]) => `${start.toFixed(2)} → ${end.toFixed(2)}`),
  ]);
  return `
h⁺ = h + 0.1 tanh(W h), ${steps} steps from the paper’s three starts (0, 0.5), (-0.5, -0.5), (0.5, -0.75). The table has the distance from the
origin, first and last.

${markdownTable(['system', 'largest |1 + ελ| at the origin', 'start 1', 'start 2', 'start 3'], rows)}

Euler on the pure rotation spirals outward, since |1 + iεω| > 1. With the diffusion of 0.15 it still does so near the origin, and
saturation holds it on a cycle: the paper’s criterion |1 + ελ| ≤ 1 is not met there.`;
}
