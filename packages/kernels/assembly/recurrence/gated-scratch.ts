import { Field } from '../../src/recurrence/fields';
import { OUTER_ROWS } from './gemm';
import { field, ofTask, rows } from './job';

/*
 * Scratch of a task of the gated families, in the order that `gatedScratch` in src/recurrence/plans/gated.ts has: the
 * cotangents of h and of a second state-sized quantity | those of h in masked rows | [x, 1] | a panel of weights' gradients |
 * cotangents of the inputs.
 */

/** Bytes of this task's rows of a state, and of all gates. */
export let planeBytes: usize = 0;
export let gateBytes: usize = 0;
export let dh: usize = 0;
/** LSTM: the cotangent of c; GRU: of r ∘ h. */
export let dSecond: usize = 0;
export let keptCotangents: usize = 0;
export let inputs: usize = 0;
export let panel: usize = 0;
export let inputCotangents: usize = 0;

export function locate(): void {
  planeBytes = rows * field(Field.row);
  gateBytes = rows * field(Field.zRow);
  dh = ofTask(Field.scratch, Field.scratchTask);
  dSecond = dh + planeBytes;
  keptCotangents = dSecond + planeBytes;
  inputs = keptCotangents + planeBytes;
  panel = inputs + rows * field(Field.ringXRow);
  inputCotangents = panel + (OUTER_ROWS << 5);
  assert(inputCotangents <= dh + field(Field.scratchTask), 'scratch of a gated family');
}
