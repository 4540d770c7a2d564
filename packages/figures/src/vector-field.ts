import { axisMarks, axisScales, inFrame } from './axes.js';
import { equalAspect, paddedDomain } from './equal-aspect.js';
import { FigureError } from './errors.js';
import type { LegendEntry } from './legend.js';
import type { Domain, FigureOptions } from './options.js';
import { seriesColour, surface } from './palette.js';
import { checkedSize, type Drawing, renderFigure } from './render.js';
import { type SymbolName, symbolMarks } from './symbol.js';
import { formatNumber } from './text.js';
import { trajectoryMarks } from './trajectory-marks.js';
import { finite, inRange, nonEmpty, oneOf, orderedDomain, planePoints } from './validate.js';

/** What trajectories near an equilibrium do. `centre`: they circle it, neither approaching nor leaving. */
export type EquilibriumKind = 'attracting' | 'repelling' | 'centre' | 'saddle';

export interface Equilibrium {
  readonly x: number;
  readonly y: number;
  readonly kind: EquilibriumKind;
}

export interface Trajectory {
  /** States in order of time, one row `[x, y]` each: shape [time, 2]. */
  readonly points: ArrayLike<ArrayLike<number>>;
  /** Named trajectories get a colour each; all others share the first colour. */
  readonly name?: string;
}

/** The field (dx, dy) at the point (x, y). */
export interface FieldSample {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
}

export interface VectorFieldOptions extends FigureOptions {
  /** Derivative of the state at (x, y); give this or `samples`. */
  field?: (x: number, y: number) => ArrayLike<number>;
  /** The field where it is known, for systems that are evaluated in batches. */
  samples?: readonly FieldSample[];
  /** Part of the plane that is shown; taken from samples, trajectories and equilibria when absent. */
  xDomain?: Domain;
  yDomain?: Domain;
  /** Arrows along the longer side, when `field` is given. */
  grid?: number;
  /**
   * How an arrow's length follows the speed |(dx, dy)|: as its square root (slow parts stay visible), in proportion,
   * or not at all. The fastest arrow always spans one cell.
   */
  arrowLength?: 'root' | 'proportional' | 'unit';
  trajectories?: readonly Trajectory[];
  equilibria?: readonly Equilibrium[];
  xLabel?: string;
  yLabel?: string;
}

const equilibriumSymbols: Record<EquilibriumKind, SymbolName> = {
  attracting: 'disc',
  repelling: 'ring',
  centre: 'centre',
  saddle: 'saddle',
};

/**
 * Draws a planar vector field as arrows, with trajectories (a ring marks the start, heads the direction of time) and
 * equilibria: disc attracting, ring repelling, ring with a dot centre, cross saddle. Both axes have the same unit
 * length. Arrows are centred on their points; what leaves the domain is cut at the frame.
 *
 * @returns the figure as SVG text.
 * @throws FigureError when there is nothing to draw, a value is not finite, or a row is not `[x, y]`.
 */
export async function vectorField(options: VectorFieldOptions): Promise<string> {
  return renderFigure('vectorField', options, vectorFieldDrawing);
}

export function vectorFieldDrawing(options: VectorFieldOptions): Drawing {
  const { trajectories = [], equilibria = [], arrowLength = 'root', xLabel = '', yLabel = '' } = options;
  const where = 'vectorField';
  const [width] = checkedSize(where, options.width ?? 600, options.height ?? 400);
  const paths = trajectories.map(({ points, name }, i) => ({
    name,
    points: planePoints(`${where} trajectories[${i}].points`, points),
  }));
  const marked = equilibria.map(({ x, y, kind }, i) => ({
    x: finite(`${where} equilibria[${i}].x`, x),
    y: finite(`${where} equilibria[${i}].y`, y),
    kind: oneOf(`${where} equilibria[${i}].kind`, kind, Object.keys(equilibriumSymbols) as EquilibriumKind[]),
  }));
  const seen = [
    ...(options.samples ?? []),
    ...marked,
    ...paths.flatMap((p) => p.points.map(([x, y]) => ({ x, y }))),
  ];
  const xDomain = domainOf(
    `${where} xDomain`,
    options.xDomain,
    seen.map((p) => p.x),
  );
  const yDomain = domainOf(
    `${where} yDomain`,
    options.yDomain,
    seen.map((p) => p.y),
  );
  const frame = equalAspect({ where, xDomain, yDomain, xLabel, yLabel, width, height: options.height });
  const { x, y, height, margins, pixelsPerUnit } = frame;
  const { samples, cell } = fieldSamples(options, x.domain, y.domain);
  const arrows = arrowsOf(
    samples,
    cell * pixelsPerUnit,
    oneOf(`${where} arrowLength`, arrowLength, ['root', 'proportional', 'unit']),
  );
  const names = [...new Set(paths.map((path) => path.name))];
  const colourOf = (name: string | undefined) => seriesColour(names.indexOf(name));
  return {
    width,
    height,
    margins,
    scales: axisScales(x, y),
    legend: legendOf(names, marked, colourOf),
    description: describe(arrows.length, xDomain, yDomain, names, paths.length, marked),
    marks: (plot) => [
      axisMarks(plot, x, y, margins),
      plot.vector(arrows, {
        x: 'x',
        y: 'y',
        rotate: 'angle',
        length: { value: 'length', scale: null },
        stroke: surface.muted.light,
        strokeWidth: 1.1,
        clip: 'frame',
      }),
      paths.map(({ points, name }) =>
        trajectoryMarks(plot, points, { colour: colourOf(name), pixelsPerUnit, x, y }),
      ),
      inFrame(marked, x, y).map((point) =>
        symbolMarks(plot, [point], {
          symbol: equilibriumSymbols[point.kind],
          colour: surface.ink.light,
          radius: 5.5,
        }),
      ),
    ],
  };
}

