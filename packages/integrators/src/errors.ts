import { InputError } from '@hurwitz/input';

/** Bad input to a function of this package: which function, what it expected, what it got, what to do. */
export class IntegratorError extends InputError {
  override readonly name: string = 'IntegratorError';
}

/** Where an integration stood when it stopped. */
export interface Progress {
  readonly t: number;
  /** The step it would have tried next (signed). */
  readonly dt: number;
  readonly accepted: number;
  readonly rejected: number;
}

/** `integrate` would need more steps than `maxSteps`. */
export class StepLimitError extends IntegratorError {
  override readonly name = 'StepLimitError';
  constructor(
    expected: string,
    got: string,
    fix: string,
    readonly progress: Progress,
  ) {
    super('integrate', expected, got, fix);
  }
}

/** No step, however small, meets the tolerance: a singularity, or a discontinuous or noisy field. */
export class StepSizeError extends IntegratorError {
  override readonly name = 'StepSizeError';
  constructor(
    expected: string,
    got: string,
    fix: string,
    readonly progress: Progress,
  ) {
    super('integrate', expected, got, fix);
  }
}

/** The field or the state became NaN or infinite. */
export class NonFiniteError extends IntegratorError {
  override readonly name = 'NonFiniteError';
  constructor(
    expected: string,
    got: string,
    fix: string,
    readonly t: number,
  ) {
    super('integrate', expected, got, fix);
  }
}
