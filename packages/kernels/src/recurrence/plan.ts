import type { RecurrenceArrays, RecurrenceProblem } from '../contract.js';
import { MemoryBlock } from '../runtime/memory-block.js';
import type { FamilyPlan, Plane } from './family-plan.js';
import { Field } from './fields.js';
import { inputKernel, inputKernelBack, type Matrix, packedBytes, stagingBytes } from './matrices.js';
import { dynamicalPlan } from './plans/dynamical.js';
import { gruPlan } from './plans/gru.js';
import { lstmPlan } from './plans/lstm.js';
import type { GateColumns, Sizes } from './sizes.js';
import { sizesOf } from './sizes-of.js';

/*
 * Where everything lies, of every family, in both passes. A part has the name of the job's field that holds its address. A
 * part that each task has its own block of is listed by the bytes of one, which go into the field `<name>Task`.
 */

export type FieldName = keyof typeof Field;
/** Parts that the job has no field of their own for: itself, a source of `pack`, the kernels whose rows tokens select. */
type OtherPart =
  | 'job'
  | 'staging'
  | 'kernelRows'
  | 'gateKernelRows'
  | 'kernelRowsGrad'
  | 'gateKernelRowsGrad';
export type PartName = FieldName | OtherPart;

type TaskPart = Plane | 'checkpoints' | 'scratch' | 'ringW' | 'ringA' | 'ringZ' | 'ringX' | 'grads';

/** A block of memory with parts of a job, and the strides of those that each task has a block of. */
export class JobBlock extends MemoryBlock<PartName> {
  private readonly strides: Partial<Record<`${TaskPart}Task`, number>> = {};

  constructor(private readonly tasks: number) {
    super();
  }

  /** Adds a part with a block of `bytes` for each task. */
  reserveEach(name: TaskPart, bytes: number): void {
    this.reserve(name, bytes * this.tasks);
    this.strides[`${name}Task`] = bytes;
  }

  /** Makes a part that lies where another does. */
  shareEach(name: TaskPart, other: TaskPart): void {
    this.share(name, other);
    this.strides[`${name}Task`] = this.strides[`${other}Task`]!;
  }

  /** Writes addresses and strides into the fields of a job. */
  writeFields(words: Uint32Array): void {
    this.writeAddresses(words, Field);
    for (const name in this.strides) {
      const stride = name as `${TaskPart}Task`;
      words[Field[stride]] = this.strides[stride]!;
    }
  }
}

type ForwardMatrix = 'weights' | 'linear' | 'kernelPacked';
type BackwardMatrix = 'weightsBack' | 'linearBack' | 'kernelBackPacked';
/** Matrices in panels, by the job's field that holds their address. */
export type Matrices = Partial<Record<ForwardMatrix | BackwardMatrix, Matrix>>;

/** What follows from the sizes and options of a problem; both passes read it. */
export interface Plan {
  attributes: RecurrenceProblem['attributes'];
  family: FamilyPlan;
  sizes: Sizes;
  biasIsThreshold: boolean;
  /** The gates' columns of the kernels and of the biases. */
  kernels: GateColumns[];
  biases: GateColumns[];
  /** The kernels whose rows tokens select; none for vectors. */
  tokenKernels: ('kernel' | 'gateKernel')[];
}

const families: Record<RecurrenceProblem['attributes']['family'], FamilyPlan> = {
  dynamical: dynamicalPlan,
  lstm: lstmPlan,
  gru: gruPlan,
};

export const hasPlan = (family: string): boolean => Object.hasOwn(families, family);

export function planOf(problem: RecurrenceProblem): Plan {
  const { attributes, arrays } = problem;
  const family = families[attributes.family];
  const shape = { attributes, has: (name: keyof typeof arrays) => arrays[name] !== undefined };
  const sizes = sizesOf(shape, family);
  const kernels = family.columns(sizes, 'kernel');
  const names = new Set(kernels.map(({ name }) => name as 'kernel' | 'gateKernel'));
  return {
    attributes,
    family,
    sizes,
    biasIsThreshold: family.biasIsThreshold(shape),
    kernels,
    biases: family.columns(sizes, 'bias'),
    tokenKernels: attributes.tokens ? [...names] : [],
  };
}

/** Multiply-adds of the recurrent and input products of the forward pass; each of the two backward parts has as many. */
export function multiplyAdds({ attributes, family, sizes }: Plan): number {
  const { batch, time } = attributes;
  const { units, stages, width, zWidth, inputColumns } = sizes;
  return batch * time * (stages * family.products(sizes) * units * width + inputColumns * zWidth);
}

/** Bytes of a tape that is kept whole. */
export function tapeBytes({ attributes, family, sizes }: Plan): number {
  const { planeY, planeS, planeG, planeM } = family.planes(sizes, attributes.time);
  return sizes.tasks * (planeY + planeS + planeG + planeM);
}

/** The weights of the forward products. */
export function forwardMatrices(plan: Plan, problem: RecurrenceProblem): Matrices {
  const matrices: Matrices = plan.family.recurrentMatrices(problem, plan.sizes, false);
  if (!plan.attributes.tokens) matrices.kernelPacked = inputKernel(problem, plan.sizes, plan);
  return matrices;
}

