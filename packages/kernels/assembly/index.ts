import { Program } from '../src/runtime/control';
import { workOnTrajectories } from './lyapunov/work';
import { workOnRecurrence } from './recurrence/work';
import { program, selectJob } from './shared/job';

export { multiplyAdd, sigmoidInPlace, tanhInPlace } from './measure';
export { pack } from './recurrence/gemm';

// Exported so that the optimiser leaves them apart: inlined into larger functions, V8 spills their sums.
export { inner32, inner64, outer32, outer64 } from './lyapunov/panel';
export { tile1, tile2, tile3, tile4, tile5, tile6 } from './recurrence/gemm';
export { workOnRecurrence, workOnTrajectories };

/** Takes tasks of the job in the control block until none is left. */
export function work(control: usize, thread: usize): void {
  selectJob(control, thread);
  if (program() == Program.recurrence) workOnRecurrence();
  else workOnTrajectories();
}
