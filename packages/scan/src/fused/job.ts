import { Act, Family, type Heap } from '@hurwitz/webassembly';
import type { Arena } from './arena.js';
import { Field, Flag } from './fields.js';
import { type ArrayProblem, biasIsThreshold, gateColumns } from './problem-arrays.js';
import { OUTER_ROWS, planeBytes, type Shape } from './shape.js';

/** Where the planes of a tape are; each task has a block in each. */
export interface Planes {
  y: () => number;
  s: () => number;
  g: () => number;
  m: () => number;
  /** Bytes per task. */
  task: { y: number; s: number; g: number; m: number };
}

export function reservePlanes(arena: Arena, problem: ArrayProblem, shape: Shape, steps: number): Planes {
  const task = planeBytes(problem.attributes, shape, steps);
  const part = (bytes: number) => arena.part(bytes * shape.tasks);
  return { y: part(task.y), s: part(task.s), g: part(task.g), m: part(task.m), task };
}

/** Bytes of one checkpoint of one task: h, and for LSTM c. */
export const checkpointBytes = (problem: ArrayProblem, { taskRows, row }: Shape): number =>
  taskRows * row * (problem.attributes.family === 'lstm' ? 2 : 1);

/** What both directions need besides weights: the descriptor, the scheme's numbers, scratch. */
export interface Common {
  job: () => number;
  tableauA: () => number;
  tableauB: () => number;
  bias: () => number;
  threshold: () => number;
  scratch: () => number;
  scratchTask: number;
  /** Kernels as they came, for tokens. */
  kernels: (() => number)[];
}

export function reserveCommon(arena: Arena, problem: ArrayProblem, shape: Shape): Common {
  const { attributes, arrays } = problem;
  const { stages, taskRows, row, zRow, xRow, zWidth, block, tasks } = shape;
  const rows = 1 + stages * 2 + 2;
  const scratchTask = taskRows * (rows * row + zRow + xRow) + OUTER_ROWS * 32 + block * taskRows * xRow;
  const names = attributes.tokens ? tokenKernels(problem, shape) : [];
  const kernels = names.map((name) => arena.part(arrays[name]!.byteLength));
  return {
    job: arena.part((Field.count + 1) * 4),
    tableauA: arena.part(stages * stages * 4),
    tableauB: arena.part(stages * 4),
    bias: arena.part(zWidth * 4),
    threshold: arena.part(biasIsThreshold(problem) ? shape.width * 4 : 0),
    scratch: arena.part(scratchTask * tasks),
    scratchTask,
    kernels,
  };
}

/** The kernels whose rows tokens select. */
export const tokenKernels = (problem: ArrayProblem, { gated }: Shape): ('kernel' | 'gateKernel')[] =>
  gated && problem.attributes.family === 'dynamical' ? ['kernel', 'gateKernel'] : ['kernel'];

const families = { dynamical: Family.dynamical, lstm: Family.lstm, gru: Family.gru };

/** Writes the descriptor of a job, field by field. */
export class Descriptor {
  constructor(
    private readonly heap: Heap,
    readonly address: number,
  ) {
    heap.words(address, Field.count + 1).fill(0);
  }

  set(values: Partial<Record<keyof typeof Field, number>>): void {
    const words = this.heap.words(this.address, Field.count + 1);
    for (const [name, value] of Object.entries(values)) words[Field[name as keyof typeof Field]] = value!;
  }

  setFloat(field: Field, value: number): void {
    this.heap.floats(this.address, Field.count + 1)[field] = value;
  }
}

/** Fills the parts of `reserveCommon` and the fields that both directions share. */
export function describe(heap: Heap, problem: ArrayProblem, shape: Shape, common: Common): Descriptor {
  const { attributes, arrays } = problem;
  const { units, batch, time, inputDim, family } = attributes;
  const { stages, gates, width, zWidth, row, zRow, xRow, tasks } = shape;
  const descriptor = new Descriptor(heap, common.job());
  const kernelRow = family === 'dynamical' ? units : gates * units;
  descriptor.set({
    family: families[family],
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
    bias: common.bias(),
    threshold: common.threshold(),
    tableauA: common.tableauA(),
    tableauB: common.tableauB(),
    scratch: common.scratch(),
    scratchTask: common.scratchTask,
    kernelRow: kernelRow * 4,
    activation: activationOf(problem),
  });
  if (attributes.family === 'dynamical') {
    const { carry, epsilon, a, b } = attributes;
    descriptor.setFloat(Field.carry, carry);
    const matrix = heap.floats(common.tableauA(), stages * stages).fill(0);
    for (const [i, weights] of a.entries()) {
      for (const [j, weight] of weights.entries()) matrix[i * stages + j] = epsilon * weight;
    }
    heap.floats(common.tableauB(), stages).set(b.map((weight) => epsilon * weight));
  } else {
    descriptor.set({ recurrentActivation: Act[attributes.recurrentActivation] });
  }
  if (common.threshold() !== 0) {
    const threshold = heap.floats(common.threshold(), width).fill(0);
    threshold.set(arrays.bias!);
  }
  if (attributes.tokens) describeTokens(heap, problem, shape, common, descriptor);
  return descriptor;
}

/** modReLU without a bias is the identity. */
function activationOf(problem: ArrayProblem): Act {
  const { activation } = problem.attributes;
  return activation === 'modrelu' && !biasIsThreshold(problem) ? Act.linear : Act[activation];
}

function describeTokens(
  heap: Heap,
  problem: ArrayProblem,
  shape: Shape,
  common: Common,
  descriptor: Descriptor,
): void {
  const { arrays, attributes } = problem;
  const names = tokenKernels(problem, shape);
  for (const [i, name] of names.entries()) {
    heap.floats(common.kernels[i]!(), arrays[name]!.length).set(arrays[name]!);
  }
  const kernels = gateColumns(problem, shape.gates, 'kernel').map(
    ({ name, offset }) => common.kernels[names.indexOf(name as 'kernel')]!() + offset * 4,
  );
  const [kernel0 = 0, kernel1 = 0, kernel2 = 0, kernel3 = 0] = kernels;
  descriptor.set({ kernel0, kernel1, kernel2, kernel3 });
  const bias = heap.floats(common.bias(), shape.zWidth).fill(0);
  for (const [gate, { name, offset }] of gateColumns(problem, shape.gates, 'bias').entries()) {
    const array = arrays[name];
    if (array === undefined || (gate === 0 && biasIsThreshold(problem))) continue;
    bias.set(array.subarray(offset, offset + attributes.units), gate * shape.width);
  }
}

/** Flags that follow from the problem alone. */
export function problemFlags({ attributes }: ArrayProblem, shape: Shape): number {
  return (
    (attributes.tokens ? Flag.tokens : 0) |
    (attributes.goBackwards ? Flag.reverse : 0) |
    (shape.gated ? Flag.gated : 0)
  );
}

export function setPlanes(descriptor: Descriptor, planes: Planes): void {
  descriptor.set({
    planeY: planes.y(),
    planeYTask: planes.task.y,
    planeS: planes.s(),
    planeSTask: planes.task.s,
    planeG: planes.g(),
    planeGTask: planes.task.g,
    planeM: planes.m(),
    planeMTask: planes.task.m,
  });
}
