import type { TensorName } from '../problem.js';
import { Arena } from './arena.js';
import { Flag, Op } from './fields.js';
import { forwardWeights, type Tape } from './forward.js';
import {
  checkpointBytes,
  type Descriptor,
  describe,
  problemFlags,
  reserveCommon,
  reservePlanes,
  setPlanes,
  tokenKernels,
} from './job.js';
import { dispatch } from './machine.js';
import { type ArrayProblem, biasIsThreshold, gateColumns } from './problem-arrays.js';
import { multiplyAdds, type Shape, shapeOf } from './shape.js';
import {
  inputKernelBack,
  type PackedMatrix,
  packAll,
  recurrentGates,
  square,
  stagingFloats,
} from './weights.js';

/** Cotangents of the results; absent ones are zero. */
export interface Cotangents {
  states?: Float32Array | undefined;
  final: (Float32Array | undefined)[];
}

export type Gradients = Partial<Record<TensorName, Float32Array>>;

/** Parts that the scatter of token gradients and the sum over tasks are cut into. */
const PARTS = 8;

/** The gradients of every float tensor of the problem; of the inputs only where `inputs` asks for it. */
export function runBackward(
  tape: Tape,
  problem: ArrayProblem,
  cotangents: Cotangents,
  { inputs: wantInputs }: { inputs: boolean },
): Gradients {
  const { attributes, arrays } = problem;
  const { batch, time, units, tokens } = attributes;
  const { machine, segment } = tape;
  const { heap } = machine;
  const shape = shapeOf(attributes, (name) => arrays[name] !== undefined);
  const segmented = segment < time;

  const work = new Arena();
  const common = reserveCommon(work, problem, shape);
  const again = segmented ? forwardWeights(work, problem, shape) : undefined;
  const planes = tape.planes ?? reservePlanes(work, problem, shape, segment);
  const back = backwardWeights(work, problem, shape);
  const withInputs = wantInputs && !tokens;
  const kernelBack = withInputs ? inputKernelBack(work, problem, shape) : undefined;
  const matrices = [
    again?.weights,
    again?.linear,
    again?.kernel,
    back.weights,
    back.linear,
    kernelBack,
  ].filter((matrix) => matrix !== undefined);
  const staging = work.part(stagingFloats(matrices) * 4);
  const stateBytes = batch * units * 4;
  const given = (array: Float32Array | undefined) => work.part(array ? array.byteLength : 0);
  const stateGrad = given(cotangents.states);
  const finalGrads = [given(cotangents.final[0]), given(cotangents.final[1])];
  const initialGrad = work.part(arrays.initialH ? stateBytes : 0);
  const initialCellGrad = work.part(arrays.initialC ? stateBytes : 0);
  const inputGrad = work.part(withInputs ? arrays.inputs!.byteLength : 0);
  const rings = reserveRings(work, problem, shape, segment);
  const grads = work.part(shape.gradBytes * shape.tasks);
  const tokenNames = tokens ? tokenKernels(problem, shape) : [];
  const tokenGrads = tokenNames.map((name) => work.part(arrays[name]!.byteLength));

  work.allocate(heap);
  try {
    packAll(machine, matrices, staging());
    const put = (at: number, array: Float32Array | undefined) =>
      array && heap.floats(at, array.length).set(array);
    put(stateGrad(), cotangents.states);
    put(finalGrads[0]!(), cotangents.final[0]);
    put(finalGrads[1]!(), cotangents.final[1]);
    const descriptor = describe(heap, problem, shape, common);
    descriptor.set({
      x: tape.inputs(),
      mask: tape.mask(),
      weights: again?.weights.address() ?? 0,
      linear: again?.linear?.address() ?? 0,
      kernelPacked: again?.kernel?.address() ?? 0,
      weightsBack: back.weights.address(),
      linearBack: back.linear?.address() ?? 0,
      kernelBackPacked: kernelBack?.address() ?? 0,
      stateGrad: stateGrad(),
      finalGrad: finalGrads[0]!(),
      finalCellGrad: finalGrads[1]!(),
      initialGrad: initialGrad(),
      initialCellGrad: initialCellGrad(),
      inputGrad: inputGrad(),
      checkpoints: tape.checkpoints(),
      checkpointsTask: checkpointBytes(problem, shape) * Math.ceil(time / segment),
      segmentSteps: segmented ? segment : 0,
      block: shape.block,
      grads: grads(),
      gradsTask: shape.gradBytes,
      gradW: 0,
      gradA: shape.gradA,
      gradK: shape.gradK,
      gradB: shape.gradB,
    });
    setPlanes(descriptor, planes);
    rings.describe(descriptor);
    for (const [i, name] of tokenNames.entries()) heap.floats(tokenGrads[i]!(), arrays[name]!.length).fill(0);
    if (tokens) {
      const [kernelGrad0 = 0, kernelGrad1 = 0, kernelGrad2 = 0, kernelGrad3 = 0] = gateColumns(
        problem,
        shape.gates,
        'kernel',
      ).map(({ name, offset }) => tokenGrads[tokenNames.indexOf(name as 'kernel')]!() + offset * 4);
      descriptor.set({ kernelGrad0, kernelGrad1, kernelGrad2, kernelGrad3 });
    }

    const flags = problemFlags(problem, shape) | rings.flags | (segmented ? Flag.recompute : 0);
    // Tokens' gradients are scattered after each segment, by all threads; without, each task goes through all its segments.
    const span = tokens ? segment : time;
    const cost = (2 * multiplyAdds(attributes, shape) * span) / time;
    for (let from = Math.floor((time - 1) / span) * span; from >= 0; from -= span) {
      const to = Math.min(time, from + span);
      descriptor.set({ op: Op.backward, from, to, flags });
      dispatch(machine, common.job(), { count: shape.tasks, multiplyAdds: cost });
      if (tokens) {
        descriptor.set({ op: Op.scatter });
        dispatch(machine, common.job(), { count: PARTS, multiplyAdds: batch * (to - from) * shape.zWidth });
      }
    }
    descriptor.set({ op: Op.reduce });
    dispatch(machine, common.job(), { count: PARTS, multiplyAdds: (shape.gradBytes / 4) * shape.tasks });

    const gradients = collect(heap.floats(grads(), shape.gradBytes / 4), problem, shape);
    const take = (name: TensorName, at: number) => {
      gradients[name] = heap.floats(at, arrays[name]!.length).slice();
    };
    if (arrays.initialH) take('initialH', initialGrad());
    if (arrays.initialC) take('initialC', initialCellGrad());
    if (withInputs) take('inputs', inputGrad());
    for (const [i, name] of tokenNames.entries()) take(name, tokenGrads[i]!());
    return gradients;
  } finally {
    work.release(heap);
  }
}

