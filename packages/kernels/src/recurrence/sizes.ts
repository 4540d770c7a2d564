import type { ArrayName } from '../contract.js';

/** The sizes of a step; counts of floats unless said otherwise. */
export interface FamilySizes {
  units: number;
  stages: number;
  gates: number;
  /** Whether the problem has a gate's kernel, and A. */
  gated: boolean;
  linear: boolean;
  /** One state padded to whole registers, and all gates side by side. */
  width: number;
  zWidth: number;
  /** Bytes from one padded row to the next. */
  row: number;
  zRow: number;
  xRow: number;
  /** Columns of [x, 1]. */
  inputColumns: number;
}

/** How a problem is cut up; all derived from its sizes alone, so that results are too. */
export interface Sizes extends FamilySizes {
  /** Tasks that the batch is cut into, and the most rows one has. */
  tasks: number;
  taskRows: number;
  /** Steps whose cotangents are gathered before they meet the states in one product. */
  block: number;
  /** Bytes of one task's gradients, and where each matrix lies in them. */
  gradBytes: number;
  gradA: number;
  gradK: number;
  gradB: number;
}

/** One gate's columns in a matrix of the problem: [rows, units] of a wider row-major array. */
export interface GateColumns {
  name: ArrayName;
  /** Floats before its first column, and floats per row of the whole matrix. */
  offset: number;
  rowFloats: number;
}

/** Rows of a matrix product that keeps its operands in the L2 cache; assembly/recurrence/gemm.ts takes as many at once. */
export const OUTER_ROWS = 256;

export const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;
