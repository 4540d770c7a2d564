import { type EquilibriumKind, figureGrid } from '@hurwitz/figures';
import type { Equilibrium } from '@hurwitz/stability';
import type { Regime } from './regimes.js';

/** A trained regime as its panel shows it. */
export interface RegimeField extends Regime {
  field: (h: ArrayLike<number>) => number[];
  /** [trajectory][time], states of two units. */
  trajectories: readonly ArrayLike<number>[][];
  equilibria: readonly Equilibrium[];
}

/** Starts of the trajectories that are drawn: (angle, angular velocity). */
export const pendulumStarts = [
  [0.5, 0],
  [1.2, 0],
  [-1, -1],
] as const;
/** How long they are drawn, in units of time √(l/g). */
export const drawnTime = 25;

const view = [-2.5, 2.5] as const;

/** The vector fields of the regimes with trajectories and equilibria, as an SVG figure. */
export function pendulumFields(regimes: readonly RegimeField[]): Promise<string> {
  return figureGrid({
    columns: 2,
    width: 900,
    panels: regimes.map(({ title, beta, gamma, field, trajectories, equilibria }) => ({
      vectorField: {
        title,
        subtitle: `β = ${beta}, γ = ${gamma}`,
        field: (x: number, y: number) => field([x, y]) as [number, number],
        grid: 15,
        xDomain: view,
        yDomain: view,
        trajectories: trajectories.map((points) => ({ points })),
        equilibria: marks(equilibria),
        xLabel: 'angle (rad)',
        yLabel: 'angular velocity (rad per √(l/g))',
      },
    })),
  });
}

function marks(equilibria: readonly Equilibrium[]): { x: number; y: number; kind: EquilibriumKind }[] {
  return equilibria.flatMap(({ classification: kind, equilibrium }) => {
    const [x, y] = equilibrium as [number, number];
    return kind === 'undecided' ? [] : [{ x, y, kind }];
  });
}
