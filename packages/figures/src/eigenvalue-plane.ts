import type { Markish } from '@observablehq/plot';
import { type Axis, axisMarks, axisScales, inFrame } from './axes.js';
import type { PlotModule } from './document.js';
import { equalAspect, paddedDomain } from './equal-aspect.js';
import { FigureError } from './errors.js';
import type { LegendEntry } from './legend.js';
import type { Complex, Domain, FigureOptions } from './options.js';
import { seriesColour, surface } from './palette.js';
import { checkedSize, type Drawing, renderFigure } from './render.js';
import { groupSymbols, symbolMarks } from './symbol.js';
import { formatNumber } from './text.js';
import { finite, nonEmpty, oneOf, orderedDomain } from './validate.js';

export interface EigenvalueGroup {
  readonly name: string;
  readonly values: readonly Complex[];
}

/** The part of the plane where a scheme is stable. */
export interface StabilityRegion {
  /**
   * Closed polygons around its parts, each without the closing point. Holes cannot occur for explicit schemes (their
   * stability function is a polynomial, so the maximum principle fills them) and are not drawn.
   */
  readonly boundary: readonly (readonly Complex[])[];
  readonly name?: string;
}

export interface EigenvaluePlaneOptions extends FigureOptions {
  groups: readonly EigenvalueGroup[];
  /** The limit of stability: the imaginary axis for flows, the unit circle for maps. */
  limit?: 'imaginary axis' | 'unit circle' | 'none';
  region?: StabilityRegion;
  /** Ranges of the real and imaginary part; widened so that both axes have the same unit length. */
  reDomain?: Domain;
  imDomain?: Domain;
  reLabel?: string;
  imLabel?: string;
}

/**
 * Draws eigenvalues in the complex plane, with the limit of stability and the region where an integrator is stable:
 * multiply eigenvalues by the step first when that region is shown.
 *
 * @returns the figure as SVG text.
 * @throws FigureError when there are no eigenvalues, a number is not finite, or a polygon has fewer than 3 corners.
 */
export async function eigenvaluePlane(options: EigenvaluePlaneOptions): Promise<string> {
  return renderFigure('eigenvaluePlane', options, eigenvaluePlaneDrawing);
}

export function eigenvaluePlaneDrawing(options: EigenvaluePlaneOptions): Drawing {
  const { limit = 'imaginary axis', region, reLabel = 'Re λ', imLabel = 'Im λ', width = 600 } = options;
  const where = 'eigenvaluePlane';
  oneOf(`${where} limit`, limit, ['imaginary axis', 'unit circle', 'none']);
  checkedSize(where, width, options.height ?? width);
  const groups = nonEmpty(`${where} groups`, options.groups).map(({ name, values }, i) => ({
    name,
    values: complexPoints(`${where} groups[${i}].values`, values),
  }));
  const polygons = region ? checkedPolygons(where, region) : [];
  const seen = [...groups.flatMap(({ values }) => values), ...polygons.flat(), { x: 0, y: 0 }];
  if (limit === 'unit circle') seen.push({ x: -1, y: -1 }, { x: 1, y: 1 });
  const xDomain = options.reDomain
    ? orderedDomain(`${where} reDomain`, options.reDomain)
    : paddedDomain(
        seen.map((p) => p.x),
        0.06,
      );
  const yDomain = options.imDomain
    ? orderedDomain(`${where} imDomain`, options.imDomain)
    : paddedDomain(
        seen.map((p) => p.y),
        0.06,
      );
  // follow the shape of what is shown, but stay a figure that fits a page
  const shape = (yDomain[1] - yDomain[0]) / (xDomain[1] - xDomain[0]);
  const height = options.height ?? Math.round(width * Math.min(0.9, Math.max(0.6, shape)));
  const { x, y, margins } = equalAspect({
    where,
    xDomain,
    yDomain,
    xLabel: reLabel,
    yLabel: imLabel,
    width,
    height,
  });
  return {
    width,
    height,
    margins,
    scales: axisScales(x, y),
    legend: legendOf(groups, limit, region),
    description: describe(groups, limit, region),
    marks: (plot) => [
      axisMarks(plot, x, y, margins),
      polygons.map((polygon) => regionMark(plot, polygon)),
      limitMarks(plot, limit, x, y),
      groups.map(({ values }, i) =>
        symbolMarks(plot, inFrame(values, x, y), {
          symbol: groupSymbols[i % groupSymbols.length]!,
          colour: seriesColour(i),
          radius: values.length > 100 ? 2.6 : 4,
        }),
      ),
    ],
  };
}

