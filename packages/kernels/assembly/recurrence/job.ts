import { Field, Flag } from '../../src/recurrence/fields';
import { job, word } from '../shared/job';

/** The task of the job: rows [firstRow, firstRow + rows) of the batch. */
export let task: usize = 0;
export let firstRow: usize = 0;
export let rows: usize = 0;
/** The steps [from, to) that are worked on. */
export let from: usize = 0;
export let to: usize = 0;

// @ts-expect-error: decorator
@inline
export function field(f: Field): usize {
  return word(<usize>f);
}

// @ts-expect-error: decorator
@inline
export function fieldF32(f: Field): f32 {
  return load<f32>(job + ((<usize>f) << 2));
}

// @ts-expect-error: decorator
@inline
export function has(flag: Flag): bool {
  return (field(Field.flags) & <usize>flag) != 0;
}

/** This task's block of a buffer that has one block per task, each `stride` bytes. */
// @ts-expect-error: decorator
@inline
export function ofTask(base: Field, stride: Field): usize {
  return field(base) + task * field(stride);
}

/** Rows are dealt out evenly: the first batch % tasks tasks have one more. */
export function rowsBefore(index: usize): usize {
  const batch = field(Field.batch);
  const tasks = field(Field.tasks);
  return index * (batch / tasks) + min(index, batch % tasks);
}

export function selectTask(index: usize): void {
  task = index;
  firstRow = rowsBefore(index);
  rows = rowsBefore(index + 1) - firstRow;
  selectSteps(field(Field.from), field(Field.to));
}

export function selectSteps(start: usize, end: usize): void {
  from = start;
  to = end;
}

/** Position in the inputs of the step that is read as number t. */
// @ts-expect-error: decorator
@inline
export function inputStep(t: usize): usize {
  return has(Flag.reverse) ? field(Field.time) - 1 - t : t;
}

/** Whether row r of this task is skipped at step t: its state is carried over. */
// @ts-expect-error: decorator
@inline
export function masked(r: usize, t: usize): bool {
  const mask = field(Field.mask);
  return mask != 0 && load<i32>(mask + (((firstRow + r) * field(Field.time) + inputStep(t)) << 2)) == 0;
}

/** All ones where the state is added to the step, zero where the step replaces it: what is left out must not matter. */
// @ts-expect-error: decorator
@inline
export function carryMask(carry: f32): v128 {
  return f32x4.ne(f32x4.splat(carry), f32x4.splat(0));
}

/** One of several fields in a row, such as `kernel0` to `kernel3`. */
// @ts-expect-error: decorator
@inline
export function fieldAt(first: Field, index: usize): usize {
  return word(<usize>first + index);
}
