import type { Arena } from './arena.js';
import type { Machine } from './machine.js';
import { type ArrayProblem, biasIsThreshold, type GateColumns, gateColumns } from './problem-arrays.js';
import { roundUp, type Shape } from './shape.js';

/*
 * Weights as the matrix products want them: panels of eight columns, packed once per call by the kernels themselves. With
 * states as rows, the forward product of W (which multiplies a column vector) reads its columns, and LSTM's recurrent
 * kernel (which multiplies rows) its rows; the backward products read them the other way.
 */

const PANEL_ROW = 32;

interface Block {
  /** The matrix as it came, and its size in floats. */
  source: Float32Array;
  /** Floats to element (0, 0), from one row of the product to the next, and from one column to the next. */
  offset: number;
  rowFloats: number;
  columnFloats: number;
  rows: number;
  columns: number;
  /** Where the block goes in the packed matrix: rows and columns before it. */
  atRow: number;
  atColumn: number;
}

/** A packed matrix of `depth` rows and `columns` columns, put together from blocks; what no block covers is zero. */
export interface PackedMatrix {
  address: () => number;
  depth: number;
  columns: number;
  blocks: Block[];
}

function reserve(arena: Arena, depth: number, columns: number, blocks: Block[]): PackedMatrix {
  const address = arena.part(depth * roundUp(columns, 8) * 4);
  return { address, depth, columns, blocks };
}

/** W or A: a square matrix that multiplies column vectors. */
export function square(arena: Arena, source: Float32Array, units: number, back: boolean): PackedMatrix {
  const [rowFloats, columnFloats] = back ? [units, 1] : [1, units];
  const block = {
    source,
    offset: 0,
    rowFloats,
    columnFloats,
    rows: units,
    columns: units,
    atRow: 0,
    atColumn: 0,
  };
  return reserve(arena, units, units, [block]);
}

/** Gates [from, to) of LSTM's or GRU's recurrent kernel. */
export function recurrentGates(
  arena: Arena,
  { attributes: { units }, arrays }: ArrayProblem,
  { gates, width }: Shape,
  { from, to, back }: { from: number; to: number; back: boolean },
): PackedMatrix {
  const columns = Array.from({ length: to - from }, (_, i) => ({
    name: 'recurrentKernel' as const,
    offset: (from + i) * units,
    rowFloats: gates * units,
  }));
  const blocks = gateBlocks(arrays as Record<string, Float32Array>, columns, {
    rows: units,
    units,
    width,
    back,
  });
  const span = (to - from) * width;
  return back ? reserve(arena, span, units, blocks) : reserve(arena, units, span, blocks);
}

/** [kernel; bias], which meets [x, 1]. */
export function inputKernel(arena: Arena, problem: ArrayProblem, shape: Shape): PackedMatrix {
  const { units, inputDim } = problem.attributes;
  const { gates, width, zWidth, inputColumns } = shape;
  const arrays = problem.arrays as Record<string, Float32Array>;
  const options = { rows: inputDim, units, width, back: false };
  const blocks = gateBlocks(arrays, gateColumns(problem, gates, 'kernel'), options);
  const bias = gateColumns(problem, gates, 'bias').map((column, gate) => ({ column, gate }));
  for (const { column, gate } of bias) {
    if (arrays[column.name] === undefined || (gate === 0 && biasIsThreshold(problem))) continue;
    const [block] = gateBlocks(arrays, [column], { rows: 1, units, width, back: false });
    blocks.push({ ...block!, atRow: inputDim, atColumn: gate * width });
  }
  return reserve(arena, inputColumns, zWidth, blocks);
}

/** The kernels, as the gradient of the inputs meets them. */
export function inputKernelBack(arena: Arena, problem: ArrayProblem, shape: Shape): PackedMatrix {
  const { units, inputDim } = problem.attributes;
  const arrays = problem.arrays as Record<string, Float32Array>;
  const options = { rows: inputDim, units, width: shape.width, back: true };
  const blocks = gateBlocks(arrays, gateColumns(problem, shape.gates, 'kernel'), options);
  return reserve(arena, shape.zWidth, inputDim, blocks);
}

function gateBlocks(
  arrays: Record<string, Float32Array>,
  gates: GateColumns[],
  { rows, units, width, back }: { rows: number; units: number; width: number; back: boolean },
): Block[] {
  return gates.map(({ name, offset, rowFloats }, gate) => {
    const shared = { source: arrays[name]!, offset };
    const at = gate * width;
    return back
      ? {
          ...shared,
          rowFloats: 1,
          columnFloats: rowFloats,
          rows: units,
          columns: rows,
          atRow: at,
          atColumn: 0,
        }
      : { ...shared, rowFloats, columnFloats: 1, rows, columns: units, atRow: 0, atColumn: at };
  });
}

/** The largest source of some packed matrices: room that `packAll` needs to stage them. */
export const stagingFloats = (matrices: PackedMatrix[]): number =>
  Math.max(0, ...matrices.flatMap(({ blocks }) => blocks.map(({ source }) => source.length)));

/** Fills the packed matrices; each source is staged in WebAssembly memory at `staging`. */
export function packAll({ exports, heap }: Machine, matrices: PackedMatrix[], staging: number): void {
  let staged: Float32Array | undefined;
  for (const { address, depth, columns, blocks } of matrices) {
    heap.floats(address(), depth * roundUp(columns, 8)).fill(0);
    const panel = depth * PANEL_ROW;
    for (const block of blocks) {
      if (staged !== block.source) heap.floats(staging, block.source.length).set(block.source);
      staged = block.source;
      const target = address() + (block.atColumn / 8) * panel + block.atRow * PANEL_ROW;
      const { offset, rowFloats, columnFloats, rows } = block;
      exports.pack(target, panel, staging + offset * 4, rowFloats * 4, columnFloats * 4, rows, block.columns);
    }
  }
}
