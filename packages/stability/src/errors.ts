import { InputError } from '@hurwitz/input';

/** Thrown on bad input: names the function, what it expected, what it got and what to do. */
export class StabilityError extends InputError {
  override readonly name: string = 'StabilityError';
}

/** Thrown when a linear system has no unique solution to working precision: Newton's, or a Lyapunov equation. */
export class SingularSystemError extends StabilityError {
  override readonly name = 'SingularSystemError';
}

/** Thrown when an iteration used up its steps: the QR algorithm, Newton's method, a Riccati equation. */
export class ConvergenceError extends StabilityError {
  override readonly name = 'ConvergenceError';
}
