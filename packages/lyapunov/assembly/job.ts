import { Control } from '../../webassembly/src/control';
import { Field } from '../src/webassembly/fields';

/** The job that this instance works on; every thread has its own instance and so its own copy. */
let job: usize = 0;
let control: usize = 0;
let thread: usize = 0;

export function selectJob(controlBlock: usize, index: usize): void {
  control = controlBlock;
  thread = index;
  job = load<u32>(controlBlock + (Control.job << 2));
}

/** The next trajectory that nobody works on yet. */
export function nextTask(): usize {
  return atomic.add<u32>(control + (Control.nextTask << 2), 1);
}

/** Tells the other threads that this one is alive. */
// @ts-expect-error: decorator
@inline
export function beat(): void {
  const at = control + (Control.heartbeat << 2);
  store<u32>(at, load<u32>(at) + 1);
}

// @ts-expect-error: decorator
@inline
export function field(f: Field): usize {
  return load<u32>(job + ((<usize>f) << 2));
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

/** The next `bytes` of scratch. src/webassembly/layout.ts adds up the sizes. */
export function take(bytes: usize): usize {
  const start = scratch;
  scratch += (bytes + 63) & ~63;
  return start;
}
