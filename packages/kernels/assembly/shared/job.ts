import { Control } from '../../src/runtime/control';

/** The job that this instance is working on; every thread has its own instance and so its own copy. */
export let job: usize = 0;
/** The number of this thread; 0 is the calling one. */
export let thread: usize = 0;
let control: usize = 0;

export function selectJob(controlBlock: usize, index: usize): void {
  control = controlBlock;
  thread = index;
  job = load<u32>(controlBlock + (Control.job << 2));
}

/** Which program the job is for. */
export function program(): u32 {
  return load<u32>(control + (Control.program << 2));
}

/** The next task that nobody works on yet. Which thread takes which has no effect on any number. */
export function nextTask(): usize {
  return atomic.add<u32>(control + (Control.nextTask << 2), 1);
}

/** Tells the other threads that this one is alive. */
// @ts-expect-error: decorator
@inline
export function beat(): void {
  store<u32>(control + (Control.heartbeat << 2), load<u32>(control + (Control.heartbeat << 2)) + 1);
}

/** One 32-bit word of the job. */
// @ts-expect-error: decorator
@inline
export function word(index: usize): usize {
  return load<u32>(job + (index << 2));
}