function backwardWeights(
  arena: Arena,
  problem: ArrayProblem,
  shape: Shape,
): { weights: PackedMatrix; linear: PackedMatrix | undefined } {
  const { units, family } = problem.attributes;
  const { W, A } = problem.arrays;
  if (family === 'dynamical') {
    return {
      weights: square(arena, W as Float32Array, units, true),
      linear: A && square(arena, A as Float32Array, units, true),
    };
  }
  const split = family === 'lstm' ? 4 : 2;
  return {
    weights: recurrentGates(arena, problem, shape, { from: 0, to: split, back: true }),
    linear:
      family === 'gru' ? recurrentGates(arena, problem, shape, { from: 2, to: 3, back: true }) : undefined,
  };
}

/** Room for the cotangents of a block of steps, which then meet the states in one product. */
function reserveRings(arena: Arena, { attributes }: ArrayProblem, shape: Shape, segment: number) {
  const { tasks, taskRows, stages, block, row, zRow, xRow, linear, gated } = shape;
  const dynamical = attributes.family === 'dynamical';
  // Tokens: the scatter comes after the segment, so all its steps are kept.
  const zSteps = attributes.tokens ? segment : block;
  const sharedZ = dynamical && stages === 1 && !gated;
  const zTask = zSteps * taskRows * zRow;
  const wTask = sharedZ || !dynamical ? zTask : block * stages * taskRows * row;
  const aTask = linear ? block * stages * taskRows * row : 0;
  const xTask = block * taskRows * xRow;
  const ringZ = arena.part(zTask * tasks);
  const ringW = sharedZ || !dynamical ? ringZ : arena.part(wTask * tasks);
  const ringA = arena.part(aTask * tasks);
  const ringX = arena.part(xTask * tasks);
  return {
    flags: (attributes.tokens ? Flag.keepZ : 0) | (sharedZ ? Flag.sharedZ : 0),
    describe: (descriptor: Descriptor) =>
      descriptor.set({
        ringW: ringW(),
        ringWTask: wTask,
        ringA: ringA(),
        ringATask: aTask,
        ringZ: ringZ(),
        ringZTask: zTask,
        ringX: ringX(),
        ringXTask: xTask,
      }),
  };
}

/** The summed gradients of the weights, out of their padded layout. */
function collect(sums: Float32Array, problem: ArrayProblem, shape: Shape): Gradients {
  const { units, family, tokens, inputDim } = problem.attributes;
  const { arrays } = problem;
  const { width, zWidth, gates, gradA, gradK, gradB, inputColumns } = shape;
  const gradients: Gradients = {};
  /** Rows of one gate's `units` columns, into a matrix of `rowFloats` columns from column `offset` on. */
  const gather = (
    name: TensorName,
    {
      at,
      from,
      rows,
      offset,
      rowFloats,
    }: { at: number; from: number; rows: number; offset: number; rowFloats: number },
  ) => {
    gradients[name] ??= new Float32Array(rows * rowFloats);
    for (let r = 0; r < rows; r++) {
      const start = at + r * from;
      gradients[name].set(sums.subarray(start, start + units), r * rowFloats + offset);
    }
  };
  if (family === 'dynamical') {
    const matrix = { from: width, rows: units, offset: 0, rowFloats: units };
    gather('W', { at: 0, ...matrix });
    if (arrays.A) gather('A', { at: gradA / 4, ...matrix });
  } else {
    for (let gate = 0; gate < gates; gate++) {
      const columns = { offset: gate * units, rowFloats: gates * units };
      gather('recurrentKernel', { at: gate * width, from: zWidth, rows: units, ...columns });
    }
  }
  const kernelAt = gradK / 4;
  if (!tokens) {
    for (const [gate, { name, offset, rowFloats }] of gateColumns(problem, gates, 'kernel').entries()) {
      gather(name, { at: kernelAt + gate * width, from: zWidth, rows: inputDim, offset, rowFloats });
    }
  }
  const biasAt = kernelAt + (inputColumns - 1) * zWidth;
  for (const [gate, { name, offset, rowFloats }] of gateColumns(problem, gates, 'bias').entries()) {
    if (!arrays[name]) continue;
    const at = gate === 0 && biasIsThreshold(problem) ? gradB / 4 : biasAt + gate * width;
    gather(name, { at, from: 0, rows: 1, offset, rowFloats });
  }
  return gradients;
}
