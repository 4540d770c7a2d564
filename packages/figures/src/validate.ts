import { FigureError } from './errors.js';
import type { Domain, ScaleType } from './options.js';
import type { SeriesColour } from './palette.js';

function describe(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'string') return JSON.stringify(value);
  return value !== null && typeof value === 'object' ? 'an object' : String(value);
}

/** The values as a plain array of finite numbers, at least one. */
export function finiteNumbers(where: string, values: ArrayLike<number>): number[] {
  if (values === null || typeof values !== 'object' || typeof values.length !== 'number')
    throw new FigureError(where, 'an array of numbers', describe(values), 'Pass a plain or typed array.');
  if (values.length === 0)
    throw new FigureError(where, 'at least one value', 'none', 'Leave the series out when it has no data.');
  return Array.from(values, (value, i) => finite(`${where}[${i}]`, value));
}

/** `values` when it is a finite number. */
export function finite(where: string, value: number): number {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new FigureError(where, 'a finite number', describe(value), 'Drop or repair it before drawing.');
  return value;
}

/** Finite numbers, exactly as many as `count`. */
export function matchingNumbers(where: string, values: ArrayLike<number>, count: number): number[] {
  const numbers = finiteNumbers(where, values);
  if (numbers.length !== count)
    throw new FigureError(
      where,
      `${count} values`,
      `${numbers.length}`,
      'Give one for each point of the series.',
    );
  return numbers;
}

/** A place in the palette or `muted`. */
export function checkedColour(where: string, colour: SeriesColour): SeriesColour {
  if (colour === 'muted' || (Number.isInteger(colour) && colour >= 0)) return colour;
  throw new FigureError(
    where,
    "a place in the palette (0, 1, ...) or 'muted'",
    describe(colour),
    'Leave it out for the place of the series.',
  );
}

/** A non-empty list. */
export function nonEmpty<T>(where: string, items: readonly T[]): readonly T[] {
  if (!Array.isArray(items) || items.length === 0)
    throw new FigureError(
      where,
      'a list with at least one item',
      describe(items),
      'There is nothing to draw.',
    );
  return items;
}

/** Points of the plane from rows `[x, y]`. */
export function planePoints(where: string, rows: ArrayLike<ArrayLike<number>>): [number, number][] {
  if (rows === null || typeof rows !== 'object' || !(rows.length > 0))
    throw new FigureError(
      where,
      'at least one row [x, y]',
      describe(rows),
      'Pass the states, one row per time.',
    );
  return Array.from(rows, (row, i) => {
    if (row?.length !== 2)
      throw new FigureError(
        `${where}[${i}]`,
        'a row [x, y]',
        `${row?.length ?? 0} numbers`,
        'Pick two components.',
      );
    return [finite(`${where}[${i}][0]`, row[0]!), finite(`${where}[${i}][1]`, row[1]!)];
  });
}

/** One of the listed words. */
export function oneOf<T extends string>(where: string, value: T, allowed: readonly T[]): T {
  if (!allowed.includes(value))
    throw new FigureError(
      where,
      allowed.map((a) => `'${a}'`).join(' or '),
      describe(value),
      'Use one of these.',
    );
  return value;
}

/** A number inside [lowest, highest]. */
export function inRange(where: string, value: number, [lowest, highest]: Domain): number {
  if (!(value >= lowest && value <= highest))
    throw new FigureError(
      where,
      `a number from ${lowest} to ${highest}`,
      describe(value),
      'Change the option.',
    );
  return value;
}

/** An ordered pair of finite numbers, positive when the axis is logarithmic. */
export function orderedDomain(where: string, domain: Domain, scale: ScaleType = 'linear'): [number, number] {
  const [low, high] = matchingNumbers(where, domain, 2) as [number, number];
  if (!(low < high))
    throw new FigureError(
      where,
      '[smallest, largest] with smallest < largest',
      `[${low}, ${high}]`,
      'Swap or widen it.',
    );
  positiveOnLog(where, [low], scale);
  return [low, high];
}

/** Refuses zero and negative values on a logarithmic axis. */
export function positiveOnLog(where: string, values: readonly number[], scale: ScaleType): void {
  oneOf(`${where} scale`, scale, ['linear', 'log']);
  if (scale === 'linear') return;
  const index = values.findIndex((value) => value <= 0);
  if (index >= 0)
    throw new FigureError(
      where,
      'positive values on a logarithmic axis',
      `${values[index]} at index ${index}`,
      "Use scale 'linear', or shift or drop these values.",
    );
}
