import type { Markish, PlotOptions } from '@observablehq/plot';
import type { PlotModule } from './document.js';
import { FigureError } from './errors.js';
import type { Domain, ScaleType } from './options.js';
import { surface } from './palette.js';
import { powerOfTen, textWidth, wrapText, xmlSafe } from './text.js';
import { orderedDomain, positiveOnLog } from './validate.js';

/** One axis, ready to draw: its range of values and the values that are labelled. */
export interface Axis {
  readonly scale: ScaleType;
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
  readonly labels: readonly string[];
  readonly label: string;
}

export interface AxisOptions {
  /** Names the option at fault in errors. */
  where: string;
  /** What the axis must hold; whole numbers get whole ticks. */
  values: readonly number[];
  label: string;
  scale?: ScaleType;
  /** Fixed range; without it the values' own, rounded outwards to ticks. */
  domain?: Domain | undefined;
  /** Length in pixels, which decides how many ticks fit. */
  length: number;
  /** Pixels a label needs along the axis. */
  spacing: number;
}

/** The points inside both ranges: a symbol is drawn whole or not at all. */
export function inFrame<T extends { readonly x: number; readonly y: number }>(
  points: readonly T[],
  x: Axis,
  y: Axis,
): T[] {
  const inside = (value: number, [low, high]: Domain) => value >= low && value <= high;
  return points.filter((point) => inside(point.x, x.domain) && inside(point.y, y.domain));
}

export const tickFont = 11;
export const labelFont = 12;

/** The axis that holds all values, with about one tick per `spacing` pixels. */
export function makeAxis({
  where,
  values,
  label,
  scale = 'linear',
  domain,
  length,
  spacing,
}: AxisOptions): Axis {
  positiveOnLog(where, values, scale);
  const count = Math.max(2, Math.floor(length / spacing));
  const fixed = domain && orderedDomain(`${where} domain`, domain, scale);
  const whole = values.length > 0 && values.every(Number.isInteger); // epochs and indices have no halves
  let [low, high] = fixed ?? spread(values, scale, whole);
  if (!(high - low < Number.POSITIVE_INFINITY && high - low > 1e-300 && (scale === 'linear' || low > 1e-300)))
    throw new FigureError(
      where,
      'values whose range fits a floating-point number',
      `${low} to ${high}`,
      'Rescale the data.',
    );
  const step = Math.max(niceStep((high - low) / count), whole && high - low >= 1 ? 1 : 0);
  if (!fixed) [low, high] = scale === 'log' ? niceLog(low, high) : niceLinear(low, high, step);
  const ticks = scale === 'log' ? logTicks(low, high, count) : linearTicks(low, high, step);
  return {
    scale,
    domain: [low, high],
    ticks,
    labels: tickLabels(ticks, scale),
    label: axisLabel(label, scale, length),
  };
}

/** The label, broken to the length of its axis. A logarithmic axis says so: its ticks alone are easily overlooked. */
function axisLabel(label: string, scale: ScaleType, length: number): string {
  const text = scale === 'linear' ? label : label === '' ? 'log scale' : `${label}, log scale`;
  return wrapText(xmlSafe(text), length, labelFont).join('\n');
}

/** Room for the second and further lines of a label. */
const furtherLines = (label: string): number => (label.split('\n').length - 1) * 15;

/** Smallest and largest value, set apart when they coincide so that the axis has a length. */
function spread(values: readonly number[], scale: ScaleType, whole: boolean): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low > Math.max(1e-12 * size, 1e-300)) return [low, high];
  if (scale === 'log') return [low / 2, high * 2];
  const half = whole || size < 1e-299 ? 1 : size / 10;
  return [low - half, high + half];
}

/** The 1, 2 or 5 times a power of ten that is nearest above `rough`. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const mantissa = rough / power;
  return power * (mantissa <= 1.0001 ? 1 : mantissa <= 2.0001 ? 2 : mantissa <= 5.0001 ? 5 : 10);
}

function niceLinear(low: number, high: number, step: number): [number, number] {
  return [clean(Math.floor(low / step + 1e-9) * step), clean(Math.ceil(high / step - 1e-9) * step)];
}

function linearTicks(low: number, high: number, step: number): number[] {
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) ticks.push(clean(i * step));
  return ticks.length >= 2 ? ticks : linearTicks(low, high, niceStep(step / 2.5));
}

function niceLog(low: number, high: number): [number, number] {
  const round = (value: number, up: boolean): number => {
    const power = 10 ** Math.floor(Math.log10(value) + 1e-12);
    const steps = [1, 2, 5, 10];
    const mantissa = value / power;
    const step = up
      ? steps.find((s) => s >= mantissa - 1e-9)
      : [...steps].reverse().find((s) => s <= mantissa + 1e-9);
    return clean((step ?? 1) * power);
  };
  return [round(low, false), round(high, true)];
}

/** The richest of 1-2-5, 1-3 and 1 per decade that fits; beyond that every second, third, ... decade, 10⁰ among them. */
function logTicks(low: number, high: number, count: number): number[] {
  const first = Math.floor(Math.log10(low) - 1e-9);
  const last = Math.ceil(Math.log10(high) + 1e-9);
  const within = (mantissas: readonly number[], stride: number): number[] => {
    const ticks: number[] = [];
    for (let e = Math.floor(first / stride) * stride; e <= last; e += stride)
      for (const m of mantissas) ticks.push(clean(m * 10 ** e));
    return ticks.filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9));
  };
  const choices = [[1, 2, 5], [1, 3], [1]].map((mantissas) => within(mantissas, 1));
  const fitting = choices.find((ticks) => ticks.length <= count);
  const ticks = fitting ?? within([1], Math.ceil((last - first) / count));
  return ticks.length >= 2 ? ticks : linearTicks(low, high, niceStep((high - low) / Math.min(count, 4)));
}

