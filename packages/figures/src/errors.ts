/** Thrown when a figure cannot be drawn from what it was given. */
export class FigureError extends Error {
  override readonly name = 'FigureError';

  constructor(
    /** The figure and the option at fault, such as `spectrum series[0].values`. */
    readonly where: string,
    readonly expected: string,
    readonly got: string,
    readonly fix: string,
  ) {
    super(`${where}: expected ${expected}, got ${got}. ${fix}`);
  }
}
