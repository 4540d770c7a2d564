import type { Markish } from '@observablehq/plot';
import { inFrame } from './axes.js';
import { type CartesianFrame, type CartesianOptions, cartesianFrame } from './cartesian.js';
import { decimateColumns } from './decimate.js';
import type { PlotModule } from './document.js';
import { FigureError } from './errors.js';
import { dashArray, type LegendEntry, type LineStyle } from './legend.js';
import { type SeriesColour, seriesColour } from './palette.js';
import { type Drawing, renderFigure } from './render.js';
import { symbolMarks, symbolOf } from './symbol.js';
import { formatNumber } from './text.js';
import { checkedColour, finiteNumbers, matchingNumbers, nonEmpty, oneOf, positiveOnLog } from './validate.js';

/** One curve, with the band between `low` and `high` around it where both are given. All arrays: shape [points]. */
export interface LineSeries {
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
  /** `none` draws the points only. */
  readonly line?: LineStyle | 'none';
  /** Draws a symbol at every point; on by default when there is no line. */
  readonly points?: boolean;
  /** A place in the palette, from 0; the place among the series when absent. `muted`: grey, behind the others. */
  readonly colour?: SeriesColour;
  /** Draws the line thin and translucent: one of many alike. */
  readonly thin?: boolean;
}

export interface LineChartOptions extends CartesianOptions {
  series: readonly LineSeries[];
}

/** A series checked and styled. */
export interface Curve {
  readonly label: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly band?: { readonly low: readonly number[]; readonly high: readonly number[] };
  readonly line: LineStyle | 'none';
  readonly points: boolean;
  /** Which colour and symbol of the palette. */
  readonly style: SeriesColour;
  readonly thin?: boolean;
}

/**
 * Draws curves against x, each with an optional band: moments over time, bounds, scores over a sweep with their spread.
 * Curves with more points than pixels are thinned so that the picture stays the same.
 *
 * @returns the figure as SVG text.
 * @throws FigureError when a series is empty, ragged, not finite, or not positive on a logarithmic axis.
 */
export async function lineChart(options: LineChartOptions): Promise<string> {
  return renderFigure('lineChart', options, lineChartDrawing);
}

export function lineChartDrawing(options: LineChartOptions): Drawing {
  const curves = nonEmpty('lineChart series', options.series).map((series, i) => checkedCurve(series, i));
  const frame = curveFrame('lineChart', curves, options);
  return curvesDrawing(frame, curves, { kind: 'Line chart' });
}

function checkedCurve(series: LineSeries, index: number): Curve {
  const where = `lineChart series[${index}]`;
  const x = finiteNumbers(`${where}.x`, series.x);
  const y = matchingNumbers(`${where}.y`, series.y, x.length);
  const line = oneOf(`${where}.line`, series.line ?? 'solid', ['solid', 'dashed', 'dotted', 'none']);
  const { low, high, points = line === 'none', colour = index, thin = false } = series;
  const style = checkedColour(`${where}.colour`, colour);
  const curve = { label: series.name, x, y, line, points, style, thin };
  if (low === undefined && high === undefined) return curve;
  const band = {
    low: matchingNumbers(`${where}.low`, low ?? [], x.length),
    high: matchingNumbers(`${where}.high`, high ?? [], x.length),
  };
  const crossed = band.low.findIndex((value, i) => value > band.high[i]!);
  if (crossed >= 0)
    throw new FigureError(
      where,
      'low at most high',
      `${band.low[crossed]} > ${band.high[crossed]} at index ${crossed}`,
      'Swap them.',
    );
  return { ...curve, band };
}

/** Axes that hold all curves and bands. */
export function curveFrame(
  where: string,
  curves: readonly Curve[],
  options: CartesianOptions,
): CartesianFrame {
  const { xScale = 'linear', yScale = 'linear' } = options;
  for (const [i, { x, y, band }] of curves.entries()) {
    positiveOnLog(`${where} series[${i}].x`, x, xScale);
    positiveOnLog(`${where} series[${i}].y`, y, yScale);
    if (band) positiveOnLog(`${where} series[${i}].low`, band.low, yScale);
  }
  const x = curves.flatMap((curve) => curve.x);
  const y = curves.flatMap((curve) => [...curve.y, ...(curve.band?.low ?? []), ...(curve.band?.high ?? [])]);
  return cartesianFrame(where, { x, y }, options);
}

interface CurvesOptions {
  /** Begins the description: "Training curves". */
  kind: string;
  /** Drawn on top of the curves. */
  over?: (plot: PlotModule) => Markish[];
  extraLegend?: readonly LegendEntry[];
  extraDescription?: string;
}

/** The drawing of curves inside their axes. */
export function curvesDrawing(
  frame: CartesianFrame,
  curves: readonly Curve[],
  options: CurvesOptions,
): Drawing {
  const { kind, over, extraLegend = [], extraDescription = '' } = options;
  const { width, height, margins, scales, base } = frame;
  const ranges = curves.map(
    ({ label, y }) => `${label || 'unnamed'} from ${formatNumber(y[0]!)} to ${formatNumber(y.at(-1)!)}`,
  );
  return {
    width,
    height,
    margins,
    scales,
    legend: [...curves.map(legendEntry), ...extraLegend].filter(({ label }) => label !== ''),
    description: `${kind}, first to last value: ${ranges.join('; ')}.${extraDescription}`,
    marks: (plot) => [
      base(plot),
      curves.map((curve) => bandMark(plot, curve)),
      backFirst(curves).map((curve) => curveMarks(plot, curve, frame)),
      frame.over(plot),
      over?.(plot) ?? null,
    ],
  };
}

/** Grey curves are drawn before the others, which then cover them. */
const backFirst = (curves: readonly Curve[]): Curve[] => [
  ...curves.filter(({ style }) => style === 'muted'),
  ...curves.filter(({ style }) => style !== 'muted'),
];

function legendEntry({ label, line, points, style, band }: Curve): LegendEntry {
  return {
    label,
    colour: seriesColour(style),
    ...(line === 'none' ? {} : { line }),
    ...(points ? { symbol: symbolOf(style) } : {}),
    ...(band ? { band: true } : {}),
  };
}

function bandMark(plot: PlotModule, { x, band, style }: Curve): Markish {
  if (!band) return null;
  return plot.areaY(x, {
    x,
    y1: band.low,
    y2: band.high,
    fill: seriesColour(style),
    fillOpacity: 0.18,
    clip: 'frame',
  });
}

function curveMarks(
  plot: PlotModule,
  { x, y, line, points, style, thin = false }: Curve,
  frame: CartesianFrame,
): Markish[] {
  const kept = decimateColumns(x.map(frame.toX), y.map(frame.toY)).map((i) => ({ x: x[i]!, y: y[i]! }));
  const colour = seriesColour(style);
  const stroke = {
    stroke: colour,
    strokeDasharray: dashArray(line === 'none' ? 'solid' : line),
    clip: 'frame',
  } as const;
  const lone = kept.length === 1 && !points; // a curve of one point would be invisible
  return [
    line === 'none'
      ? null
      : plot.line(kept, {
          ...{ x: 'x', y: 'y', ...stroke },
          ...(thin ? { strokeWidth: 0.8, strokeOpacity: 0.6 } : { strokeWidth: line === 'solid' ? 2 : 1.7 }),
        }),
    ...(points || lone
      ? symbolMarks(plot, inFrame(kept, frame.x, frame.y), {
          symbol: symbolOf(style),
          colour,
          radius: 3.5,
        })
      : []),
  ];
}
