import { type Axis, type Margins, makeAxis, marginsFor } from './axes.js';
import type { Domain } from './options.js';

export interface EqualAspectOptions {
  where: string;
  xDomain: Domain;
  yDomain: Domain;
  xLabel: string;
  yLabel: string;
  width: number;
  /** With a height the shorter axis is widened to fill the frame; without one the frame takes the domain's shape. */
  height?: number | undefined;
}

export interface EqualAspect {
  readonly x: Axis;
  readonly y: Axis;
  readonly height: number;
  readonly margins: Margins;
  /** Pixels per unit, the same along both axes. */
  readonly pixelsPerUnit: number;
}

/** Axes on which a unit is as long across as up, so that circles are round and angles are true. */
export function equalAspect({
  where,
  xDomain,
  yDomain,
  xLabel,
  yLabel,
  width,
  height,
}: EqualAspectOptions): EqualAspect {
  const axis = (name: 'x' | 'y', domain: Domain, label: string, length: number): Axis =>
    makeAxis({
      where: `${where} ${name}`,
      values: [],
      domain,
      label,
      length,
      spacing: name === 'x' ? 56 : 42,
    });
  const [spanX, spanY] = [xDomain[1] - xDomain[0], yDomain[1] - yDomain[0]];
  // Margins depend on tick labels and tick labels on the frame, so estimate the frame first.
  const guess = marginsFor(axis('x', xDomain, xLabel, width * 0.8), axis('y', yDomain, yLabel, width * 0.8));
  const frameWidth = width - guess.marginLeft - guess.marginRight;
  if (height === undefined) {
    const pixelsPerUnit = Math.min(frameWidth / spanX, (1.2 * width) / spanY);
    const spare = Math.max(0, frameWidth - pixelsPerUnit * spanX) / 2; // a tall frame is narrower: centre it
    const frameHeight = pixelsPerUnit * spanY;
    const total = Math.ceil(guess.marginTop + frameHeight + guess.marginBottom);
    return {
      x: axis('x', xDomain, xLabel, pixelsPerUnit * spanX),
      y: axis('y', yDomain, yLabel, frameHeight),
      height: total,
      margins: {
        marginLeft: guess.marginLeft + spare,
        marginRight: guess.marginRight + spare,
        marginTop: guess.marginTop,
        marginBottom: total - guess.marginTop - frameHeight, // takes the fraction of a pixel
      },
      pixelsPerUnit,
    };
  }
  const frameHeight = height - guess.marginTop - guess.marginBottom;
  const pixelsPerUnit = Math.min(frameWidth / spanX, frameHeight / spanY);
  return {
    x: axis('x', widen(xDomain, frameWidth / pixelsPerUnit), xLabel, frameWidth),
    y: axis('y', widen(yDomain, frameHeight / pixelsPerUnit), yLabel, frameHeight),
    height,
    margins: guess,
    pixelsPerUnit,
  };
}

function widen([low, high]: Domain, span: number): [number, number] {
  const extra = Math.max(0, span - (high - low)) / 2;
  return [low - extra, high + extra];
}

/** Range of values with a margin of `share` of it on both sides. */
export function paddedDomain(values: readonly number[], share: number): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const pad = high > low ? share * (high - low) : Math.max(Math.abs(low), 1) * share;
  return [low - pad, high + pad];
}
