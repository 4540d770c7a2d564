import { type EigenvaluePlaneOptions, eigenvaluePlaneDrawing } from './eigenvalue-plane.js';
import { FigureError } from './errors.js';
import { type LegendEntry, sharedLegend, withoutShared } from './legend.js';
import { type LineChartOptions, lineChartDrawing } from './line-chart.js';
import type { FigureOptions } from './options.js';
import { type Drawing, drawPlot, edge, enlargement, header, renderSheet } from './render.js';
import { type ScatterPlotOptions, scatterPlotDrawing } from './scatter-plot.js';
import { type SpectrumOptions, spectrumDrawing } from './spectrum.js';
import { type TrainingCurvesOptions, trainingCurvesDrawing } from './training-curves.js';
import { inRange, nonEmpty } from './validate.js';
import { type VectorFieldOptions, vectorFieldDrawing } from './vector-field.js';

/** One figure of a grid: an object with a single key that names the figure, and its options. */
export type FigureGridPanel =
  | { vectorField: VectorFieldOptions }
  | { trainingCurves: TrainingCurvesOptions }
  | { eigenvaluePlane: EigenvaluePlaneOptions }
  | { spectrum: SpectrumOptions }
  | { lineChart: LineChartOptions }
  | { scatterPlot: ScatterPlotOptions };

export interface FigureGridOptions extends Omit<FigureOptions, 'height'> {
  /** Row by row. Their `width` and `theme` are the grid's. */
  panels: readonly FigureGridPanel[];
  columns?: number;
}

interface Cell {
  readonly title: string;
  readonly subtitle: string;
  readonly description: string;
  readonly drawing: Drawing;
}

/**
 * Draws several figures as panels of one, such as the same vector field in four regimes. What every panel with a legend
 * says is said once, above them all; a panel keeps what is its own.
 *
 * @returns the figure as SVG text.
 * @throws FigureError when there are no panels or one of them cannot be drawn.
 */
export async function figureGrid(options: FigureGridOptions): Promise<string> {
  const {
    panels,
    title = '',
    subtitle = '',
    description,
    columns = 2,
    width: asked = 720,
    theme = 'auto',
  } = options;
  const scale = enlargement('figureGrid', asked);
  const width = asked / scale;
  const across = Math.round(inRange('figureGrid columns', columns, [1, 12]));
  const cellWidth = Math.floor((width - edge) / across);
  const cells = nonEmpty('figureGrid panels', panels).map((panel, i) => gridCell(panel, i, cellWidth));
  const shared = sharedLegend(cells.map(({ drawing }) => drawing.legend));
  const head = header({ title, subtitle, legend: shared }, width - 2 * edge);
  const top = edge + head.height + (head.height > 0 ? 8 : 0);
  const rows = layOut(cells, { across, cellWidth, top, shared });
  return renderSheet({
    where: 'figureGrid',
    width,
    height: rows.bottom + 4,
    scale,
    theme,
    title,
    description: description ?? cells.map((cell) => `${cell.title}: ${cell.description}`).join(' '),
    draw: (canvas) => {
      head.draw(canvas, edge, edge);
      for (const { drawing, caption, left, captionTop, plotTop } of rows.placed) {
        caption.draw(canvas, left + edge, captionTop);
        drawPlot(canvas, drawing, left, plotTop);
      }
    },
  });
}

function gridCell(panel: FigureGridPanel, index: number, width: number): Cell {
  const sized = <T extends FigureOptions>(options: T): T => ({ ...options, width });
  // one height for all but vector fields, whose domain gives them their shape
  const level = <T extends FigureOptions>(options: T): T => ({
    height: Math.round(width * 0.75),
    ...sized(options),
  });
  const cell = ({ title = '', subtitle = '', description }: FigureOptions, drawing: Drawing): Cell => ({
    title,
    subtitle,
    description: description ?? drawing.description,
    drawing,
  });
  if ('vectorField' in panel) return cell(panel.vectorField, vectorFieldDrawing(sized(panel.vectorField)));
  if ('trainingCurves' in panel)
    return cell(panel.trainingCurves, trainingCurvesDrawing(level(panel.trainingCurves)));
  if ('eigenvaluePlane' in panel)
    return cell(panel.eigenvaluePlane, eigenvaluePlaneDrawing(level(panel.eigenvaluePlane)));
  if ('spectrum' in panel) return cell(panel.spectrum, spectrumDrawing(level(panel.spectrum)));
  if ('lineChart' in panel) return cell(panel.lineChart, lineChartDrawing(level(panel.lineChart)));
  if ('scatterPlot' in panel) return cell(panel.scatterPlot, scatterPlotDrawing(level(panel.scatterPlot)));
  throw new FigureError(
    `figureGrid panels[${index}]`,
    'an object whose key names a figure',
    `the keys ${Object.keys(panel).join(', ') || '(none)'}`,
    'For example { vectorField: { field, xDomain, yDomain } }.',
  );
}

interface GridLayout {
  readonly across: number;
  readonly cellWidth: number;
  readonly top: number;
  /** What is said once, above all panels. */
  readonly shared: readonly LegendEntry[];
}

/** Rows as high as their highest caption and plot, so that frames in a row stand level. */
function layOut(cells: readonly Cell[], { across, cellWidth, top, shared }: GridLayout) {
  let bottom = top;
  const placed = [];
  for (let first = 0; first < cells.length; first += across) {
    const row = cells.slice(first, first + across).map(({ title, subtitle, drawing }) => {
      const legend = withoutShared(drawing.legend, shared);
      return { drawing, caption: header({ title, subtitle, legend }, cellWidth - edge, 13) };
    });
    const captionHeight = Math.max(...row.map(({ caption }) => caption.height));
    for (const [i, { drawing, caption }] of row.entries())
      placed.push({
        drawing,
        caption,
        left: i * cellWidth,
        captionTop: bottom,
        plotTop: bottom + captionHeight + 4,
      });
    bottom += captionHeight + 4 + Math.max(...row.map(({ drawing }) => drawing.height)) + 8;
  }
  return { placed, bottom: bottom - 8 };
}
