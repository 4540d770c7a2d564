import type { Network, TangentOptions } from '../contract.js';
import { MemoryBlock } from '../runtime/memory-block.js';
import { Field } from './fields.js';

/** Bytes of one row of a panel. */
const ROW = 32;

/** The sizes of a network's job; counts of numbers unless said otherwise. */
export interface Sizes {
  units: number;
  width: number;
  gates: number;
  /** Rows of the kernel: those of all gates that the input drives. */
  driveRows: number;
  stages: number;
  /** Numbers of one input. */
  inputSize: number;
  /** Columns of a panel of tangents. */
  lanes: number;
  stateSize: number;
  tangentSize: number;
  /** Rows of a panel of the frame. */
  rows: number;
  panels: number;
  panelBytes: number;
}

const gatesOf = { dynamical: 1, lstm: 4, gru: 3 };

export const hasPlan = (family: string): boolean => Object.hasOwn(gatesOf, family);

/** The sizes that follow from a network, the number of tangent vectors and their precision. */
export function sizesOf(network: Network, { count, precision }: TangentOptions): Sizes {
  const { family, units } = network;
  const width = Math.ceil(units / 8) * 8;
  const gates = gatesOf[family];
  const dynamical = family === 'dynamical' ? network : undefined;
  const withCell = family === 'lstm' && !network.hiddenOnly;
  const rows = withCell ? 2 * width : width;
  const lanes = precision === 'float32' ? 8 : 4;
  return {
    units,
    width,
    gates,
    driveRows: (dynamical?.gate ? 2 : gates) * width,
    stages: dynamical?.scheme?.b.length ?? 1,
    inputSize: network.tokens ? 1 : network.inputDim,
    lanes,
    stateSize: family === 'lstm' ? 2 * width : width,
    tangentSize: withCell ? 2 * units : units,
    rows,
    panels: Math.ceil(count / lanes),
    panelBytes: rows * ROW,
  };
}

/** Multiply-adds of one step of one trajectory, roughly; the factorisation costs as much as the product. */
export const multiplyAdds = ({ rows, units, panels, lanes, stages }: Sizes): number =>
  rows * panels * lanes * (units * stages + panels * lanes);

export type WeightPart =
  | 'weights'
  | 'tangentWeights'
  | 'linear'
  | 'tangentLinear'
  | 'kernel'
  | 'threshold'
  | 'tableauA'
  | 'tableauB';
export type PartName =
  | WeightPart
  | 'job'
  | 'inputs'
  | 'state'
  | 'frame'
  | 'growth'
  | 'unresolved'
  | 'faults'
  | 'scratch';

/** Bytes that a trajectory has of the parts with a block for each; the job's field `<name>Each` holds them. */
export const bytesEach = ({ inputSize, stateSize, panels, panelBytes }: Sizes, count: number) => ({
  inputs: inputSize * 8,
  state: stateSize * 8,
  frame: panels * panelBytes,
  growth: count * 8,
  unresolved: count,
  faults: 4,
});

/** Everything that a batch has in memory. A part has the name of the job's field that holds its address. */
export function batchBlock(
  network: Network,
  sizes: Sizes,
  { batch, count, threads }: TangentOptions & { threads: number },
): MemoryBlock<PartName> {
  const block = new MemoryBlock<PartName>();
  block.reserve('job', Field.fields * 4);
  for (const [name, bytes] of Object.entries(bytesEach(sizes, count))) {
    block.reserve(name as PartName, batch * bytes);
  }
  for (const [name, bytes] of Object.entries(weightBytes(network, sizes))) {
    block.reserve(name as WeightPart, bytes);
  }
  block.reserve('scratch', threads * scratchBytes(network, sizes));
  return block;
}

/** What a network's weights take; in float64 the panels of states are those of tangents too. */
function weightBytes(network: Network, sizes: Sizes): Record<WeightPart, number> {
  const { units, width, gates, driveRows, stages, lanes } = sizes;
  const single = lanes === 8;
  const matrix = (rows: number, bytes: number) => rows * units * bytes;
  const hasLinear = network.family === 'dynamical' && network.A !== undefined;
  return {
    weights: matrix(gates * width, 8),
    tangentWeights: single ? matrix(gates * width, 4) : 0,
    linear: hasLinear ? matrix(width, 8) : 0,
    tangentLinear: network.family === 'gru' || (hasLinear && single) ? matrix(width, single ? 4 : 8) : 0,
    kernel: driveRows * (network.inputDim + 1) * 8,
    threshold: network.activation === 'modrelu' ? width * 8 : 0,
    tableauA: stages * stages * 8,
    tableauB: stages * 8,
  };
}

/** Bytes of one thread's scratch: in the order in which assembly/lyapunov takes it, each part on its own cache lines. */
export function scratchBytes({ inputDim }: Network, sizes: Sizes): number {
  const { units, width, gates, driveRows, stages, lanes, rows, panels, panelBytes } = sizes;
  const vector = width * 8;
  const perVector = panels * 64;
  const jacobianBytes = (rows / lanes) * units * ROW;
  const linearise = {
    z: gates * vector,
    drive: driveRows * 8,
    input: (inputDim + 1) * 8,
    stage: vector,
    slopes: stages * vector,
    linear: vector,
    d0: vector,
    d1: vector,
    d2: vector,
    d3: vector,
    cellByCell: vector,
    hiddenByCell: vector,
    scaled: units * ROW,
    jacobians: stages * jacobianBytes + 8 * ROW,
  };
  const tangents = { product: panelBytes, slopes: stages * panelBytes };
  const orthonormalise = {
    originals: perVector,
    weights: perVector,
    inherited: perVector,
    variances: perVector,
    coefficients: panels * 8 * ROW,
    rowNorms: rows * 8,
    norms: 64,
    previous: 64,
    sums: 64,
    spare: panelBytes,
  };
  const all = [linearise, tangents, orthonormalise].flatMap((parts) => Object.values(parts));
  return all.reduce((sum, bytes) => sum + Math.ceil(bytes / 64) * 64, 0);
}
