import { Act, Family } from '@hurwitz/webassembly';
import type { NetworkDescription } from '../network-description.js';
import { Field } from './fields.js';
import type { Layout, Parts } from './layout.js';
import { numbersAt, packPanels, transposed } from './panels.js';

type Weights = Record<
  | 'weights'
  | 'tangentWeights'
  | 'linear'
  | 'tangentLinear'
  | 'kernel'
  | 'threshold'
  | 'tableauA'
  | 'tableauB',
  number
>;

/** Reserves what a network's weights take; -1 stands for what it has not. */
export function weightParts(network: NetworkDescription, layout: Layout, parts: Parts): Weights {
  const { units, width, gates, driveRows, stages, lanes } = layout;
  const single = lanes === 8;
  const matrix = (rows: number, bytes: number) => parts.reserve(rows * units * bytes);
  const weights = matrix(gates * width, 8);
  const hasLinear = network.family === 'dynamical' && network.A !== undefined;
  const linear = hasLinear ? matrix(width, 8) : -1;
  return {
    weights,
    // In float64 the panels of states and of tangents are the same.
    tangentWeights: single ? matrix(gates * width, 4) : weights,
    linear,
    tangentLinear: network.family === 'gru' || (hasLinear && single) ? matrix(width, single ? 4 : 8) : linear,
    kernel: parts.reserve(driveRows * (network.inputDim + 1) * 8),
    threshold: network.activation === 'modrelu' ? parts.reserve(width * 8) : -1,
    tableauA: parts.reserve(stages * stages * 8),
    tableauB: parts.reserve(stages * 8),
  };
}

/** Where the weights go. */
interface Place {
  weights: Weights;
  base: number;
  buffer: ArrayBufferLike;
  job: Uint32Array;
}

const familyOf = { dynamical: Family.dynamical, lstm: Family.lstm, gru: Family.gru };

/** Writes the weights into their parts, and the fields of the job that follow from the network. */
export function describeNetwork(network: NetworkDescription, layout: Layout, place: Place): void {
  const { family, inputDim, tokens, activation } = network;
  const { units, width, gates, driveRows, stages } = layout;
  const { job, weights, base } = place;
  for (const [name, offset] of Object.entries(weights)) {
    job[Field[name as keyof Weights]] = offset < 0 ? 0 : base + offset;
  }
  const values: [Field, number][] = [
    [Field.family, familyOf[family]],
    [Field.activation, Act[activation]],
    [Field.units, units],
    [Field.width, width],
    [Field.gates, gates],
    [Field.stages, stages],
    [Field.driveRows, driveRows],
    [Field.inputDim, inputDim],
    [Field.tokens, tokens ? 1 : 0],
  ];
  if (family === 'dynamical') {
    values.push([Field.carry, network.carry], [Field.gated, network.gate ? 1 : 0]);
  } else {
    values.push([Field.recurrentActivation, Act[network.recurrentActivation]]);
  }
  if (family === 'lstm') values.push([Field.hiddenOnly, network.hiddenOnly ? 1 : 0]);
  for (const [field, value] of values) job[field] = value;
  writeMatrices(network, layout, place);
  writeKernel(network, layout, place);
  if (family === 'dynamical') writeTableau(network, layout, place);
}

function writeMatrices(network: NetworkDescription, layout: Layout, { weights, base, buffer }: Place): void {
  const { units, width, gates, lanes } = layout;
  const write = (offset: number, source: Float64Array, { rows = width, columns = lanes } = {}) => {
    const target = numbersAt(buffer, { at: base + offset, length: rows * units, lanes: columns });
    packPanels(target, source, { units, width, columns: units, lanes: columns });
  };
  write(weights.weights, network.W, { rows: gates * width, columns: 4 });
  write(weights.tangentWeights, network.W, { rows: gates * width });
  if (network.family === 'gru') {
    write(weights.tangentLinear, transposed(network.W, units * units, units, units));
  } else if (network.family === 'dynamical' && network.A) {
    write(weights.linear, network.A, { columns: 4 });
    write(weights.tangentLinear, network.A);
  }
}

/** Kernel and bias of every gate, side by side; modReLU's bias is its threshold. */
function writeKernel(network: NetworkDescription, layout: Layout, { weights, base, buffer }: Place): void {
  const { units, width, driveRows } = layout;
  const columns = network.inputDim + 1;
  const target = new Float64Array(buffer, base + weights.kernel, driveRows * columns);
  const shape = { units, width, columns, lanes: 4 };
  const modrelu = network.activation === 'modrelu';
  const parts = [{ kernel: network.kernel, bias: modrelu ? undefined : network.bias }];
  if (network.family === 'dynamical' && network.gate) parts.push({ bias: undefined, ...network.gate });
  const rows = driveRows / parts.length;
  for (const [i, { kernel, bias }] of parts.entries()) {
    const part = target.subarray(i * rows * columns, (i + 1) * rows * columns);
    packPanels(part, kernel, shape);
    for (const [row, value] of (bias ?? new Float64Array(0)).entries()) {
      const at = Math.floor(row / units) * width + (row % units);
      part[Math.floor(at / 4) * columns * 4 + (columns - 1) * 4 + (at % 4)] = value;
    }
  }
  if (modrelu && network.bias) new Float64Array(buffer, base + weights.threshold, units).set(network.bias);
}

function writeTableau(
  network: NetworkDescription & { family: 'dynamical' },
  { stages }: Layout,
  { weights, base, buffer }: Place,
): void {
  const { epsilon, scheme = { a: [[]], b: [1] } } = network;
  const a = new Float64Array(buffer, base + weights.tableauA, stages * stages);
  for (let i = 0; i < stages; i++) {
    for (let j = 0; j < i; j++) a[i * stages + j] = epsilon * (scheme.a[i]?.[j] ?? 0);
  }
  new Float64Array(buffer, base + weights.tableauB, stages).set(scheme.b.map((weight) => epsilon * weight));
}
