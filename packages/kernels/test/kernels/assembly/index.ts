import { Control } from '../../../src/runtime/control';

/*
 * Kernels that only count. Words of a job: tasks, threads to wait for, milliseconds to wait for them at most, whether a
 * further thread shall trap, threads that came, their bits; then, for each task, how often it ran.
 */

const MILLISECOND: i64 = 1_000_000;

export function work(control: usize, thread: usize): void {
  const job = <usize>load<u32>(control + (Control.job << 2));
  const came = job + 16;
  atomic.or<u32>(job + 20, 1 << (<u32>thread));
  atomic.add<u32>(came, 1);
  atomic.notify(came, -1);
  if (thread != 0 && load<u32>(job + 12) != 0) unreachable();
  // So that all of them take part, however few the tasks; not for ever, so that a test fails rather than hangs.
  const patience = <i64>load<u32>(job + 8) * MILLISECOND;
  for (;;) {
    const present = atomic.load<u32>(came);
    if (present >= load<u32>(job + 4)) break;
    if (atomic.wait<u32>(came, present, patience) == AtomicWaitResult.TIMED_OUT) break;
  }
  const tasks = load<u32>(job);
  for (;;) {
    const index = atomic.add<u32>(control + (Control.nextTask << 2), 1);
    if (index >= tasks) return;
    atomic.add<u32>(job + 24 + (index << 2), 1);
  }
}

/** The two builds must differ, as those of kernels that compute do. */
export function multiplyAdd(at: usize): void {
  const x = v128.load(at);
  if (ASC_FEATURE_RELAXED_SIMD) v128.store(at, f32x4.relaxed_madd(x, x, x));
  else v128.store(at, f32x4.add(f32x4.mul(x, x), x));
}
