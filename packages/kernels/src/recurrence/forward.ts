import type { ForwardOptions, RecurrenceProblem } from '../contract.js';
import type { Machine } from '../machine.js';
import { maxTapeBytes } from '../tape-limit.js';
import { describe, problemFlags } from './descriptor.js';
import { dispatch, wording } from './dispatch.js';
import { Flag, Op } from './fields.js';
import { type Matrix, pack } from './matrices.js';
import {
  forwardBlock,
  forwardMatrices,
  type JobBlock,
  type Matrices,
  multiplyAdds,
  type Plan,
  planOf,
  tapeBlock,
  tapeBytes,
} from './plan.js';

/** What the gradient needs of a forward run. It lives in WebAssembly memory until released. */
export interface Tape {
  machine: Machine;
  plan: Plan;
  block: JobBlock;
  /** Steps per segment: all, or few, with a checkpoint before each. */
  segment: number;
}

/** Runs the recurrence; `receive` gets the results, and what is returned is the tape if one was asked for. */
export function runForward(
  machine: Machine,
  problem: RecurrenceProblem,
  { tape, receive }: ForwardOptions,
): Tape | undefined {
  const { attributes, arrays } = problem;
  const { batch, time, units, returnSequences } = attributes;
  const plan = planOf(problem);
  const { heap } = machine;

  const segment = tape ? segmentSteps(plan) : time;
  const segmented = segment < time;
  const keepsPlanes = tape && !segmented;
  const matrices = forwardMatrices(plan, problem);
  const states = receive !== undefined && returnSequences;
  const kept = tapeBlock(plan, arrays, { tape, segment });
  const work = forwardBlock(plan, arrays, matrices, { keepsPlanes, states });
  allocateBoth(machine, kept, work);
  let keeps = false;
  try {
    packInto(machine, work, matrices);
    putInputs(machine, problem, kept);
    if (arrays.initialH) heap.floats(work.at('initial'), batch * units).set(arrays.initialH);
    if (arrays.initialC) heap.floats(work.at('initialCell'), batch * units).set(arrays.initialC);
    const descriptor = describe(heap, plan, arrays, work);
    descriptor.setParts(work);
    descriptor.setParts(kept);
    descriptor.set({
      op: Op.forward,
      from: 0,
      to: time,
      flags: problemFlags(plan) | (keepsPlanes ? Flag.tape : 0),
      segmentSteps: segmented ? segment : 0,
    });
    const { tasks } = plan.sizes;
    dispatch(machine, work.at('job'), { count: tasks, multiplyAdds: multiplyAdds(plan) });
    const n = batch * units;
    const final = [work.at('final'), work.at('finalCell')].filter((at) => at !== 0);
    receive?.({
      states: states ? heap.floats(work.at('states'), n * time) : undefined,
      final: final.map((at) => heap.floats(at, n)),
    });
    keeps = tape;
    return tape ? { machine, plan, block: kept, segment } : undefined;
  } finally {
    work.release(heap);
    if (!keeps) kept.release(heap);
  }
}

/** Writes matrices in panels into the parts of their names. */
export function packInto(machine: Machine, block: JobBlock, matrices: Matrices): void {
  const entries = Object.entries(matrices) as [keyof Matrices, Matrix][];
  pack(
    machine,
    entries.map(([name, matrix]) => [block.at(name), matrix]),
    block.at('staging'),
  );
}

const ADDRESSED_BYTES = 2 ** 32;

function allocateBoth({ heap }: Machine, kept: JobBlock, work: JobBlock): void {
  // What cannot fit together is refused as one, before the first of the two has grown the memory.
  const bytes = kept.bytes + work.bytes;
  if (bytes > ADDRESSED_BYTES - heap.usedBytes) heap.allocate(bytes, wording);
  kept.allocate(heap, wording);
  try {
    work.allocate(heap, wording);
  } catch (error) {
    kept.release(heap);
    throw error;
  }
}

/** Copies the inputs and the mask, which both directions read, into WebAssembly memory. */
function putInputs({ heap }: Machine, { attributes, arrays }: RecurrenceProblem, kept: JobBlock): void {
  const inputs = arrays.inputs!;
  if (attributes.tokens) new Int32Array(heap.memory.buffer, kept.at('x'), inputs.length).set(inputs);
  else heap.floats(kept.at('x'), inputs.length).set(inputs);
  if (arrays.mask) {
    // Any number but 0 counts as true, as when tfjs casts to bool.
    const words = heap.words(kept.at('mask'), arrays.mask.length);
    for (const [i, value] of arrays.mask.entries()) words[i] = value === 0 ? 0 : 1;
  }
}

/** Steps per segment of the tape. */
function segmentSteps(plan: Plan): number {
  const { time } = plan.attributes;
  return tapeBytes(plan) <= maxTapeBytes() ? time : Math.ceil(Math.sqrt(time));
}
