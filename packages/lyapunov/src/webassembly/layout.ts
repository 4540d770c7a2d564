import type { NetworkDescription } from '../network-description.js';
import { Field } from './fields.js';

export type Precision = 'float64' | 'float32';

/** Bytes of one row of a panel. */
const ROW = 32;

/** The sizes of a network's job; counts of numbers unless said otherwise. */
export interface Layout {
  units: number;
  width: number;
  gates: number;
  /** Rows of the kernel: those of all gates that the input drives. */
  driveRows: number;
  stages: number;
  /** Columns of a panel of tangents. */
  lanes: number;
  stateSize: number;
  tangentSize: number;
  /** Rows of a panel of the frame. */
  rows: number;
  panels: number;
  panelBytes: number;
  scratchBytes: number;
}

const gatesOf = { dynamical: 1, lstm: 4, gru: 3 };

/** The sizes that follow from a network, the number of tangent vectors and their precision. */
export function layoutOf(network: NetworkDescription, count: number, precision: Precision): Layout {
  const { family, units, inputDim } = network;
  const width = Math.ceil(units / 8) * 8;
  const gates = gatesOf[family];
  const dynamical = family === 'dynamical' ? network : undefined;
  const driveRows = (dynamical?.gate ? 2 : gates) * width;
  const stages = dynamical?.scheme?.b.length ?? 1;
  const lanes = precision === 'float32' ? 8 : 4;
  const withCell = family === 'lstm' && !network.hiddenOnly;
  const rows = withCell ? 2 * width : width;
  const panels = Math.ceil(count / lanes);
  const panelBytes = rows * ROW;
  const jacobianBytes = (rows / lanes) * units * ROW;
  // In the order in which the kernels take them: linearise, tangents, orthonormalise.
  const scratch = [
    gates * width * 8,
    driveRows * 8,
    (inputDim + 1) * 8,
    width * 8,
    stages * width * 8,
    ...new Array<number>(7).fill(width * 8),
    units * ROW,
    stages * jacobianBytes + 8 * ROW,
    panelBytes,
    stages * panelBytes,
    ...new Array<number>(4).fill(panels * 64),
    panels * 8 * ROW,
    rows * 8,
    ...new Array<number>(3).fill(64),
    panelBytes,
  ];
  return {
    units,
    width,
    gates,
    driveRows,
    stages,
    lanes,
    stateSize: family === 'lstm' ? 2 * width : width,
    tangentSize: withCell ? 2 * units : units,
    rows,
    panels,
    panelBytes,
    scratchBytes: scratch.reduce((sum, bytes) => sum + Math.ceil(bytes / 64) * 64, 0),
  };
}

/** Multiply-adds of one step of one trajectory, roughly; the factorisation costs as much as the product. */
export const multiplyAdds = ({ rows, units, panels, lanes, stages }: Layout): number =>
  rows * panels * lanes * (units * stages + panels * lanes);

/** Allocates the parts of one block, whose sizes are known before anything is. */
export class Parts {
  private total = 0;

  /** Reserves `bytes` and returns their offset. */
  reserve(bytes: number): number {
    const offset = this.total;
    this.total += Math.ceil(bytes / 64) * 64;
    return offset;
  }

  get bytes(): number {
    return this.total;
  }
}

/** Bytes of a job. */
export const JOB_BYTES = Field.fields * 4;