/** The weights of the backward products, with the kernel where the gradient of the inputs is wanted. */
export function backwardMatrices(
  { family, sizes, kernels }: Plan,
  problem: RecurrenceProblem,
  inputs: boolean,
): Matrices {
  const { weights, linear } = family.recurrentMatrices(problem, sizes, true);
  const matrices: Matrices = { weightsBack: weights };
  if (linear) matrices.linearBack = linear;
  if (inputs) matrices.kernelBackPacked = inputKernelBack(problem, sizes, kernels);
  return matrices;
}

/** What is kept from the forward pass to the backward one: the inputs, and the planes or the checkpoints of the tape. */
export function tapeBlock(
  plan: Plan,
  { inputs, mask }: RecurrenceArrays,
  { tape, segment }: { tape: boolean; segment: number },
): JobBlock {
  const { attributes, family, sizes } = plan;
  const { batch, time } = attributes;
  const block = new JobBlock(sizes.tasks);
  block.reserve('x', inputs!.byteLength);
  if (mask) block.reserve('mask', batch * time * 4);
  if (segment < time) {
    const checkpoint = family.states * sizes.taskRows * sizes.row;
    block.reserveEach('checkpoints', Math.ceil(time / segment) * checkpoint);
  } else if (tape) {
    reservePlanes(block, plan, time);
  }
  return block;
}

/** What the forward pass works in; `keepsPlanes` says that the tape has the planes. */
export function forwardBlock(
  plan: Plan,
  arrays: RecurrenceArrays,
  matrices: Matrices,
  { keepsPlanes, states }: { keepsPlanes: boolean; states: boolean },
): JobBlock {
  const { attributes, family, sizes } = plan;
  const stateBytes = attributes.batch * sizes.units * 4;
  const block = new JobBlock(sizes.tasks);
  reserveCommon(block, plan, arrays);
  reserveMatrices(block, matrices);
  if (!keepsPlanes) reservePlanes(block, plan, 0);
  if (arrays.initialH) block.reserve('initial', stateBytes);
  if (arrays.initialC) block.reserve('initialCell', stateBytes);
  if (states) block.reserve('states', stateBytes * attributes.time);
  block.reserve('final', stateBytes);
  if (family.states > 1) block.reserve('finalCell', stateBytes);
  return block;
}

/** What the backward pass works in; a tape in segments is made again in `segment` steps of planes. */
export function backwardBlock(
  plan: Plan,
  arrays: RecurrenceArrays,
  matrices: Matrices,
  { segment, inputs, cotangents }: { segment: number; inputs: boolean; cotangents: CotangentParts },
): JobBlock {
  const { attributes, family, sizes, tokenKernels } = plan;
  const stateBytes = attributes.batch * sizes.units * 4;
  const block = new JobBlock(sizes.tasks);
  reserveCommon(block, plan, arrays);
  if (segment < attributes.time) reservePlanes(block, plan, segment);
  reserveMatrices(block, matrices);
  for (const [name, cotangent] of cotangents) if (cotangent) block.reserve(name, cotangent.byteLength);
  if (arrays.initialH) block.reserve('initialGrad', stateBytes);
  if (arrays.initialC) block.reserve('initialCellGrad', stateBytes);
  if (inputs) block.reserve('inputGrad', arrays.inputs!.byteLength);
  // Tokens: the scatter comes after the segment, so all its steps are kept.
  const { ringZ, ringW, ringA } = family.rings(sizes, attributes.tokens ? segment : sizes.block);
  block.reserveEach('ringZ', ringZ);
  if (ringW === undefined) block.shareEach('ringW', 'ringZ');
  else block.reserveEach('ringW', ringW);
  if (ringA !== undefined) block.reserveEach('ringA', ringA);
  block.reserveEach('ringX', sizes.block * sizes.taskRows * sizes.xRow);
  block.reserveEach('grads', sizes.gradBytes);
  for (const name of tokenKernels) block.reserve(`${name}RowsGrad`, arrays[name]!.byteLength);
  return block;
}

/** The gradients of the results, by the parts that they go into. */
export type CotangentParts = readonly (readonly [
  name: 'stateGrad' | 'finalGrad' | 'finalCellGrad',
  cotangent: Float32Array | undefined,
])[];

/** What both passes need besides weights: the job, the scheme's numbers, biases, kernels as they came, scratch. */
function reserveCommon(
  block: JobBlock,
  { family, sizes, biasIsThreshold, tokenKernels }: Plan,
  arrays: RecurrenceArrays,
): void {
  const { stages, zWidth, width } = sizes;
  for (const name of tokenKernels) block.reserve(`${name}Rows`, arrays[name]!.byteLength);
  block.reserve('job', (Field.count + 1) * 4);
  block.reserve('tableauA', stages * stages * 4);
  block.reserve('tableauB', stages * 4);
  block.reserve('bias', zWidth * 4);
  if (biasIsThreshold) block.reserve('threshold', width * 4);
  let scratch = 0;
  for (const bytes of Object.values(family.scratch(sizes))) scratch += bytes;
  block.reserveEach('scratch', scratch);
}

function reservePlanes(block: JobBlock, { family, sizes }: Plan, steps: number): void {
  const { planeY, planeS, planeG, planeM } = family.planes(sizes, steps);
  block.reserveEach('planeY', planeY);
  block.reserveEach('planeS', planeS);
  block.reserveEach('planeG', planeG);
  block.reserveEach('planeM', planeM);
}

function reserveMatrices(block: JobBlock, matrices: Matrices): void {
  for (const name in matrices) {
    const matrix = name as keyof Matrices;
    block.reserve(matrix, packedBytes(matrices[matrix]!));
  }
  block.reserve('staging', stagingBytes(Object.values(matrices)));
}
