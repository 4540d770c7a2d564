/** Bad input: names the function, what it expected, what it got and what to do. Each package has its own kind. */
export class InputError extends Error {
  constructor(
    /** Public function that refused. */
    readonly where: string,
    readonly expected: string,
    readonly got: string,
    readonly fix: string,
  ) {
    super(`${where}: expected ${expected}, got ${got}. ${fix}`);
  }
}
