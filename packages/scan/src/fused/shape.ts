import type { RecurrenceAttributes, TensorName } from '../problem.js';

/** Which of the optional tensors a problem has. */
export type Has = (name: TensorName) => boolean;

/** How a problem is cut up and laid out in memory; all derived from its sizes alone, so that results are too. */
export interface Shape {
  /** Tasks that the batch is cut into, and the most rows one has. */
  tasks: number;
  taskRows: number;
  stages: number;
  gates: number;
  gated: boolean;
  linear: boolean;
  /** Floats of one state padded to whole registers, and of all gates side by side. */
  width: number;
  zWidth: number;
  /** Bytes from one padded row to the next. */
  row: number;
  zRow: number;
  xRow: number;
  /** Columns of [x, 1]. */
  inputColumns: number;
  /** Steps whose cotangents are gathered before they meet the states in one product. */
  block: number;
  /** Bytes of one task's gradients, and where each matrix lies in them. */
  gradBytes: number;
  gradA: number;
  gradK: number;
  gradB: number;
}

const EIGHT_FLOATS = 32;
/** Rows of a matrix product that keeps its operands in the L2 cache; assembly/gemm.ts takes as many at once. */
export const OUTER_ROWS = 256;
const SMALL_TASK_ROWS = 16;
const TASKS = 8;
/** All tasks' gradients together are kept below this by making fewer tasks. */
const GRADIENT_BYTES = 512 * 2 ** 20;

export const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

/** An odd number of 32-byte units: rows then do not compete for the same cache sets, whatever the width. */
const rowBytes = (floats: number): number => {
  const units = roundUp(floats, 8) / 8;
  return (units | 1) * EIGHT_FLOATS;
};

export function shapeOf(attributes: RecurrenceAttributes, has: Has): Shape {
  const { units, batch, time, tokens, inputDim, family } = attributes;
  const dynamical = attributes.family === 'dynamical';
  const stages = dynamical ? attributes.b.length : 1;
  const gated = has('gateKernel');
  const gates = { dynamical: gated ? 2 : 1, lstm: 4, gru: 3 }[family];
  const width = roundUp(units, 8);
  const zWidth = gates * width;
  const inputColumns = (tokens ? 0 : inputDim) + 1;
  const linear = has('A');
  const gradW = units * (dynamical ? width : zWidth) * 4;
  const gradA = gradW;
  const gradK = gradA + (linear ? units * width * 4 : 0);
  const gradB = gradK + inputColumns * zWidth * 4;
  const gradBytes = gradB + width * 4;
  const tasks = taskCount(batch, gradBytes);
  const taskRows = Math.ceil(batch / tasks);
  return {
    tasks,
    taskRows,
    stages,
    gates,
    gated,
    linear,
    width,
    zWidth,
    row: rowBytes(width),
    zRow: rowBytes(zWidth),
    xRow: rowBytes(inputColumns),
    inputColumns,
    block: Math.max(1, Math.min(time, Math.floor(OUTER_ROWS / (taskRows * stages)))),
    gradBytes,
    gradA,
    gradK,
    gradB,
  };
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

/** Bytes that one task keeps of `steps` steps; with `steps` 0, the slots that a run without a tape works in. */
export function planeBytes(
  { family }: RecurrenceAttributes,
  { stages, taskRows, gated, linear, row, zRow }: Shape,
  steps: number,
): { y: number; s: number; g: number; m: number } {
  const kept = Math.max(1, steps);
  const states = (steps + 1) * taskRows * row;
  if (family === 'lstm') {
    return { y: states, s: kept * taskRows * zRow, g: states, m: kept * taskRows * row };
  }
  if (family === 'gru') return { y: states, s: kept * taskRows * zRow, g: kept * taskRows * row, m: 0 };
  const slots = kept * stages * taskRows * row;
  return {
    y: slots + (steps > 0 ? taskRows * row : 0),
    s: slots,
    g: gated ? slots : 0,
    m: gated && linear ? slots : 0,
  };
}

/** Multiply-adds of the recurrent and input products of the forward pass; each of the two backward parts has as many. */
export function multiplyAdds({ units, batch, time }: RecurrenceAttributes, shape: Shape): number {
  const { stages, width, zWidth, gates, linear, inputColumns } = shape;
  const matrices = gates > 2 ? gates : linear ? 2 : 1;
  return batch * time * (stages * matrices * units * width + inputColumns * zWidth);
}
