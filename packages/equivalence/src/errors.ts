import { InputError } from '@hurwitz/input';

/** Thrown on bad input: names the function, what it expected, what it got and what to do. */
export class EquivalenceError extends InputError {
  override readonly name: string = 'EquivalenceError';
}

/** Thrown when a network with ‖W‖₂ ≥ 1 is given where only a contraction has an answer. */
export class NotContractiveError extends EquivalenceError {
  override readonly name = 'NotContractiveError';

  constructor(
    where: string,
    readonly spectralNorm: number,
  ) {
    super(
      where,
      'a contraction, ‖W‖₂ < 1',
      `‖W‖₂ = ${spectralNorm}, too large by ${spectralNorm - 1}`,
      'Scale W down, or clip its singular values with clipSingularValues of @hurwitz/stability.',
    );
  }
}

/** Thrown in checking mode when an input leaves the bound that the equality of two networks rests on. */
export class InputBoundError extends EquivalenceError {
  override readonly name = 'InputBoundError';

  constructor(
    where: string,
    /** Index in time of the first input beyond the bound. */
    readonly step: number,
    /** Its norm. */
    readonly size: number,
    readonly inputBound: number,
  ) {
    super(
      where,
      `inputs of norm at most ${inputBound}`,
      `${size} at step ${step}`,
      'Scale the inputs, or build the unitary network with a larger inputBound.',
    );
  }
}
