import type { ArrayName, Cotangents, Gradients, RecurrenceArrays, RecurrenceProblem } from '../contract.js';
import { describe, problemFlags } from './descriptor.js';
import { dispatch, wording } from './dispatch.js';
import type { GradientBlock } from './family-plan.js';
import { Flag, Op } from './fields.js';
import { packInto, type Tape } from './forward.js';
import {
  backwardBlock,
  backwardMatrices,
  type CotangentParts,
  forwardMatrices,
  multiplyAdds,
  type Plan,
} from './plan.js';

/** Parts that the scatter of token gradients and the sum over tasks are cut into. */
const PARTS = 8;

/** The gradients of every float array of the problem but the mask; of the inputs only where `inputs` asks for it. */
export function runBackward(
  { machine, plan, block: kept, segment }: Tape,
  problem: RecurrenceProblem,
  cotangents: Cotangents,
  { inputs: wantInputs }: { inputs: boolean },
): Gradients {
  const { attributes, arrays } = problem;
  const { batch, time, tokens } = attributes;
  const { heap } = machine;
  const { sizes, kernels, tokenKernels } = plan;
  const segmented = segment < time;
  const inputs = wantInputs && !tokens;
  const given: CotangentParts = [
    ['stateGrad', cotangents.states],
    ['finalGrad', cotangents.final[0]],
    ['finalCellGrad', cotangents.final[1]],
  ];
  const matrices = backwardMatrices(plan, problem, inputs);
  if (segmented) Object.assign(matrices, forwardMatrices(plan, problem));
  const work = backwardBlock(plan, arrays, matrices, { segment, inputs, cotangents: given });
  work.allocate(heap, wording);
  try {
    packInto(machine, work, matrices);
    for (const [name, array] of given) {
      if (array) heap.floats(work.at(name), array.length).set(array);
    }
    const descriptor = describe(heap, plan, arrays, work);
    descriptor.setParts(kept);
    descriptor.setParts(work);
    const shared = work.at('ringW') === work.at('ringZ');
    descriptor.set({
      segmentSteps: segmented ? segment : 0,
      block: sizes.block,
      gradW: 0,
      gradA: sizes.gradA,
      gradK: sizes.gradK,
      gradB: sizes.gradB,
    });
    for (const name of tokenKernels) {
      heap.floats(work.at(`${name}RowsGrad`), arrays[name]!.length).fill(0);
    }
    if (tokens) {
      const [kernelGrad0 = 0, kernelGrad1 = 0, kernelGrad2 = 0, kernelGrad3 = 0] = kernels.map(
        ({ name, offset }) => work.at(`${name as 'kernel'}RowsGrad`) + offset * 4,
      );
      descriptor.set({ kernelGrad0, kernelGrad1, kernelGrad2, kernelGrad3 });
    }

    const flags =
      problemFlags(plan) |
      (tokens ? Flag.keepZ : 0) |
      (shared && attributes.family === 'dynamical' ? Flag.sharedZ : 0) |
      (segmented ? Flag.recompute : 0);
    const job = work.at('job');
    // Tokens' gradients are scattered after each segment, by all threads; without, each task goes through all its segments.
    const span = tokens ? segment : time;
    const cost = (2 * multiplyAdds(plan) * span) / time;
    for (let from = Math.floor((time - 1) / span) * span; from >= 0; from -= span) {
      const to = Math.min(time, from + span);
      descriptor.set({ op: Op.backward, from, to, flags });
      dispatch(machine, job, { count: sizes.tasks, multiplyAdds: cost });
      if (tokens) {
        descriptor.set({ op: Op.scatter });
        dispatch(machine, job, { count: PARTS, multiplyAdds: batch * (to - from) * sizes.zWidth });
      }
    }
    descriptor.set({ op: Op.reduce });
    dispatch(machine, job, { count: PARTS, multiplyAdds: (sizes.gradBytes / 4) * sizes.tasks });

    const gradients = collect(heap.floats(work.at('grads'), sizes.gradBytes / 4), plan, arrays);
    const take = (name: ArrayName, at: number) => {
      gradients[name] = heap.floats(at, arrays[name]!.length).slice();
    };
    if (arrays.initialH) take('initialH', work.at('initialGrad'));
    if (arrays.initialC) take('initialC', work.at('initialCellGrad'));
    if (inputs) take('inputs', work.at('inputGrad'));
    for (const name of tokenKernels) take(name, work.at(`${name}RowsGrad`));
    return gradients;
  } finally {
    work.release(heap);
  }
}

/** The summed gradients of the weights, out of their padded layout. */
function collect(sums: Float32Array, plan: Plan, arrays: RecurrenceArrays): Gradients {
  const { attributes, family, sizes, kernels, biases, biasIsThreshold } = plan;
  const { tokens, inputDim } = attributes;
  const { units, width, zWidth, gradK, gradB, inputColumns } = sizes;
  const gradients: Gradients = {};
  const gather = ({ name, at, paddedRow, rows, offset, rowFloats }: GradientBlock) => {
    gradients[name] ??= new Float32Array(rows * rowFloats);
    for (let r = 0; r < rows; r++) {
      const start = at / 4 + r * paddedRow;
      gradients[name].set(sums.subarray(start, start + units), r * rowFloats + offset);
    }
  };
  for (const block of family.recurrentGradients(sizes)) gather(block);
  if (!tokens) {
    for (const [gate, columns] of kernels.entries()) {
      gather({ ...columns, at: gradK + gate * width * 4, paddedRow: zWidth, rows: inputDim });
    }
  }
  const biasAt = gradK + (inputColumns - 1) * zWidth * 4;
  for (const [gate, columns] of biases.entries()) {
    if (!arrays[columns.name]) continue;
    const at = gate === 0 && biasIsThreshold ? gradB : biasAt + gate * width * 4;
    gather({ ...columns, at, paddedRow: 0, rows: 1 });
  }
  return gradients;
}
