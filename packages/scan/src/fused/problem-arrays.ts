import type { RecurrenceAttributes, TensorName } from '../problem.js';

/** The tensors of a problem as plain arrays, row by row. */
export type Arrays = Partial<Record<TensorName, Float32Array | Int32Array | Uint8Array>>;

export interface ArrayProblem {
  attributes: RecurrenceAttributes;
  arrays: Arrays;
}

/** One gate's columns in a matrix of the problem: [rows, units] of a wider row-major array. */
export interface GateColumns {
  name: TensorName;
  /** Floats before its first column, and floats per row of the whole matrix. */
  offset: number;
  rowFloats: number;
}

/** Where the columns of each gate are in the kernels, or in the biases (then as one row). */
export function gateColumns(
  { attributes }: ArrayProblem,
  gates: number,
  kind: 'kernel' | 'bias',
): GateColumns[] {
  const { units, family } = attributes;
  if (family === 'dynamical') {
    const names: TensorName[] = kind === 'kernel' ? ['kernel', 'gateKernel'] : ['bias', 'gateBias'];
    return names.slice(0, gates).map((name) => ({ name, offset: 0, rowFloats: units }));
  }
  return Array.from({ length: gates }, (_, gate) => ({
    name: kind,
    offset: gate * units,
    rowFloats: gates * units,
  }));
}

/** Under modReLU the bias is the threshold of the activation, and no part of z. */
export const biasIsThreshold = ({ attributes, arrays }: ArrayProblem): boolean =>
  attributes.family === 'dynamical' && attributes.activation === 'modrelu' && arrays.bias !== undefined;
