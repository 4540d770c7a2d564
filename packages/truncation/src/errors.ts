import { InputError } from '@hurwitz/input';

/** Thrown on bad input: names the function, what it expected, what it got and what to do. */
export class TruncationError extends InputError {
  override readonly name: string = 'TruncationError';
}

/** Thrown when a bound that holds for λ < 1 is asked of a model that is not stable. */
export class UnstableModelError extends TruncationError {
  override readonly name = 'UnstableModelError';

  constructor(
    where: string,
    /** Contraction factor. */
    readonly lambda: number,
  ) {
    super(
      where,
      'a stable model, λ < 1',
      `λ = ${lambda}`,
      'Project it with clipSingularValues or projectLSTM of @hurwitz/stability; an unstable model has no such bound.',
    );
  }
}
