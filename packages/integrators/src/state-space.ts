import { IntegratorError } from './errors.js';

/** What an error is measured against, component by component: atol + rtol · max(|h|, |next|). */
export interface Scale<S> {
  readonly rtol: number;
  readonly atol: number;
  readonly h: S;
  readonly next: S;
}

/**
 * The little arithmetic that Runge–Kutta methods need, so that the methods are written once for both kinds of
 * state. `S` is a state and `D` what a field returns.
 */
export interface StateSpace<S extends D, D> {
  /** Unit roundoff of the arithmetic. */
  readonly roundoff: number;
  /** base + Σ weights_i · vectors_i, the increments summed first to lose less to rounding; never `base` itself. */
  combine(base: S, weights: readonly number[], vectors: readonly D[]): S;
  /** Root mean square of Σ weights_i · vectors_i over its scale, of the worst row in a batch; NaN if any is. */
  norm(weights: readonly number[], vectors: readonly D[], scale: Scale<S>): number;
  isFinite(value: D): boolean;
  /** Runs `body` and frees the tensors it made, except those in its result. */
  scope<R>(body: () => R): R;
  /** A handle of the same value that can be disposed of on its own. */
  own<V extends D>(value: V): V;
  dispose(value: D): void;
  /**
   * What a field returned at `h`, checked; a copy where it can change, since a field may return one array again and
   * again. Throws when it is no value of the field.
   */
  derivative(where: string, value: unknown, h: S): D;
}

export function fieldError(where: string, expected: string, got: string): IntegratorError {
  return new IntegratorError(
    where,
    `f(t, h) to return ${expected} like h`,
    got,
    'Return dh/dt in the shape of the state.',
  );
}
