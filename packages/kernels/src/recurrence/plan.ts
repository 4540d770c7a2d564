import type { RecurrenceProblem } from '../contract.js';
import type { Parts } from '../runtime/memory-block.js';
import type { FamilyPlan, GateColumns, Plane } from './family-plan.js';
import { Field } from './fields.js';
import { inputKernel, inputKernelBack, type Matrix, packedBytes, stagingBytes } from './matrices.js';
import { dynamicalPlan } from './plans/dynamical.js';
import { gruPlan } from './plans/gru.js';
import { lstmPlan } from './plans/lstm.js';
import { type Sizes, sizesOf } from './sizes.js';

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

/** The parts of one block of memory, and the strides that go into the job beside their addresses. */
export interface Layout {
  parts: Parts<PartName>;
  strides: Partial<Record<FieldName, number>>;
}

type ForwardMatrix = 'weights' | 'linear' | 'kernelPacked';
type BackwardMatrix = 'weightsBack' | 'linearBack' | 'kernelBackPacked';
/** Matrices in panels, by the job's field that holds their address. */
export type Matrices = Partial<Record<ForwardMatrix | BackwardMatrix, Matrix>>;

/** What follows from a problem, and both passes read. */
export interface Plan {
  problem: RecurrenceProblem;
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
    problem,
    family,
    sizes,
    biasIsThreshold: family.biasIsThreshold(shape),
    kernels,
    biases: family.columns(sizes, 'bias'),
    tokenKernels: attributes.tokens ? [...names] : [],
  };
}

/** Multiply-adds of the recurrent and input products of the forward pass; each of the two backward parts has as many. */
export function multiplyAdds({ problem, family, sizes }: Plan): number {
  const { batch, time } = problem.attributes;
  const { units, stages, width, zWidth, inputColumns } = sizes;
  return batch * time * (stages * family.products(sizes) * units * width + inputColumns * zWidth);
}

/** Bytes of a tape that is kept whole. */
export function tapeBytes({ problem, family, sizes }: Plan): number {
  const planes = Object.values(family.planes(sizes, problem.attributes.time));
  return sizes.tasks * planes.reduce((sum, bytes) => sum + bytes, 0);
}

/** The weights of the forward products. */
export function forwardMatrices(plan: Plan): Matrices {
  const { problem, family, sizes } = plan;
  return {
    ...family.recurrentMatrices(problem, sizes, false),
    ...(!problem.attributes.tokens && { kernelPacked: inputKernel(problem, sizes, plan) }),
  };
}

/** The weights of the backward products, with the kernel where the gradient of the inputs is wanted. */
export function backwardMatrices({ problem, family, sizes, kernels }: Plan, inputs: boolean): Matrices {
  const { weights, linear } = family.recurrentMatrices(problem, sizes, true);
  return {
    weightsBack: weights,
    ...(linear && { linearBack: linear }),
    ...(inputs && { kernelBackPacked: inputKernelBack(problem, sizes, kernels) }),
  };
}

/** What is kept from the forward pass to the backward one: the inputs, and the planes or the checkpoints of the tape. */
export function tapeLayout(plan: Plan, { tape, segment }: { tape: boolean; segment: number }): Layout {
  const { problem, family, sizes } = plan;
  const { batch, time } = problem.attributes;
  const { inputs, mask } = problem.arrays;
  const segmented = segment < time;
  const { taskRows, row } = sizes;
  return layout(
    sizes.tasks,
    { x: inputs!.byteLength, mask: mask ? batch * time * 4 : 0 },
    segmented
      ? { checkpoints: Math.ceil(time / segment) * family.states * taskRows * row }
      : tape
        ? family.planes(sizes, time)
        : {},
  );
}