/** Removes what repeated binary steps leave behind: 0.1 + 0.2 becomes 0.3. */
function clean(value: number): number {
  return Number(value.toPrecision(12)) + 0; // + 0 turns -0 into 0
}

function tickLabels(ticks: readonly number[], scale: ScaleType): string[] {
  const sizes = ticks.map(Math.abs).filter((size) => size > 0);
  const largest = Math.max(...sizes);
  const smallest = scale === 'log' ? Math.min(...sizes) : Math.abs(ticks[1]! - ticks[0]!);
  const plain = largest < 1e6 && smallest > (scale === 'log' ? 9e-4 : 9e-5);
  if (plain && (scale === 'linear' || largest < 2e4)) {
    const decimals = scale === 'log' ? undefined : decimalsOf(ticks);
    return ticks.map((tick) =>
      tick
        .toLocaleString('en-US', {
          minimumFractionDigits: decimals ?? 0,
          maximumFractionDigits: decimals ?? 6,
        })
        .replace('-', '−'),
    );
  }
  return ticks.map((tick) => {
    if (tick === 0) return '0';
    const exponent = Math.floor(Math.log10(Math.abs(tick)) + 1e-9);
    const mantissa = Number((tick / 10 ** exponent).toPrecision(6));
    if (mantissa === 1) return powerOfTen(exponent);
    return `${String(mantissa).replace('-', '−')}×${powerOfTen(exponent)}`;
  });
}

function decimalsOf(ticks: readonly number[]): number {
  return Math.max(...ticks.map((tick) => (String(tick).split('.')[1] ?? '').length));
}

/** Room in pixels around the frame for ticks and labels. */
export interface Margins {
  readonly marginLeft: number;
  readonly marginRight: number;
  readonly marginTop: number;
  readonly marginBottom: number;
}

/** Room for the widest tick label on the left, and for half of the last one on the right. */
export function marginsFor(x: Axis, y: Axis): Margins {
  const widest = Math.max(...y.labels.map((label) => textWidth(label, tickFont)));
  const last = textWidth(x.labels.at(-1) ?? '', tickFont);
  return {
    marginLeft: Math.ceil(widest) + (y.label === '' ? 14 : 36 + furtherLines(y.label)),
    marginRight: Math.max(14, Math.ceil(last / 2) + 4),
    marginTop: 8,
    marginBottom: x.label === '' ? 24 : 42 + furtherLines(x.label),
  };
}

/** Plot's scales for the two axes; ticks and labels are drawn by `axisMarks`. */
export function axisScales(x: Axis, y: Axis): Pick<PlotOptions, 'x' | 'y'> {
  return {
    x: { type: x.scale, domain: [...x.domain], axis: null },
    y: { type: y.scale, domain: [...y.domain], axis: null },
  };
}

/** Grid, frame, ticks and axis labels, to be drawn under the data. */
export function axisMarks(plot: PlotModule, x: Axis, y: Axis, margins: Margins): Markish[] {
  const common = { labelArrow: 'none', labelAnchor: 'center', tickSize: 4, tickPadding: 4 } as const;
  const tickText = { fontSize: tickFont, fill: surface.ink.light, stroke: surface.muted.light } as const;
  const grid = { stroke: surface.faint.light, strokeOpacity: 1 } as const;
  return [
    plot.gridX(x.ticks, grid),
    plot.gridY(y.ticks, grid),
    plot.frame({ stroke: surface.muted.light }),
    plot.axisX(x.ticks, { ...common, ...tickText, text: x.labels, label: null }),
    plot.axisY(y.ticks, { ...common, ...tickText, text: y.labels, label: null }),
    axisTitle(plot, x.label, { frameAnchor: 'bottom', dy: 32 + furtherLines(x.label) / 2 }),
    axisTitle(plot, y.label, {
      frameAnchor: 'left',
      rotate: -90,
      dx: 14 + furtherLines(y.label) / 2 - margins.marginLeft,
    }),
  ];
}

function axisTitle(plot: PlotModule, label: string, place: Record<string, string | number>): Markish {
  return plot.text(label === '' ? [] : [label], {
    ...place,
    fontSize: labelFont,
    fill: surface.ink.light,
    lineAnchor: 'middle',
    textAnchor: 'middle',
  });
}
