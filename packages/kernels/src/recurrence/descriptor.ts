import { Act } from '../codes.js';
import type { RecurrenceArrays } from '../contract.js';
import type { Heap } from '../runtime/heap.js';
import { Field, Flag } from './fields.js';
import type { FieldName, JobBlock, Plan } from './plan.js';

/** Writes the descriptor of a job, field by field. */
export class Descriptor {
  constructor(
    private readonly heap: Heap,
    readonly address: number,
  ) {
    heap.words(address, Field.count + 1).fill(0);
  }

  set(values: Partial<Record<FieldName, number>>): void {
    const words = this.heap.words(this.address, Field.count + 1);
    for (const name in values) words[Field[name as FieldName]] = values[name as FieldName]!;
  }

  /** The addresses of a block's parts, and their strides. */
  setParts(block: JobBlock): void {
    block.writeFields(this.heap.words(this.address, Field.count + 1));
  }

  setFloat(field: Field, value: number): void {
    this.heap.floats(this.address, Field.count + 1)[field] = value;
  }
}

/** A descriptor with the fields that both directions share, in the block `work`, whose common parts it fills. */
export function describe(heap: Heap, plan: Plan, arrays: RecurrenceArrays, work: JobBlock): Descriptor {
  const { attributes, family, sizes, biasIsThreshold, kernels } = plan;
  const { batch, time, inputDim } = attributes;
  const { units, stages, gates, width, zWidth, row, zRow, xRow, tasks } = sizes;
  const descriptor = new Descriptor(heap, work.at('job'));
  descriptor.set({
    family: family.code,
    tasks,
    batch,
    time,
    units,
    width,
    row,
    zRow,
    zWidth,
    gates,
    stages,
    inputDim,
    ringXRow: xRow,
    kernelRow: kernels[0]!.rowFloats * 4,
    // modReLU without a bias is the identity.
    activation:
      attributes.activation === 'modrelu' && !biasIsThreshold ? Act.linear : Act[attributes.activation],
  });
  if (attributes.family === 'dynamical') {
    const { carry, epsilon, a, b } = attributes;
    descriptor.setFloat(Field.carry, carry);
    const matrix = heap.floats(work.at('tableauA'), stages * stages).fill(0);
    for (const [i, weights] of a.entries()) {
      for (const [j, weight] of weights.entries()) matrix[i * stages + j] = epsilon * weight;
    }
    heap.floats(work.at('tableauB'), stages).set(b.map((weight) => epsilon * weight));
  } else {
    descriptor.set({ recurrentActivation: Act[attributes.recurrentActivation] });
  }
  if (biasIsThreshold) {
    const threshold = heap.floats(work.at('threshold'), width).fill(0);
    threshold.set(arrays.bias!);
  }
  if (attributes.tokens) describeTokens(heap, plan, arrays, descriptor, work);
  return descriptor;
}

function describeTokens(
  heap: Heap,
  { sizes, kernels, biases, biasIsThreshold, tokenKernels }: Plan,
  arrays: RecurrenceArrays,
  descriptor: Descriptor,
  work: JobBlock,
): void {
  for (const name of tokenKernels) {
    heap.floats(work.at(`${name}Rows`), arrays[name]!.length).set(arrays[name]!);
  }
  const [kernel0 = 0, kernel1 = 0, kernel2 = 0, kernel3 = 0] = kernels.map(
    ({ name, offset }) => work.at(`${name as 'kernel'}Rows`) + offset * 4,
  );
  descriptor.set({ kernel0, kernel1, kernel2, kernel3 });
  const bias = heap.floats(work.at('bias'), sizes.zWidth).fill(0);
  for (const [gate, { name, offset }] of biases.entries()) {
    const array = arrays[name];
    if (array === undefined || (gate === 0 && biasIsThreshold)) continue;
    bias.set(array.subarray(offset, offset + sizes.units), gate * sizes.width);
  }
}

/** Flags that follow from the problem alone. */
export function problemFlags({ attributes, sizes }: Plan): number {
  return (
    (attributes.tokens ? Flag.tokens : 0) |
    (attributes.goBackwards ? Flag.reverse : 0) |
    (sizes.gated ? Flag.gated : 0)
  );
}
