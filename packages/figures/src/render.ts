import type { Markish, PlotOptions } from '@observablehq/plot';
import type { Margins } from './axes.js';
import { type PlotModule, withDocument } from './document.js';
import { type LegendEntry, legend } from './legend.js';
import type { FigureOptions } from './options.js';
import { styleSheet, surface, type Theme } from './palette.js';
import { normalise, withContentIds } from './serialise.js';
import { fontFamily, wrapText, xmlSafe } from './text.js';
import { inRange, oneOf } from './validate.js';

/** A figure before it has a document: its size, its marks and what its legend says. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly margins: Margins;
  readonly scales: Pick<PlotOptions, 'x' | 'y'>;
  readonly marks: (plot: PlotModule) => Markish[];
  readonly legend: readonly LegendEntry[];
  /** The picture in words, for readers who cannot see it. */
  readonly description: string;
}

/** A drawing with its place inside a figure. */
export interface Panel {
  readonly drawing: Drawing;
  readonly title: string;
  readonly subtitle: string;
  readonly legend: readonly LegendEntry[];
}

export interface Header {
  readonly height: number;
  readonly draw: (canvas: Canvas, left: number, top: number) => void;
}

interface Canvas {
  readonly plot: PlotModule;
  readonly document: Document;
  readonly root: Element;
}

interface Sheet {
  readonly where: string;
  readonly width: number;
  readonly height: number;
  /** How many pixels one unit of the layout takes. */
  readonly scale: number;
  readonly theme: Theme;
  readonly title: string;
  readonly description: string;
  readonly draw: (canvas: Canvas) => void;
}

export const edge = 12;

/** Title, subtitle and legend above a drawing, broken to the width they have. */
export function header(
  { title, subtitle, legend: entries }: Pick<Panel, 'title' | 'subtitle' | 'legend'>,
  width: number,
  titleSize = 15,
): Header {
  const lines = [
    ...wrapText(title, width, titleSize * 1.06).map((text) => ({ text, size: titleSize, weight: 600 })),
    ...wrapText(subtitle, width, 12).map((text) => ({ text, size: 12, weight: 400 })),
  ].filter(({ text }) => text !== '');
  const rows = legend(entries, width);
  const gap = lines.length > 0 && rows.height > 0 ? 4 : 0;
  const textHeight = lines.reduce((sum, { size }) => sum + Math.round(size * 1.35), 0);
  const draw = (canvas: Canvas, left: number, top: number): void => {
    let baseline = top;
    for (const { text, size, weight } of lines) {
      baseline += Math.round(size * 1.35);
      const line = append(canvas, canvas.root, 'text', {
        x: left,
        y: baseline - Math.round(size * 0.3),
        'font-size': size,
        'font-weight': weight,
        fill: weight > 400 ? surface.ink.light : surface.muted.light,
      });
      line.textContent = xmlSafe(text);
    }
    if (rows.height > 0)
      adopt(canvas, rows.draw(canvas.plot, canvas.document), left, top + textHeight + gap, 'legend');
  };
  return { height: textHeight + gap + rows.height, draw };
}

/** Draws the plot of a panel with its upper left corner at the given place. */
export function drawPlot(
  canvas: Canvas,
  { width, height, margins, scales, marks }: Drawing,
  left: number,
  top: number,
) {
  const { plot, document } = canvas;
  const svg = plot.plot({ document, width, height, ...margins, ...scales, marks: marks(plot) });
  adopt(canvas, svg, left, top, 'plot');
}

/**
 * Drawings are laid out at most this wide and enlarged to the width that was asked for, so that no text is smaller than
 * 7.8 pixels where a figure is shown 400 pixels wide.
 */
const layoutWidth = 560;

/** How many pixels of the figure one unit of its layout takes. */
export function enlargement(where: string, width: number): number {
  return Math.max(1, inRange(`${where} width`, width, [160, 10_000]) / layoutWidth);
}

/** A whole figure as SVG text, from the options that all figures share and what draws it. */
export function renderFigure<Options extends FigureOptions>(
  where: string,
  options: Options,
  drawingOf: (options: Options) => Drawing,
): Promise<string> {
  const {
    title = '',
    subtitle = '',
    description,
    theme = 'auto',
    width: asked = 600,
    height: high,
  } = options;
  const scale = enlargement(where, asked);
  const sized = { ...options, width: asked / scale, ...(high !== undefined && { height: high / scale }) };
  const drawing = drawingOf(sized);
  const { width, height, legend: entries } = drawing;
  const head = header({ title, subtitle, legend: entries }, width - 2 * edge);
  const top = edge + head.height + (head.height > 0 ? 6 : 0);
  return renderSheet({
    where,
    width,
    height: top + height + 4,
    scale,
    theme,
    title,
    description: description ?? drawing.description,
    draw: (canvas) => {
      head.draw(canvas, edge, edge);
      drawPlot(canvas, drawing, 0, top);
    },
  });
}

/** SVG text that opens alone, is safe to inline in HTML next to others, and has a name for screen readers. */
export function renderSheet({
  where,
  width,
  height,
  scale,
  theme,
  title,
  description,
  draw,
}: Sheet): Promise<string> {
  oneOf(`${where} theme`, theme, ['auto', 'light', 'dark']);
  return withDocument(where, (plot, document) => {
    const root = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const canvas: Canvas = { plot, document, root };
    setAll(root, {
      class: `hurwitz-figure-${theme}`,
      width: Math.round(scale * width),
      height: Math.round(scale * height),
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'aria-labelledby': 'title',
      'aria-describedby': 'description',
      color: surface.ink.light,
      'font-family': fontFamily,
      'font-size': 12,
    });
    append(canvas, root, 'title', { id: 'title' }).textContent = xmlSafe(title === '' ? where : title);
    append(canvas, root, 'desc', { id: 'description' }).textContent = xmlSafe(description);
    append(canvas, root, 'style', {}).textContent = styleSheet(theme);
    append(canvas, root, 'rect', { width, height, fill: surface.paper.light });
    draw(canvas);
    normalise(root);
    return withContentIds(root, document);
  });
}

/** Width and height in pixels, checked. */
export function checkedSize(where: string, width: number, height: number): [number, number] {
  const bounds = [160, 10_000] as const;
  return [inRange(`${where} width`, width, bounds), inRange(`${where} height`, height, [100, 10_000])];
}

/**
 * Moves the content of Plot's svg into a group of ours. A nested svg would bring Plot's style sheet, whose `height: auto`
 * makes a browser stretch it over the whole figure.
 */
function adopt(canvas: Canvas, svg: Element, left: number, top: number, name: string): void {
  const group = append(canvas, canvas.root, 'g', {
    class: `hurwitz-${name}`,
    transform: `translate(${left},${top})`,
    fill: 'currentColor',
    'text-anchor': 'middle',
  });
  for (const child of [...svg.children]) if (child.localName !== 'style') group.appendChild(child);
}

function append(
  { document }: Canvas,
  parent: Element,
  name: string,
  attributes: Record<string, string | number>,
): Element {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  setAll(element, attributes);
  return parent.appendChild(element);
}

function setAll(element: Element, attributes: Record<string, string | number>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}