function domainOf(where: string, domain: Domain | undefined, values: readonly number[]): [number, number] {
  if (domain !== undefined) return orderedDomain(where, domain);
  if (values.length === 0)
    throw new FigureError(
      where,
      'a range [smallest, largest]',
      'none, and no data to take it from',
      'Give the range.',
    );
  return paddedDomain(values, 0.08);
}

/** The samples and the side of the square that each has to itself, in units of the axes. */
function fieldSamples(
  { field, samples, grid = 17 }: VectorFieldOptions,
  [left, right]: Domain,
  [bottom, top]: Domain,
): { samples: readonly FieldSample[]; cell: number } {
  const [spanX, spanY] = [right - left, top - bottom];
  if (samples !== undefined && field === undefined) {
    nonEmpty('vectorField samples', samples);
    samples.forEach(({ x, y, dx, dy }, i) => {
      for (const [name, value] of Object.entries({ x, y, dx, dy }))
        finite(`vectorField samples[${i}].${name}`, value);
    });
    return { samples, cell: Math.sqrt((spanX * spanY) / samples.length) };
  }
  if (typeof field !== 'function' || samples !== undefined)
    throw new FigureError(
      'vectorField',
      'either field or samples',
      samples === undefined ? 'neither' : 'both',
      'Pass a function (x, y) => [dx, dy], or a list of { x, y, dx, dy }.',
    );
  inRange('vectorField grid', grid, [2, 200]);
  const cell = Math.max(spanX, spanY) / Math.round(grid);
  const [columns, rows] = [Math.max(1, Math.round(spanX / cell)), Math.max(1, Math.round(spanY / cell))];
  const drawn = Array.from({ length: columns * rows }, (_, k) => {
    const x = left + (((k % columns) + 0.5) * spanX) / columns;
    const y = bottom + ((Math.floor(k / columns) + 0.5) * spanY) / rows;
    const value = field(x, y);
    const at = `vectorField field(${formatNumber(x)}, ${formatNumber(y)})`;
    if (value?.length !== 2)
      throw new FigureError(
        at,
        'a pair [dx, dy]',
        `${value?.length ?? 0} numbers`,
        'Return the derivative of the state.',
      );
    return { x, y, dx: finite(`${at}[0]`, value[0]!), dy: finite(`${at}[1]`, value[1]!) };
  });
  return { samples: drawn, cell };
}

/** Direction in degrees clockwise from up and length in pixels; points where the field vanishes get no arrow. */
function arrowsOf(
  samples: readonly FieldSample[],
  cell: number,
  arrowLength: 'root' | 'proportional' | 'unit',
) {
  const power = { root: 0.5, proportional: 1, unit: 0 }[arrowLength];
  const fastest = samples.reduce((most, { dx, dy }) => Math.max(most, Math.hypot(dx, dy)), 0);
  return samples
    .filter(({ dx, dy }) => dx !== 0 || dy !== 0)
    .map(({ x, y, dx, dy }) => ({
      x,
      y,
      angle: (Math.atan2(dx, dy) * 180) / Math.PI,
      length: 0.92 * cell * (Math.hypot(dx, dy) / fastest) ** power,
    }));
}

function legendOf(
  names: readonly (string | undefined)[],
  equilibria: readonly Equilibrium[],
  colourOf: (name: string | undefined) => string,
): LegendEntry[] {
  const paths = names.map(
    (name): LegendEntry => ({ label: name ?? 'trajectory', colour: colourOf(name), line: 'solid' }),
  );
  const start: LegendEntry[] =
    names.length > 0 ? [{ label: 'start', colour: colourOf(names[0]), symbol: 'ring' }] : [];
  const kinds = (Object.keys(equilibriumSymbols) as EquilibriumKind[]).filter((kind) =>
    equilibria.some((point) => point.kind === kind),
  );
  return [
    ...paths,
    ...start,
    ...kinds.map((kind) => ({
      label: kind === 'centre' ? 'centre' : `${kind} equilibrium`,
      colour: surface.ink.light,
      symbol: equilibriumSymbols[kind],
    })),
  ];
}

function describe(
  arrows: number,
  [left, right]: Domain,
  [bottom, top]: Domain,
  names: readonly (string | undefined)[],
  paths: number,
  equilibria: readonly Equilibrium[],
): string {
  const n = formatNumber;
  const named = names.filter((name) => name !== undefined);
  const places = equilibria.map(({ x, y, kind }) => `${kind} at (${n(x)}, ${n(y)})`);
  return [
    `Vector field with ${arrows} arrows for x from ${n(left)} to ${n(right)} and y from ${n(bottom)} to ${n(top)}.`,
    paths > 0 ? `Trajectories: ${paths}${named.length > 0 ? ` (${named.join(', ')})` : ''}.` : '',
    places.length > 0 ? `Equilibria: ${places.join('; ')}.` : '',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}
