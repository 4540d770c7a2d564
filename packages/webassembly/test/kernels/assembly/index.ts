import { Control } from '../../../src/control';

/*
 * Kernels that only count. Words of a job: tasks, threads to wait for, whether a further thread shall trap, threads that
 * came, their bits; then, for each task, how often it ran.
 */

export function work(control: usize, thread: usize): void {
  const job = <usize>load<u32>(control + (Control.job << 2));
  atomic.add<u32>(job + 12, 1);
  atomic.or<u32>(job + 16, 1 << (<u32>thread));
  if (thread != 0 && load<u32>(job + 8) != 0) unreachable();
  // So that all of them take part, however few the tasks; not for ever, so that a test fails rather than hangs.
  for (let i = 0; i < 100_000_000 && atomic.load<u32>(job + 12) < load<u32>(job + 4); ++i) {}
  const tasks = load<u32>(job);
  for (;;) {
    const index = atomic.add<u32>(control + (Control.nextTask << 2), 1);
    if (index >= tasks) return;
    atomic.add<u32>(job + 20 + (index << 2), 1);
  }
}

/** The two builds must differ, as those of kernels that compute do. */
export function multiplyAdd(at: usize): void {
  const x = v128.load(at);
  if (ASC_FEATURE_RELAXED_SIMD) v128.store(at, f32x4.relaxed_madd(x, x, x));
  else v128.store(at, f32x4.add(f32x4.mul(x, x), x));
}
