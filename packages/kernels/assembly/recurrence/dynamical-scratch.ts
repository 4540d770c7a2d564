import { Field } from '../../src/recurrence/fields';
import { OUTER_ROWS } from './gemm';
import { field, ofTask, rows } from './job';

/*
 * k(h) = g ∘ (A h + act(W h + z)), g = sigmoid(W h + z_g) or 1, and h⁺ = carry · h + epsilon · Φ(k, h).
 *
 * The planes of the tape hold, per step and stage and row: Y the stage's state, S act(...), G the gate, M what the
 * gate multiplies (only if gated with a linear term: elsewhere it is S). Without a tape all steps share one slot.
 *
 * Scratch of a task, in the order that `scratch` in src/recurrence/plans/dynamical.ts has: the state's cotangent | z | linear | one k per stage | one dy per stage | [x, 1] |
 * a panel of weights' gradients | cotangents of the inputs. All but z, the panel and the inputs are planes of states.
 */

// Scratch planes, set by `locate`.
export let planeBytes: usize = 0;
export let z: usize = 0;
export let linear: usize = 0;
export let slopes: usize = 0;
export let cotangent: usize = 0;
export let stageCotangents: usize = 0;
export let inputs: usize = 0;
export let panel: usize = 0;
export let inputCotangents: usize = 0;

export function locate(): void {
  const stages = field(Field.stages);
  planeBytes = rows * field(Field.row);
  cotangent = ofTask(Field.scratch, Field.scratchTask);
  z = cotangent + planeBytes;
  linear = z + rows * field(Field.zRow);
  slopes = linear + planeBytes;
  stageCotangents = slopes + stages * planeBytes;
  inputs = stageCotangents + stages * planeBytes;
  panel = inputs + rows * field(Field.ringXRow);
  inputCotangents = panel + (OUTER_ROWS << 5);
  assert(inputCotangents <= cotangent + field(Field.scratchTask), 'scratch of the dynamical family');
}
