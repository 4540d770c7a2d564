import type { Complex } from '@hurwitz/input';
import type { Theme } from './palette.js';

/** What every figure takes. Lengths are CSS pixels. */
export interface FigureOptions {
  /** First line, in bold; also the figure's name for screen readers. */
  title?: string;
  /** Lines under the title: system, parameters, units. */
  subtitle?: string;
  /** Text for screen readers (`<desc>`); written from the data when absent. */
  description?: string;
  /** Width of the whole figure. */
  width?: number;
  /** Height of the axes and what is between them; title and legend come on top of it. */
  height?: number;
  /** `auto` follows the reader's `prefers-color-scheme`; the others fix one mode, for print or slides. */
  theme?: Theme;
}

export type { Complex };

/** Smallest and largest value of an axis. */
export type Domain = readonly [number, number];

/** How values map to lengths along an axis. */
export type ScaleType = 'linear' | 'log';
