import type { Markish } from '@observablehq/plot';
import { type Axis, axisMarks, axisScales, type Margins, makeAxis, marginsFor } from './axes.js';
import type { PlotModule } from './document.js';
import { dashArray } from './legend.js';
import type { Domain, FigureOptions, ScaleType } from './options.js';
import { surface } from './palette.js';
import { checkedSize, type Drawing } from './render.js';
import { textWidth, xmlSafe } from './text.js';
import { finite, positiveOnLog } from './validate.js';

/** A line across the whole figure at one value, with its meaning written next to it. */
export interface ReferenceLine {
  /** Give one of `x` (vertical) and `y` (horizontal). */
  readonly x?: number;
  readonly y?: number;
  readonly label?: string;
}

/** What every figure with two ordinary axes takes. */
export interface CartesianOptions extends FigureOptions {
  xLabel?: string;
  yLabel?: string;
  xScale?: ScaleType;
  yScale?: ScaleType;
  /** Fixed ranges; otherwise those of the data, rounded outwards. Data outside is cut at the frame. */
  xDomain?: Domain;
  yDomain?: Domain;
  references?: readonly ReferenceLine[];
}

/** Axes that hold the data, and the pixel positions they give to values. */
export interface CartesianFrame {
  readonly x: Axis;
  readonly y: Axis;
  readonly width: number;
  readonly height: number;
  readonly margins: Margins;
  readonly toX: (value: number) => number;
  readonly toY: (value: number) => number;
  /** The axes, to be drawn before the data. */
  readonly base: (plot: PlotModule) => Markish[];
  /** The reference lines, to be drawn after the data, so that their labels stay readable. */
  readonly over: (plot: PlotModule) => Markish[];
  readonly scales: Drawing['scales'];
}

/** Axes for the given data, references included. */
export function cartesianFrame(
  where: string,
  data: { x: readonly number[]; y: readonly number[] },
  options: CartesianOptions,
): CartesianFrame {
  const { xLabel = '', yLabel = '', xScale = 'linear', yScale = 'linear', references = [] } = options;
  const [width, height] = checkedSize(
    where,
    options.width ?? 600,
    options.height ?? Math.round((options.width ?? 600) * 0.58),
  );
  const lines = references.map((line, i) =>
    checkedReference(`${where} references[${i}]`, line, { x: xScale, y: yScale }),
  );
  const held = (name: 'x' | 'y') => [...data[name], ...lines.flatMap((line) => line[name] ?? [])];
  const axes = (margins: Pick<Margins, 'marginLeft' | 'marginRight'>) => {
    const frameWidth = width - margins.marginLeft - margins.marginRight;
    const [xs, ys] = [held('x'), held('y')];
    const x = makeAxis({
      where: `${where} x`,
      values: xs,
      label: xLabel,
      scale: xScale,
      domain: options.xDomain,
      length: frameWidth,
      spacing: 50,
    });
    const y = makeAxis({
      where: `${where} y`,
      values: ys,
      label: yLabel,
      scale: yScale,
      domain: options.yDomain,
      length: height - 50,
      spacing: 32,
    });
    return { x, y };
  };
  const guess = axes({ marginLeft: 60, marginRight: 20 });
  const margins = marginsFor(guess.x, guess.y);
  const { x, y } = axes(margins);
  const toX = position(x, margins.marginLeft, width - margins.marginRight);
  const toY = position(y, height - margins.marginBottom, margins.marginTop);
  const pixels = { toX, toY, right: width - margins.marginRight, top: margins.marginTop };
  const base = (plot: PlotModule) => axisMarks(plot, x, y, margins);
  const over = (plot: PlotModule) => lines.flatMap((line) => referenceMarks(plot, line, pixels));
  return { x, y, width, height, margins, toX, toY, base, over, scales: axisScales(x, y) };
}

/** Where values and the frame's upper right corner lie in pixels. */
interface PixelFrame extends Pick<CartesianFrame, 'toX' | 'toY'> {
  readonly right: number;
  readonly top: number;
}

function checkedReference(
  where: string,
  line: ReferenceLine,
  scales: { x: ScaleType; y: ScaleType },
): ReferenceLine {
  const name = line.x === undefined ? 'y' : 'x';
  const value = finite(`${where}.${name}`, line[name] as number);
  positiveOnLog(`${where}.${name}`, [value], scales[name]);
  return line;
}

function position({ scale, domain }: Axis, from: number, to: number): (value: number) => number {
  const map = scale === 'log' ? Math.log : (value: number) => value;
  const [low, high] = [map(domain[0]), map(domain[1])];
  return (value) => from + ((map(value) - low) / (high - low)) * (to - from);
}

function referenceMarks(plot: PlotModule, { x, y, label = '' }: ReferenceLine, frame: PixelFrame): Markish[] {
  const line = {
    stroke: surface.ink.light,
    strokeWidth: 1.2,
    strokeDasharray: dashArray('dashed'),
    clip: 'frame',
  } as const;
  const text = {
    fill: surface.ink.light,
    stroke: surface.paper.light,
    strokeWidth: 4,
    fontSize: 11,
  } as const;
  const { toX, toY, right, top } = frame;
  const labels = label === '' ? [] : [xmlSafe(label)];
  if (x !== undefined) {
    const fits = toX(x) + 6 + textWidth(label, 11) < right;
    const place = {
      x,
      frameAnchor: 'top',
      dy: 10,
      dx: fits ? 6 : -6,
      textAnchor: fits ? 'start' : 'end',
    } as const;
    return [plot.ruleX([x], line), plot.text(labels, { ...text, ...place })];
  }
  const above = toY(y!) - top > 20;
  const place = { y: y!, frameAnchor: 'right', textAnchor: 'end', dx: -6, dy: above ? -8 : 9 } as const;
  return [plot.ruleY([y!], line), plot.text(labels, { ...text, ...place })];
}

/** A short text beside a point, on the side where it stays inside the frame. */
export function besidePoint(
  plot: PlotModule,
  { x, y, text }: { x: number; y: number; text: string },
  { toX, width, margins }: CartesianFrame,
): Markish {
  const fits = toX(x) + 10 + textWidth(text, 11) < width - margins.marginRight;
  return plot.text([xmlSafe(text)], {
    x,
    y,
    dx: fits ? 9 : -9,
    textAnchor: fits ? 'start' : 'end',
    dy: 12,
    fontSize: 11,
    fill: surface.ink.light,
    stroke: surface.paper.light,
    strokeWidth: 4,
  });
}
