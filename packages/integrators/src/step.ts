import { IntegratorError } from './errors.js';
import { type State, spaceOf, type TensorField, type Vector, type VectorField } from './state.js';
import type { StateSpace } from './state-space.js';
import { assertTableau, type Tableau } from './tableau.js';
import type { TensorLike } from './tensor.js';

/**
 * One Runge–Kutta step from `h` at time `t` to `t + dt`:
 *
 *     k_i = f(t + c_i dt, h + dt Σ_{j<i} a_ij k_j),    result = h + dt Σ_i b_i k_i
 *
 * On tensors of any shape (rows are states) it is differentiable with respect to `h` and to whatever tensors or
 * variables `f` uses; a number[] or Float64Array is stepped in float64. `dt` may be negative.
 *
 * @returns the new state, of the kind and shape of `h`; `h` is left alone.
 * @throws {IntegratorError} when `t` or `dt` is not finite, or `f` returns another shape. Values are not
 * looked at (that would wait for the device): a field that overflows gives what it gives.
 */
export function step<T extends TensorLike>(
  tableau: Tableau,
  f: TensorField<T>,
  t: number,
  h: T,
  dt: number,
): T;
export function step<V extends Vector>(tableau: Tableau, f: VectorField<V>, t: number, h: V, dt: number): V;
export function step(tableau: Tableau, f: unknown, t: number, h: State, dt: number): State {
  assertTableau('step', tableau);
  const space = spaceOf('step', h);
  const field = checkedField('step', space, f);
  for (const value of [t, dt]) {
    if (Number.isFinite(value)) continue;
    const times = `t = ${String(t)}, dt = ${String(dt)}`;
    throw new IntegratorError('step', 'finite numbers t and dt', times, 'Pass times as plain numbers.');
  }
  return space.scope(() => {
    const slopes = stages(space, tableau, field, { t, h, dt });
    return space.combine(h, scaled(tableau.b, dt), slopes);
  });
}

/** The slopes k_1..k_s, of states that `f` may change or keep; `first` is k_1 where it is known already. */
export function stages<S extends D, D>(
  space: StateSpace<S, D>,
  { a, c }: Tableau,
  f: (t: number, h: S) => D,
  { t, h, dt, first }: { t: number; h: S; dt: number; first?: D },
): D[] {
  const slopes: D[] = first === undefined ? [] : [first];
  for (let i = slopes.length; i < c.length; i++) {
    slopes.push(f(t + c[i]! * dt, space.combine(h, scaled(a[i]!, dt), slopes)));
  }
  return slopes;
}

export function scaled(weights: readonly number[], dt: number): number[] {
  return weights.map((weight) => weight * dt);
}

/** `f`, each value of it checked to have the shape of the state; and safe from what `f` does to it later. */
export function checkedField(
  where: string,
  space: StateSpace<State, State>,
  f: unknown,
): (t: number, h: State) => State {
  if (typeof f !== 'function') {
    throw new IntegratorError(where, 'f as a function (t, h) => dh/dt', typeof f, 'Pass the vector field.');
  }
  return (t, h) => space.derivative(where, f(t, h), h);
}
