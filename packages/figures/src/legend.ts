import type { Markish } from '@observablehq/plot';
import type { PlotModule } from './document.js';
import { surface } from './palette.js';
import { type SymbolName, symbolMarks } from './symbol.js';
import { textWidth, xmlSafe } from './text.js';

/** Dash patterns of lines. */
export type LineStyle = 'solid' | 'dashed' | 'dotted';

/** What one mark of a figure means. */
export interface LegendEntry {
  readonly label: string;
  readonly colour: string;
  readonly line?: LineStyle;
  readonly symbol?: SymbolName;
  /** A filled area around the line. */
  readonly band?: boolean;
  /** A vertical error bar. */
  readonly bar?: boolean;
}

/** Value of `stroke-dasharray`. */
export function dashArray(line: LineStyle | undefined): string | undefined {
  return line === 'dashed' ? '6,4' : line === 'dotted' ? '1.5,3.5' : undefined;
}

const rowHeight = 19;
/** Symbols alone need less room than a piece of line. */
const swatchWidth = ({ line, band }: LegendEntry): number => (line || band ? 24 : 12);
const fontSize = 12;

interface Placed {
  readonly entry: LegendEntry;
  readonly x: number;
  readonly y: number;
}

/** The legend laid out in rows of at most `width` pixels, drawn with the same marks as the figure itself. */
export function legend(entries: readonly LegendEntry[], width: number) {
  const placed: Placed[] = [];
  let [x, y] = [0, rowHeight / 2];
  for (const entry of entries) {
    const needed = swatchWidth(entry) + 6 + textWidth(entry.label, fontSize);
    if (x > 0 && x + needed > width) [x, y] = [0, y + rowHeight];
    placed.push({ entry, x, y });
    x += needed + 12;
  }
  const height = entries.length === 0 ? 0 : y + rowHeight / 2;
  const draw = (plot: PlotModule, document: Document): Element =>
    plot.plot({
      document,
      width,
      height,
      margin: 0,
      axis: null,
      x: { type: 'identity' },
      y: { type: 'identity' },
      marks: placed.flatMap((item) => entryMarks(plot, item)),
    });
  return { height, draw };
}

function entryMarks(plot: PlotModule, { entry, x, y }: Placed): Markish[] {
  const { label, colour, line, symbol, band, bar } = entry;
  const right = x + swatchWidth(entry);
  const middle = (x + right) / 2;
  const points = [{ x: middle, y }];
  return [
    band
      ? plot.rect(points, {
          x1: x,
          x2: right,
          y1: y - 6,
          y2: y + 6,
          fill: colour,
          fillOpacity: 0.18,
        })
      : null,
    line
      ? plot.link(points, {
          x1: x,
          x2: right,
          y1: y,
          y2: y,
          stroke: colour,
          strokeWidth: 2,
          strokeDasharray: dashArray(line),
        })
      : null,
    bar
      ? plot.link(points, { x1: middle, x2: middle, y1: y - 7, y2: y + 7, stroke: colour, strokeWidth: 1.5 })
      : null,
    ...(symbol ? symbolMarks(plot, points, { symbol, colour, radius: 4.5, edgeless: bar ?? false }) : []),
    plot.text([xmlSafe(label)], {
      x: right + 6,
      y,
      textAnchor: 'start',
      fontSize,
      fill: surface.ink.light,
    }),
  ];
}

const same = (a: LegendEntry, b: LegendEntry): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The entries that all legends have, leaving out empty ones. */
export function sharedLegend(legends: readonly (readonly LegendEntry[])[]): LegendEntry[] {
  const [first = [], ...others] = legends.filter((entries) => entries.length > 0);
  return first.filter((entry) => others.every((entries) => entries.some((other) => same(entry, other))));
}

/** What a legend says besides the shared entries. */
export function withoutShared(
  entries: readonly LegendEntry[],
  shared: readonly LegendEntry[],
): LegendEntry[] {
  return entries.filter((entry) => !shared.some((other) => same(entry, other)));
}
