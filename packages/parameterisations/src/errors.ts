import { InputError } from '@hurwitz/input';

/** A bad argument to a parameterisation or a projection. The message says who complains, about what, and what to do. */
export class ParameterisationError extends InputError {
  override readonly name: string = 'ParameterisationError';
}

/** An `inverse` was given a matrix that no free parameters (or no unique ones) produce. */
export class NotInImageError extends ParameterisationError {
  override readonly name = 'NotInImageError';
}

/** A derivative was asked of something that has none here: a projection, or the second one of a spectral norm. */
export class NotDifferentiableError extends ParameterisationError {
  override readonly name = 'NotDifferentiableError';
}
