import { InputError } from '@hurwitz/input';

/**
 * Thrown when a figure cannot be drawn from what it was given. `where` is the figure and the option at fault, such as
 * `spectrum series[0].values`.
 */
export class FigureError extends InputError {
  override readonly name = 'FigureError';
}