/** What the forward pass works in; `keepsPlanes` says that the tape has the planes. */
export function forwardLayout(
  plan: Plan,
  matrices: Matrices,
  { keepsPlanes, states }: { keepsPlanes: boolean; states: boolean },
): Layout {
  const { problem, family, sizes } = plan;
  const { arrays, attributes } = problem;
  const stateBytes = attributes.batch * sizes.units * 4;
  return join(
    commonLayout(plan),
    matricesLayout(matrices),
    keepsPlanes ? noParts : planesLayout(plan, 0),
    layout(0, {
      initial: arrays.initialH ? stateBytes : 0,
      initialCell: arrays.initialC ? stateBytes : 0,
      states: states ? stateBytes * attributes.time : 0,
      final: stateBytes,
      finalCell: family.states > 1 ? stateBytes : 0,
    }),
  );
}

/** What the backward pass works in; a tape in segments is made again in `segment` steps of planes. */
export function backwardLayout(
  plan: Plan,
  matrices: Matrices,
  { segment, inputs, cotangents }: { segment: number; inputs: boolean; cotangents: Parts<FieldName> },
): Layout {
  const { problem, family, sizes, tokenKernels } = plan;
  const { arrays, attributes } = problem;
  const stateBytes = attributes.batch * sizes.units * 4;
  const { block, taskRows, xRow, gradBytes } = sizes;
  // Tokens: the scatter comes after the segment, so all its steps are kept.
  const rings = family.rings(sizes, attributes.tokens ? segment : block);
  const { ringZ } = rings;
  const tokenGrads = tokenKernels.map((name) => [`${name}RowsGrad`, arrays[name]!.byteLength]);
  const own = join(
    commonLayout(plan),
    segment < attributes.time ? planesLayout(plan, segment) : noParts,
    matricesLayout(matrices),
    layout(0, {
      ...cotangents,
      initialGrad: arrays.initialH ? stateBytes : 0,
      initialCellGrad: arrays.initialC ? stateBytes : 0,
      inputGrad: inputs ? arrays.inputs!.byteLength : 0,
    }),
    layout(sizes.tasks, {}, { ...rings, ringX: block * taskRows * xRow, grads: gradBytes }),
    layout(0, Object.fromEntries(tokenGrads)),
  );
  return { ...own, strides: { ringWTask: ringZ, ...own.strides } };
}

const noParts: Layout = { parts: {}, strides: {} };

/** What both passes need besides weights: the job, the scheme's numbers, biases, kernels as they came, scratch. */
function commonLayout({ problem, family, sizes, biasIsThreshold, tokenKernels }: Plan): Layout {
  const { stages, zWidth, width, tasks } = sizes;
  const scratch = Object.values(family.scratch(sizes)).reduce((sum, bytes) => sum + bytes, 0);
  const kernels = tokenKernels.map((name) => [`${name}Rows`, problem.arrays[name]!.byteLength]);
  return layout(
    tasks,
    {
      ...Object.fromEntries(kernels),
      job: (Field.count + 1) * 4,
      tableauA: stages * stages * 4,
      tableauB: stages * 4,
      bias: zWidth * 4,
      threshold: biasIsThreshold ? width * 4 : 0,
    },
    { scratch },
  );
}

const planesLayout = ({ family, sizes }: Plan, steps: number): Layout =>
  layout(sizes.tasks, {}, family.planes(sizes, steps));

function matricesLayout(matrices: Matrices): Layout {
  const packed = Object.entries(matrices).map(([name, matrix]) => [name, packedBytes(matrix)]);
  return layout(0, { ...Object.fromEntries(packed), staging: stagingBytes(Object.values(matrices)) });
}

type TaskPart = Plane | 'checkpoints' | 'scratch' | 'ringW' | 'ringA' | 'ringZ' | 'ringX' | 'grads';

/** Parts of the whole job, and parts that each task has a block of. */
function layout(tasks: number, whole: Parts<PartName>, perTask: Parts<TaskPart> = {}): Layout {
  const parts = { ...whole };
  const strides: Layout['strides'] = {};
  for (const [name, bytes] of Object.entries(perTask) as [TaskPart, number][]) {
    parts[name] = bytes * tasks;
    strides[`${name}Task`] = bytes;
  }
  return { parts, strides };
}

const join = (...layouts: Layout[]): Layout => ({
  parts: Object.assign({}, ...layouts.map(({ parts }) => parts)),
  strides: Object.assign({}, ...layouts.map(({ strides }) => strides)),
});
