import type { Markish } from '@observablehq/plot';
import { type CartesianFrame, type CartesianOptions, cartesianFrame } from './cartesian.js';
import type { PlotModule } from './document.js';
import { FigureError } from './errors.js';
import { type SeriesColour, seriesColour, surface } from './palette.js';
import { type Drawing, renderFigure } from './render.js';
import { symbolMarks, symbolOf } from './symbol.js';
import { formatNumber } from './text.js';
import { checkedColour, finiteNumbers, matchingNumbers, nonEmpty, positiveOnLog } from './validate.js';

/** One spectrum, in any order: exponents, singular values, moduli of eigenvalues. Arrays: shape [values]. */
export interface SpectrumSeries {
  readonly name: string;
  readonly values: ArrayLike<number>;
  /** Half lengths of the error bars, such as standard errors. */
  readonly errors?: ArrayLike<number>;
  /** A place in the palette, from 0; the place among the series when absent. `muted`: grey. */
  readonly colour?: SeriesColour;
}

export interface SpectrumOptions extends CartesianOptions {
  series: readonly SpectrumSeries[];
}

interface Ranked {
  readonly index: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Draws spectra as values against their rank, 1 the largest, with error bars. A line marks zero where values lie on
 * both sides of it. On a logarithmic axis a bar that reaches zero or below runs down to the frame.
 *
 * @returns the figure as SVG text.
 * @throws FigureError when a spectrum is empty, ragged, not finite, or not positive on a logarithmic axis, or an error
 * is negative.
 */
export async function spectrum(options: SpectrumOptions): Promise<string> {
  return renderFigure('spectrum', options, spectrumDrawing);
}

export function spectrumDrawing(options: SpectrumOptions): Drawing {
  const { xLabel = 'index', yScale = 'linear' } = options;
  const spectra = nonEmpty('spectrum series', options.series).map((item, i) => {
    const where = `spectrum series[${i}]`;
    const ranked = rank(item, where);
    positiveOnLog(
      `${where}.values`,
      ranked.map(({ value }) => value),
      yScale,
    );
    const style = checkedColour(`${where}.colour`, item.colour ?? i);
    return { name: item.name, ranked, style, bars: item.errors !== undefined };
  });
  const points = spectra.flatMap(({ ranked }) => ranked);
  const ends = points.flatMap(({ value, low, high }) =>
    yScale === 'log' && low <= 0 ? [value, high] : [low, high],
  );
  const size = Math.max(...spectra.map(({ ranked }) => ranked.length));
  // Half an index of room on both sides, so that no symbol sits on the frame.
  const xDomain = options.xDomain ?? (options.xScale === 'log' ? [0.9, size * 1.1] : [0.5, size + 0.5]);
  const frame = cartesianFrame(
    'spectrum',
    { x: points.map(({ index }) => index), y: ends },
    { ...options, xLabel, xDomain },
  );
  const spacing = Math.abs(frame.toX(size + 1) - frame.toX(size));
  return {
    ...frame,
    legend: spectra
      .map(({ name, bars, style }) => ({
        label: name,
        colour: seriesColour(style),
        symbol: symbolOf(style),
        bar: bars,
      }))
      .filter(({ label }) => label !== ''),
    description: `Spectrum against index: ${spectra.map(({ name, ranked }) => range(name, ranked)).join('; ')}.`,
    marks: (plot) => [
      frame.base(plot),
      zeroLine(plot, frame),
      spectra.map(({ ranked, bars, style }, i) => {
        const shift =
          spectra.length === 1 ? 0 : (i - (spectra.length - 1) / 2) * Math.min(5, spacing / spectra.length);
        return spectrumMarks(plot, ranked, { style, bars, shift, spacing, floor: frame.y.domain[0] });
      }),
      frame.over(plot),
    ],
  };
}

function rank({ values, errors }: SpectrumSeries, where: string): Ranked[] {
  const numbers = finiteNumbers(`${where}.values`, values);
  const halves =
    errors === undefined ? numbers.map(() => 0) : matchingNumbers(`${where}.errors`, errors, numbers.length);
  const negative = halves.findIndex((half) => half < 0);
  if (negative >= 0)
    throw new FigureError(
      `${where}.errors[${negative}]`,
      'a half length of 0 or more',
      `${halves[negative]}`,
      'Pass its size.',
    );
  return numbers
    .map((value, i) => ({ value, low: value - halves[i]!, high: value + halves[i]! }))
    .sort((a, b) => b.value - a.value)
    .map((item, i) => ({ index: i + 1, ...item }));
}

function zeroLine(plot: PlotModule, { y }: CartesianFrame): Markish {
  const inside = y.scale === 'linear' && y.domain[0] < 0 && y.domain[1] > 0;
  return inside ? plot.ruleY([0], { stroke: surface.ink.light, strokeWidth: 1 }) : null;
}

interface SpectrumStyle {
  readonly style: SeriesColour;
  readonly bars: boolean;
  /** Sideways shift in pixels, so that the bars of several spectra stay apart. */
  readonly shift: number;
  /** Pixels between neighbouring indices. */
  readonly spacing: number;
  /** Lowest value of the axis. */
  readonly floor: number;
}

function spectrumMarks(
  plot: PlotModule,
  ranked: Ranked[],
  { style, bars, shift, spacing, floor }: SpectrumStyle,
): Markish[] {
  const colour = seriesColour(style);
  const bar = ranked
    .filter(({ low, high }) => high > low)
    .map(({ index, low, high }) => ({ index, high, low: floor > 0 ? Math.max(low, floor) : low }));
  const symbol = symbolOf(style);
  const points = ranked.map(({ index, value }) => ({ x: index, y: value }));
  return [
    bars
      ? plot.ruleX(bar, {
          x: 'index',
          y1: 'low',
          y2: 'high',
          stroke: colour,
          strokeWidth: Math.max(0.8, Math.min(1.6, spacing / 3)),
          dx: shift,
          clip: 'frame',
        })
      : null,
    ...symbolMarks(plot, points, {
      symbol,
      colour,
      radius: Math.max(1.4, Math.min(4, spacing * 0.35)),
      dx: shift,
      edgeless: bars,
    }),
  ];
}

function range(name: string, ranked: readonly Ranked[]): string {
  const [first, last] = [ranked[0]!.value, ranked.at(-1)!.value];
  return `${name || 'unnamed'}, ${ranked.length} values from ${formatNumber(first)} down to ${formatNumber(last)}`;
}
