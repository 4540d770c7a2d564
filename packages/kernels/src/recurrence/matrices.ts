import type { RecurrenceProblem } from '../contract.js';
import type { Machine } from '../machine.js';
import { type FamilySizes, type GateColumns, roundUp } from './sizes.js';

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

/** A matrix of `depth` rows and `columns` columns, put together from blocks; what no block covers is zero. */
export interface Matrix {
  depth: number;
  columns: number;
  blocks: Block[];
}

/** Bytes of a matrix in panels. */
export const packedBytes = ({ depth, columns }: Matrix): number => depth * roundUp(columns, 8) * 4;

/** W or A: a square matrix that multiplies column vectors. */
export function square(source: Float32Array, units: number, back: boolean): Matrix {
  const [rowFloats, columnFloats] = back ? [units, 1] : [1, units];
  const at = { offset: 0, atRow: 0, atColumn: 0 };
  const block = { source, rowFloats, columnFloats, rows: units, columns: units, ...at };
  return { depth: units, columns: units, blocks: [block] };
}

/** Gates [from, to) of LSTM's or GRU's recurrent kernel. */
export function recurrentGates(
  { attributes: { units }, arrays }: RecurrenceProblem,
  { gates, width }: FamilySizes,
  { from, to, back }: { from: number; to: number; back: boolean },
): Matrix {
  const columns = Array.from({ length: to - from }, (_, i) => ({
    name: 'recurrentKernel' as const,
    offset: (from + i) * units,
    rowFloats: gates * units,
  }));
  const blocks = gateBlocks(arrays as Sources, columns, { rows: units, units, width, back });
  const span = (to - from) * width;
  return back ? { depth: span, columns: units, blocks } : { depth: units, columns: span, blocks };
}

/** [kernel; bias], which meets [x, 1]; without the bias where it is a threshold. */
export function inputKernel(
  { attributes, arrays }: RecurrenceProblem,
  { units, width, zWidth, inputColumns }: FamilySizes,
  {
    kernels,
    biases,
    biasIsThreshold,
  }: { kernels: GateColumns[]; biases: GateColumns[]; biasIsThreshold: boolean },
): Matrix {
  const { inputDim } = attributes;
  const sources = arrays as Sources;
  const blocks = gateBlocks(sources, kernels, { rows: inputDim, units, width, back: false });
  for (const [gate, column] of biases.entries()) {
    if (sources[column.name] === undefined || (gate === 0 && biasIsThreshold)) continue;
    const [block] = gateBlocks(sources, [column], { rows: 1, units, width, back: false });
    blocks.push({ ...block!, atRow: inputDim, atColumn: gate * width });
  }
  return { depth: inputColumns, columns: zWidth, blocks };
}

/** The kernels, as the gradient of the inputs meets them. */
export function inputKernelBack(
  { attributes: { inputDim }, arrays }: RecurrenceProblem,
  { units, width, zWidth }: FamilySizes,
  kernels: GateColumns[],
): Matrix {
  const blocks = gateBlocks(arrays as Sources, kernels, { rows: inputDim, units, width, back: true });
  return { depth: zWidth, columns: inputDim, blocks };
}

type Sources = Record<string, Float32Array>;

function gateBlocks(
  sources: Sources,
  gates: GateColumns[],
  { rows, units, width, back }: { rows: number; units: number; width: number; back: boolean },
): Block[] {
  return gates.map(({ name, offset, rowFloats }, gate) => {
    const shared = { source: sources[name]!, offset };
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

/** The largest source of some matrices in bytes: room that `pack` needs to stage them. */
export function stagingBytes(matrices: Matrix[]): number {
  let most = 0;
  for (const { blocks } of matrices) {
    for (const { source } of blocks) most = Math.max(most, source.length * 4);
  }
  return most;
}

/** Writes matrices in panels to their addresses; each source is staged in WebAssembly memory at `staging`. */
export function pack(
  { exports, heap }: Machine,
  matrices: readonly (readonly [at: number, matrix: Matrix])[],
  staging: number,
): void {
  let staged: Float32Array | undefined;
  for (const [at, { depth, columns, blocks }] of matrices) {
    heap.floats(at, depth * roundUp(columns, 8)).fill(0);
    const panel = depth * PANEL_ROW;
    for (const block of blocks) {
      if (staged !== block.source) heap.floats(staging, block.source.length).set(block.source);
      staged = block.source;
      const target = at + (block.atColumn / 8) * panel + block.atRow * PANEL_ROW;
      const { offset, rowFloats, columnFloats, rows } = block;
      exports.pack(target, panel, staging + offset * 4, rowFloats * 4, columnFloats * 4, rows, block.columns);
    }
  }
}
