import { Field } from '../../src/lyapunov/fields';
import { thread, word } from '../shared/job';

// @ts-expect-error: decorator
@inline
export function field(f: Field): usize {
  return word(<usize>f);
}

/** The block of a trajectory in a buffer that has one for each. */
// @ts-expect-error: decorator
@inline
export function ofTrajectory(base: Field, stride: Field, index: usize): usize {
  return field(base) + index * field(stride);
}

let scratch: usize = 0;

/** Starts handing out this thread's scratch from its beginning. */
export function resetScratch(): void {
  scratch = field(Field.scratch) + thread * field(Field.scratchEach);
}

/** The next `bytes` of scratch. `scratch` in src/lyapunov/plan.ts lists the sizes. */
export function take(bytes: usize): usize {
  const start = scratch;
  scratch += (bytes + 63) & ~63;
  assert(scratch <= field(Field.scratch) + (thread + 1) * field(Field.scratchEach), 'scratch of a thread');
  return start;
}
