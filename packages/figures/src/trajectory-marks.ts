import type { Markish } from '@observablehq/plot';
import { type Axis, inFrame } from './axes.js';
import { decimatePath } from './decimate.js';
import type { PlotModule } from './document.js';
import { surface } from './palette.js';
import { type Point, symbolMarks } from './symbol.js';

interface TrajectoryStyle {
  readonly colour: string;
  readonly pixelsPerUnit: number;
  readonly x: Axis;
  readonly y: Axis;
}

/** A path with a ring at its start and heads that point along it, on a pale edge that parts it from the arrows below. */
export function trajectoryMarks(
  plot: PlotModule,
  points: readonly (readonly [number, number])[],
  { colour, pixelsPerUnit, x, y }: TrajectoryStyle,
): Markish[] {
  // a seventh of a pixel: thinner than any difference a reader could see
  const shown = decimatePath(points, 0.15 / pixelsPerUnit).map(
    (i): Point => ({ x: points[i]![0], y: points[i]![1] }),
  );
  const line = { x: 'x', y: 'y', clip: 'frame', strokeLinejoin: 'round', strokeLinecap: 'round' } as const;
  return [
    plot.line(shown, { ...line, stroke: surface.paper.light, strokeWidth: 4, strokeOpacity: 0.85 }),
    plot.line(shown, { ...line, stroke: colour, strokeWidth: 2 }),
    plot.vector(headsAlong(shown, 130 / pixelsPerUnit, { x, y }), {
      x: 'x',
      y: 'y',
      rotate: 'angle',
      length: 11,
      shape: headShape,
      fill: colour,
      stroke: surface.paper.light,
      strokeWidth: 0.8,
    }),
    ...symbolMarks(plot, inFrame(shown.slice(0, 1), x, y), { symbol: 'ring', colour, radius: 3.6 }),
  ];
}

/** A filled arrowhead with a notch, pointing up. */
const headShape = {
  draw(
    context: { moveTo(x: number, y: number): void; lineTo(x: number, y: number): void; closePath(): void },
    length: number,
  ) {
    context.moveTo(0, -length);
    context.lineTo(0.42 * length, 0);
    context.lineTo(0, -0.25 * length);
    context.lineTo(-0.42 * length, 0);
    context.closePath();
  },
};

/** Most heads on one path: a long spiral needs no more to show its sense. */
const mostHeads = 5;

/**
 * Places along the visible part of a path with the direction of travel there, `spacing` apart in arc length and closer
 * on a shorter path. They gather at the start, where a path into an equilibrium still has room.
 */
function headsAlong(points: readonly Point[], spacing: number, { x, y }: { x: Axis; y: Axis }) {
  const segments = points.slice(1).map((to, i) => {
    const from = points[i]!;
    const visible = inFrame([from, to], x, y).length === 2;
    return { from, to, length: visible ? Math.hypot(to.x - from.x, to.y - from.y) : 0 };
  });
  const total = segments.reduce((sum, { length }) => sum + length, 0);
  const count = total === 0 ? 0 : Math.min(mostHeads, Math.max(1, Math.floor(total / spacing)));
  const gap = count === mostHeads ? spacing : total / count;
  const heads: (Point & { angle: number })[] = [];
  let travelled = 0;
  for (const { from, to, length } of segments) {
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    for (; heads.length < count && (heads.length + 0.5) * gap <= travelled + length; ) {
      const share = ((heads.length + 0.5) * gap - travelled) / length;
      heads.push({
        x: from.x + share * dx,
        y: from.y + share * dy,
        angle: (Math.atan2(dx, dy) * 180) / Math.PI,
      });
    }
    travelled += length;
  }
  return heads;
}