interface PlanePoint {
  readonly x: number;
  readonly y: number;
}

function complexPoints(where: string, values: readonly Complex[]): PlanePoint[] {
  return nonEmpty(where, values).map((value, i) => ({
    x: finite(`${where}[${i}].re`, value.re),
    y: finite(`${where}[${i}].im`, value.im),
  }));
}

function checkedPolygons(where: string, { boundary }: StabilityRegion): PlanePoint[][] {
  return nonEmpty(`${where} region.boundary`, boundary).map((polygon, i) => {
    const points = complexPoints(`${where} region.boundary[${i}]`, polygon);
    if (points.length < 3)
      throw new FigureError(
        `${where} region.boundary[${i}]`,
        'at least 3 corners',
        `${points.length}`,
        'Trace the boundary finer.',
      );
    return points;
  });
}

function regionMark(plot: PlotModule, polygon: PlanePoint[]): Markish {
  return plot.line(polygon, {
    x: 'x',
    y: 'y',
    curve: 'linear-closed',
    fill: surface.muted.light,
    fillOpacity: 0.16,
    stroke: surface.muted.light,
    strokeWidth: 1.5,
    clip: 'frame',
  });
}

/** Thin lines through the origin, and the limit of stability in full ink. */
function limitMarks(plot: PlotModule, limit: EigenvaluePlaneOptions['limit'], x: Axis, y: Axis): Markish[] {
  const spans = ([low, high]: readonly [number, number]) => low <= 0 && high >= 0;
  const thin = { stroke: surface.muted.light, strokeWidth: 0.8 } as const;
  const strong = { stroke: surface.ink.light, strokeWidth: 1.6 } as const;
  const circle = Array.from(
    { length: 180 },
    (_, i) => [Math.cos((i * Math.PI) / 90), Math.sin((i * Math.PI) / 90)] as [number, number],
  );
  return [
    spans(y.domain) ? plot.ruleY([0], thin) : null,
    spans(x.domain) ? plot.ruleX([0], limit === 'imaginary axis' ? strong : thin) : null,
    limit === 'unit circle' ? plot.line(circle, { ...strong, curve: 'linear-closed', clip: 'frame' }) : null,
  ];
}

function legendOf(
  groups: readonly { name: string }[],
  limit: EigenvaluePlaneOptions['limit'],
  region: StabilityRegion | undefined,
): LegendEntry[] {
  const points = groups.map(
    ({ name }, i): LegendEntry => ({
      label: name,
      colour: seriesColour(i),
      symbol: groupSymbols[i % groupSymbols.length]!,
    }),
  );
  const limits: LegendEntry[] =
    limit === 'none'
      ? []
      : [
          {
            label: limit === 'unit circle' ? '|λ| = 1' : 'Re λ = 0',
            colour: surface.ink.light,
            line: 'solid',
          },
        ];
  const regions: LegendEntry[] = region
    ? [{ label: region.name ?? 'stability region', colour: surface.muted.light, line: 'solid', band: true }]
    : [];
  return [...points.filter(({ label }) => label !== ''), ...limits, ...regions];
}

function describe(
  groups: readonly { name: string; values: readonly PlanePoint[] }[],
  limit: EigenvaluePlaneOptions['limit'],
  region: StabilityRegion | undefined,
): string {
  const sizes = groups.map(({ name, values }) => {
    const abscissa = formatNumber(
      values.reduce((most, { x }) => Math.max(most, x), Number.NEGATIVE_INFINITY),
    );
    const radius = formatNumber(values.reduce((most, { x, y }) => Math.max(most, Math.hypot(x, y)), 0));
    return `${name || 'unnamed'}: ${values.length}, largest real part ${abscissa}, largest modulus ${radius}`;
  });
  const drawn = [
    limit === 'none' ? '' : `the ${limit}`,
    region ? (region.name ?? 'the stability region') : '',
  ];
  const shown = drawn.filter((text) => text !== '');
  return `Eigenvalues in the complex plane. ${sizes.join('; ')}.${shown.length > 0 ? ` Also drawn: ${shown.join(' and ')}.` : ''}`;
}
