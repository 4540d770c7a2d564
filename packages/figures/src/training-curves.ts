import { inFrame } from './axes.js';
import { besidePoint, type CartesianOptions } from './cartesian.js';
import { type Curve, curveFrame, curvesDrawing } from './line-chart.js';
import { surface } from './palette.js';
import { type Drawing, renderFigure } from './render.js';
import { symbolMarks } from './symbol.js';
import { formatNumber } from './text.js';
import { finiteNumbers, matchingNumbers, nonEmpty, oneOf } from './validate.js';

/** One recorded quantity. Arrays: shape [records]. */
export interface TrainingSeries {
  /** Series of one name share a colour: the same quantity on different data. */
  readonly name: string;
  readonly y: ArrayLike<number>;
  /** Epoch or step of each record; 1, 2, 3, ... when absent. */
  readonly x?: ArrayLike<number>;
  /** Training data are drawn dashed, all others solid. */
  readonly split?: 'train' | 'validation' | 'test';
}

export interface TrainingCurvesOptions extends CartesianOptions {
  series: readonly TrainingSeries[];
  /** Which record of each name to mark: on its validation series if there is one, else on its first. */
  best?: 'lowest' | 'highest' | 'none';
}

/**
 * Draws how losses, accuracies or other records went during training.
 *
 * @returns the figure as SVG text.
 * @throws FigureError when a series is empty, ragged, not finite, or not positive on a logarithmic axis.
 */
export async function trainingCurves(options: TrainingCurvesOptions): Promise<string> {
  return renderFigure('trainingCurves', options, trainingCurvesDrawing);
}

export function trainingCurvesDrawing(options: TrainingCurvesOptions): Drawing {
  const { best = 'lowest', xLabel = 'epoch' } = options;
  oneOf('trainingCurves best', best, ['lowest', 'highest', 'none']);
  const series = nonEmpty('trainingCurves series', options.series);
  const names = [...new Set(series.map(({ name }) => name))];
  const curves = series.map((item, i) => checkedCurve(item, i, names));
  const frame = curveFrame('trainingCurves', curves, { ...options, xLabel });
  const marked = best === 'none' ? [] : names.map((name) => bestRecord(series, curves, name, best));
  const found = marked.map(({ label, x, y }) => ` Best ${label}: ${formatNumber(y)} at ${formatNumber(x)}.`);
  return curvesDrawing(frame, curves, {
    kind: 'Training curves',
    extraLegend: marked.length > 0 ? [{ label: 'best', colour: surface.ink.light, symbol: 'ring' }] : [],
    extraDescription: found.join(''),
    over: (plot) =>
      marked.flatMap(({ x, y }) => [
        symbolMarks(plot, inFrame([{ x, y }], frame.x, frame.y), {
          symbol: 'ring',
          colour: surface.ink.light,
          radius: 4.5,
        }),
        besidePoint(plot, { x, y, text: `${formatNumber(y, 4)} at ${formatNumber(x, 6)}` }, frame),
      ]),
  });
}

function checkedCurve({ name, x, y, split }: TrainingSeries, index: number, names: readonly string[]): Curve {
  const where = `trainingCurves series[${index}]`;
  if (split !== undefined) oneOf(`${where}.split`, split, ['train', 'validation', 'test']);
  const values = finiteNumbers(`${where}.y`, y);
  return {
    label: split === undefined ? name : `${name}, ${split}`,
    x: x === undefined ? values.map((_, i) => i + 1) : matchingNumbers(`${where}.x`, x, values.length),
    y: values,
    line: split === 'train' ? 'dashed' : split === 'test' ? 'dotted' : 'solid',
    points: false,
    style: names.indexOf(name),
  };
}

function bestRecord(
  series: readonly TrainingSeries[],
  curves: readonly Curve[],
  name: string,
  best: 'lowest' | 'highest',
): { label: string; x: number; y: number } {
  const candidates = curves.filter((_, i) => series[i]!.name === name);
  const splits = series.filter((item) => item.name === name).map(({ split }) => split);
  const { label, x, y } = candidates[Math.max(0, splits.indexOf('validation'))]!;
  const better = (a: number, b: number) => (best === 'lowest' ? a < b : a > b);
  const index = y.reduce((held, value, i) => (better(value, y[held]!) ? i : held), 0);
  return { label, x: x[index]!, y: y[index]! };
}
