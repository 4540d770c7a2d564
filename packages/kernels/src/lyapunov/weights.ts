import { Act, Family } from '../codes.js';
import type { DynamicalNetwork, Network } from '../contract.js';
import type { MemoryBlock } from '../runtime/memory-block.js';
import { Field } from './fields.js';
import { numbersAt, packPanels, transposed } from './panels.js';
import type { PartName, Sizes, WeightPart } from './plan.js';

/** Where the weights go. */
interface Place {
  block: MemoryBlock<PartName>;
  buffer: ArrayBufferLike;
  job: Uint32Array;
}

const familyOf = { dynamical: Family.dynamical, lstm: Family.lstm, gru: Family.gru };

/** Writes the weights into their parts, and the fields of the job that follow from the network. */
export function describeNetwork(network: Network, sizes: Sizes, place: Place): void {
  const { family, inputDim, tokens, activation } = network;
  const { units, width, gates, driveRows, stages } = sizes;
  const { job } = place;
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
  // In float64 the panels of states are those of tangents too.
  job[Field.tangentWeights] ||= job[Field.weights]!;
  job[Field.tangentLinear] ||= job[Field.linear]!;
  writeMatrices(network, sizes, place);
  writeKernel(network, sizes, place);
  if (family === 'dynamical') writeTableau(network, sizes, place);
}

function writeMatrices(
  network: Network,
  { units, width, gates, lanes }: Sizes,
  { block, buffer }: Place,
): void {
  const write = (part: WeightPart, source: Float64Array, { rows = width, columns = lanes } = {}) => {
    const at = block.at(part);
    if (at === 0) return;
    const target = numbersAt(buffer, { at, length: rows * units, lanes: columns });
    packPanels(target, source, { units, width, columns: units, lanes: columns });
  };
  write('weights', network.W, { rows: gates * width, columns: 4 });
  write('tangentWeights', network.W, { rows: gates * width });
  if (network.family === 'gru') {
    write('tangentLinear', transposed(network.W, units * units, units, units));
  } else if (network.family === 'dynamical' && network.A) {
    write('linear', network.A, { columns: 4 });
    write('tangentLinear', network.A);
  }
}

/** Kernel and bias of every gate, side by side; modReLU's bias is its threshold. */
function writeKernel(network: Network, { units, width, driveRows }: Sizes, { block, buffer }: Place): void {
  const columns = network.inputDim + 1;
  const target = new Float64Array(buffer, block.at('kernel'), driveRows * columns);
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
  if (modrelu && network.bias) new Float64Array(buffer, block.at('threshold'), units).set(network.bias);
}

function writeTableau(network: DynamicalNetwork, { stages }: Sizes, { block, buffer }: Place): void {
  const { epsilon, scheme = { a: [[]], b: [1] } } = network;
  const a = new Float64Array(buffer, block.at('tableauA'), stages * stages);
  for (let i = 0; i < stages; i++) {
    for (let j = 0; j < i; j++) a[i * stages + j] = epsilon * (scheme.a[i]?.[j] ?? 0);
  }
  new Float64Array(buffer, block.at('tableauB'), stages).set(scheme.b.map((weight) => epsilon * weight));
}
