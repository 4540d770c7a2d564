/** Bad input to the recurrence: says who noticed, what was expected, what came and what to do. */
export class RecurrenceError extends Error {
  override readonly name = 'RecurrenceError';

  constructor(
    readonly where: string,
    readonly expected: string,
    readonly got: string,
    readonly fix: string,
  ) {
    super(`${where}: expected ${expected}, got ${got}. ${fix}`);
  }
}
