import { textWidth } from './text.js';

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Where a label goes relative to its point, in pixels. */
export interface LabelPlace {
  readonly dx: number;
  readonly dy: number;
  readonly textAnchor: 'start' | 'middle' | 'end';
}

const candidates: readonly LabelPlace[] = [
  { dx: 7, dy: 0, textAnchor: 'start' },
  { dx: -7, dy: 0, textAnchor: 'end' },
  { dx: 0, dy: -11, textAnchor: 'middle' },
  { dx: 0, dy: 11, textAnchor: 'middle' },
  { dx: 6, dy: -9, textAnchor: 'start' },
  { dx: 6, dy: 9, textAnchor: 'start' },
  { dx: -6, dy: -9, textAnchor: 'end' },
  { dx: -6, dy: 9, textAnchor: 'end' },
];

/**
 * Places labels one after the other, each on the side of its point where it overlaps least with points, with labels
 * already placed and with what lies outside the frame. Undefined for empty texts. All lengths in pixels.
 */
export function placeLabels(
  points: readonly { x: number; y: number; text: string }[],
  frame: Box,
  fontSize: number,
): (LabelPlace | undefined)[] {
  const taken: Box[] = points.map(({ x, y }) => ({ left: x - 4, right: x + 4, top: y - 4, bottom: y + 4 }));
  return points.map((point) => {
    if (point.text === '') return undefined;
    const width = textWidth(point.text, fontSize);
    const options = candidates.map((place) => {
      const box = labelBox(point, place, width, fontSize);
      const area = width * fontSize;
      const outside = area - overlap(box, frame);
      return { place, box, cost: 10 * outside + taken.reduce((sum, other) => sum + overlap(box, other), 0) };
    });
    const best = options.reduce((held, option) => (option.cost < held.cost - 1e-9 ? option : held));
    taken.push(best.box);
    return best.place;
  });
}

function labelBox(
  { x, y }: { x: number; y: number },
  { dx, dy, textAnchor }: LabelPlace,
  width: number,
  height: number,
): Box {
  const left = x + dx - (textAnchor === 'start' ? 0 : textAnchor === 'end' ? width : width / 2);
  return { left, right: left + width, top: y + dy - height / 2, bottom: y + dy + height / 2 };
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return Math.max(0, width) * Math.max(0, height);
}
