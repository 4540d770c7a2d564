import { toVector, type VectorLike } from './matrix.js';
import { checkOptions, iterable } from './options.js';
import { type FlowInput, systemOptions, toFlow } from './system.js';

/**
 * The vector field of dh/dt = A h + σ(W h + drive): a function that gives dh/dt at a state. For plots and for
 * integrators.
 *
 * @throws StabilityError when a matrix or vector is not finite or the sizes differ, here or at a state.
 */
export function flowField(system: FlowInput): (h: VectorLike) => number[] {
  checkOptions('flowField', system, systemOptions);
  const flow = toFlow('flowField', system);
  return (h) => [...flow.field(toVector('flowField', 'h', h, flow.units))];
}

/**
 * A + diag(σ'(W h + drive)) W, the Jacobian of the flow at each given state; what `checkDiscretisation` takes.
 *
 * @throws StabilityError on bad input.
 */
export function flowJacobians(input: FlowInput & { states: readonly VectorLike[] }): number[][][] {
  checkOptions('flowJacobians', input, { states: true, ...systemOptions });
  const { states, ...system } = input;
  const flow = toFlow('flowJacobians', system);
  return Array.from(iterable('flowJacobians', 'states', states), (state, i) =>
    flow.jacobian(toVector('flowJacobians', `states[${i}]`, state, flow.units)).to2DArray(),
  );
}
