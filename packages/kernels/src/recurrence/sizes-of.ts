import type { RecurrenceShape } from '../contract.js';
import type { FamilyPlan } from './family-plan.js';
import { OUTER_ROWS, roundUp, type Sizes } from './sizes.js';

const EIGHT_FLOATS = 32;
const SMALL_TASK_ROWS = 16;
const TASKS = 8;
/** All tasks' gradients together are kept below this by making fewer tasks. */
const GRADIENT_BYTES = 512 * 2 ** 20;

/** An odd number of 32-byte units: rows then do not compete for the same cache sets, whatever the width. */
const rowBytes = (floats: number): number => {
  const units = roundUp(floats, 8) / 8;
  return (units | 1) * EIGHT_FLOATS;
};

export function sizesOf(shape: RecurrenceShape, family: FamilyPlan): Sizes {
  const { attributes } = shape;
  const { units, batch, time, tokens, inputDim } = attributes;
  const stages = 'b' in attributes ? attributes.b.length : 1;
  const gates = family.gates(shape);
  const width = roundUp(units, 8);
  const zWidth = gates * width;
  const inputColumns = (tokens ? 0 : inputDim) + 1;
  const sizes: Sizes = {
    units,
    stages,
    gates,
    gated: shape.has('gateKernel'),
    linear: shape.has('A'),
    width,
    zWidth,
    row: rowBytes(width),
    zRow: rowBytes(zWidth),
    xRow: rowBytes(inputColumns),
    inputColumns,
    gradBytes: 0,
    gradA: 0,
    gradK: 0,
    gradB: 0,
    tasks: 0,
    taskRows: 0,
    block: 0,
  };
  sizes.gradA = family.recurrentGradientBytes(sizes);
  sizes.gradK = sizes.gradA + (sizes.linear ? units * width * 4 : 0);
  sizes.gradB = sizes.gradK + inputColumns * zWidth * 4;
  sizes.gradBytes = sizes.gradB + width * 4;
  sizes.tasks = taskCount(batch, sizes.gradBytes);
  sizes.taskRows = Math.ceil(batch / sizes.tasks);
  sizes.block = Math.max(1, Math.min(time, Math.floor(OUTER_ROWS / (sizes.taskRows * stages))));
  return sizes;
}

/** Eight tasks of at least four rows, more of them only when they would pass sixteen rows. */
function taskCount(batch: number, gradBytes: number): number {
  const wanted =
    batch <= TASKS * SMALL_TASK_ROWS
      ? Math.min(TASKS, Math.floor(batch / 4))
      : TASKS * Math.ceil(batch / (TASKS * SMALL_TASK_ROWS));
  const affordable = Math.floor(GRADIENT_BYTES / gradBytes);
  return Math.max(1, Math.min(wanted, affordable));
}
