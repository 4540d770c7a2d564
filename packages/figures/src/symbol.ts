import type { Markish } from '@observablehq/plot';
import type { PlotModule } from './document.js';
import { type SeriesColour, surface } from './palette.js';

/** Shapes of points. `centre` is a ring around a dot, `saddle` a cross. */
export type SymbolName =
  | 'disc'
  | 'ring'
  | 'centre'
  | 'saddle'
  | 'square'
  | 'diamond'
  | 'triangle'
  | 'triangleDown';

/** Shapes of successive groups of points, so that groups differ by more than colour. */
export const groupSymbols: readonly SymbolName[] = [
  'disc',
  'diamond',
  'triangle',
  'square',
  'triangleDown',
  'ring',
];

/** The symbol of a series of that colour. */
export function symbolOf(style: SeriesColour): SymbolName {
  return style === 'muted' ? 'disc' : groupSymbols[style % groupSymbols.length]!;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface SymbolStyle {
  readonly symbol: SymbolName;
  readonly colour: string;
  /** Radius in pixels of the disc that has the symbol's area. */
  readonly radius: number;
  /** Leaves out the thin edge in the background's colour that parts overlapping symbols. */
  readonly edgeless?: boolean;
  /** Sideways shift in pixels. */
  readonly dx?: number;
}

const plotSymbols = {
  disc: 'circle',
  ring: 'circle',
  centre: 'circle',
  saddle: 'times',
  square: 'square',
  diamond: 'diamond2',
  triangle: 'triangle2',
  triangleDown: 'triangle2',
} as const;

/** Marks that draw one symbol at every point. They are not cut at the frame: see `inFrame`. */
export function symbolMarks(plot: PlotModule, points: readonly Point[], style: SymbolStyle): Markish[] {
  const { symbol, colour, radius, edgeless = false, dx = 0 } = style;
  const place = { x: 'x', y: 'y', r: radius, symbol: plotSymbols[symbol], dx } as const;
  const data = [...points];
  const rotate = symbol === 'triangleDown' ? 180 : 0;
  if (symbol === 'saddle')
    return [
      plot.dot(data, { ...place, stroke: surface.paper.light, strokeWidth: 5 }),
      plot.dot(data, { ...place, stroke: colour, strokeWidth: 2.4 }),
    ];
  if (symbol === 'ring' || symbol === 'centre') {
    const ring = { ...place, fill: surface.paper.light, stroke: colour, strokeWidth: 1.8 };
    const middle = { ...place, r: radius * 0.4, fill: colour };
    return [plot.dot(data, ring), symbol === 'centre' ? plot.dot(data, middle) : null];
  }
  const edge = radius > 2 && !edgeless ? { stroke: surface.paper.light, strokeWidth: 0.8 } : {};
  return [plot.dot(data, { ...place, rotate, fill: colour, ...edge })];
}
