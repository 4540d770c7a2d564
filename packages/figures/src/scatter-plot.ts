import type { Markish } from '@observablehq/plot';
import { type CartesianFrame, type CartesianOptions, cartesianFrame } from './cartesian.js';
import type { PlotModule } from './document.js';
import { FigureError } from './errors.js';
import { type SeriesColour, seriesColour, surface } from './palette.js';
import { placeLabels } from './place-labels.js';
import { type Drawing, renderFigure } from './render.js';
import { symbolMarks, symbolOf } from './symbol.js';
import { xmlSafe } from './text.js';
import { checkedColour, finiteNumbers, matchingNumbers, nonEmpty, positiveOnLog } from './validate.js';

/** Points of one kind. Arrays: shape [points]. */
export interface ScatterGroup {
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** A text for each point; an empty one is left out. */
  readonly labels?: readonly string[];
  /** A place in the palette, from 0; the place among the groups when absent. `muted`: grey, behind the others. */
  readonly colour?: SeriesColour;
}

export interface ScatterPlotOptions extends CartesianOptions {
  groups: readonly ScatterGroup[];
}

interface Group {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly labels: readonly string[];
  readonly style: SeriesColour;
}

/**
 * Draws one quantity against another, a point for each run or model: the largest exponent against the loss, say.
 * Labels go to the side of their point where they cover least.
 *
 * @returns the figure as SVG text.
 * @throws FigureError when a group is empty, ragged, not finite, or not positive on a logarithmic axis.
 */
export async function scatterPlot(options: ScatterPlotOptions): Promise<string> {
  return renderFigure('scatterPlot', options, scatterPlotDrawing);
}

export function scatterPlotDrawing(options: ScatterPlotOptions): Drawing {
  const groups = nonEmpty('scatterPlot groups', options.groups).map((group, i) =>
    checkedGroup(group, i, options),
  );
  const [x, y] = [groups.flatMap((group) => group.x), groups.flatMap((group) => group.y)];
  const frame = cartesianFrame('scatterPlot', { x, y }, options);
  const counts = groups.map((group) => `${group.x.length} points of ${group.name || 'one kind'}`);
  return {
    ...frame,
    legend: groups
      .map(({ name, style }) => ({ label: name, colour: seriesColour(style), symbol: symbolOf(style) }))
      .filter(({ label }) => label !== ''),
    description: `Scatter plot of ${options.yLabel ?? 'y'} against ${options.xLabel ?? 'x'}: ${counts.join('; ')}.`,
    marks: (plot) => [
      frame.base(plot),
      groups.map(({ x, y, style }) =>
        symbolMarks(
          plot,
          x.map((value, k) => ({ x: value, y: y[k]! })),
          { symbol: symbolOf(style), colour: seriesColour(style), radius: 4 },
        ),
      ),
      frame.over(plot),
      labelMarks(plot, groups, frame),
    ],
  };
}

function checkedGroup(
  { name, x, y, labels, colour }: ScatterGroup,
  index: number,
  options: CartesianOptions,
): Group {
  const where = `scatterPlot groups[${index}]`;
  const xs = finiteNumbers(`${where}.x`, x);
  const ys = matchingNumbers(`${where}.y`, y, xs.length);
  positiveOnLog(`${where}.x`, xs, options.xScale ?? 'linear');
  positiveOnLog(`${where}.y`, ys, options.yScale ?? 'linear');
  if (labels !== undefined && labels.length !== xs.length)
    throw new FigureError(
      `${where}.labels`,
      `${xs.length} texts`,
      `${labels.length}`,
      'Give one for each point.',
    );
  const style = checkedColour(`${where}.colour`, colour ?? index);
  return { name, x: xs, y: ys, style, labels: labels ?? xs.map(() => '') };
}

function labelMarks(plot: PlotModule, groups: readonly Group[], frame: CartesianFrame): Markish[] {
  const points = groups.flatMap(({ x, y, labels }) =>
    x.map((value, i) => ({ x: value, y: y[i]!, text: xmlSafe(labels[i]!) })),
  );
  const { width, height, margins, toX, toY } = frame;
  const box = {
    left: margins.marginLeft,
    right: width - margins.marginRight,
    top: margins.marginTop,
    bottom: height - margins.marginBottom,
  };
  const places = placeLabels(
    points.map(({ x, y, text }) => ({ x: toX(x), y: toY(y), text })),
    box,
    11,
  );
  return points.flatMap(({ x, y, text }, i) => {
    const place = places[i];
    if (!place) return [];
    return plot.text([text], {
      x,
      y,
      ...place,
      fontSize: 11,
      fill: surface.ink.light,
      stroke: surface.paper.light,
      strokeWidth: 3,
    });
  });
}
