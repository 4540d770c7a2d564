import { described } from '../checks.js';
import { Arena } from './arena.js';
import { Flag, Op } from './fields.js';
import {
  checkpointBytes,
  describe,
  type Planes,
  problemFlags,
  reserveCommon,
  reservePlanes,
  setPlanes,
} from './job.js';
import { dispatch, type Machine } from './machine.js';
import type { ArrayProblem } from './problem-arrays.js';
import { multiplyAdds, planeBytes, type Shape, shapeOf } from './shape.js';
import { inputKernel, type PackedMatrix, packAll, recurrentGates, square, stagingFloats } from './weights.js';

/** What the gradient needs of a forward run. It lives in WebAssembly memory until released. */
export interface Tape {
  machine: Machine;
  arena: Arena;
  /** Steps per segment: all, or few, with a checkpoint before each. */
  segment: number;
  inputs: () => number;
  mask: () => number;
  /** The planes of all steps, if there is one segment. */
  planes: Planes | undefined;
  checkpoints: () => number;
}

/** Results as views of WebAssembly memory, to be copied before anything else runs. */
export interface ForwardViews {
  states: Float32Array | undefined;
  final: Float32Array[];
}

let maxTapeBytes = 2 ** 30;

/**
 * Bounds the memory that one recurrence keeps for its gradient. Past it only about 2 √time states are kept, and the forward
 * pass is run again in segments: the same gradients, for about a third more time.
 *
 * @param bytes the default is 1 GiB.
 * @throws RangeError if `bytes` is negative or not a number.
 */
export function setMaxTapeBytes(bytes: number): void {
  if (typeof bytes !== 'number' || !(bytes >= 0)) {
    throw new RangeError(
      `setMaxTapeBytes: expected a number of bytes of at least 0, got ${described(bytes)}. The default is 2 ** 30.`,
    );
  }
  maxTapeBytes = bytes;
}

/** The weights of the forward products. */
export function forwardWeights(arena: Arena, problem: ArrayProblem, shape: Shape) {
  const { attributes, arrays } = problem;
  const { units, family } = attributes;
  let weights: PackedMatrix;
  let linear: PackedMatrix | undefined;
  if (family === 'dynamical') {
    weights = square(arena, arrays.W as Float32Array, units, false);
    linear = shape.linear ? square(arena, arrays.A as Float32Array, units, false) : undefined;
  } else {
    const split = family === 'lstm' ? 4 : 2;
    weights = recurrentGates(arena, problem, shape, { from: 0, to: split, back: false });
    linear =
      family === 'gru' ? recurrentGates(arena, problem, shape, { from: 2, to: 3, back: false }) : undefined;
  }
  const kernel = attributes.tokens ? undefined : inputKernel(arena, problem, shape);
  return { weights, linear, kernel };
}

/** Runs the recurrence; `receive` gets the results, and what is returned is the tape if one was asked for. */
export function runForward(
  machine: Machine,
  problem: ArrayProblem,
  { tape, receive }: { tape: boolean; receive?: (views: ForwardViews) => void },
): Tape | undefined {
  const { attributes, arrays } = problem;
  const { batch, time, units, family, returnSequences } = attributes;
  const shape = shapeOf(attributes, (name) => arrays[name] !== undefined);
  const { heap } = machine;

  const kept = new Arena();
  const inputs = kept.part(arrays.inputs!.byteLength);
  const mask = kept.part(arrays.mask ? batch * time * 4 : 0);
  const segment = tape ? segmentSteps(problem, shape) : time;
  const segmented = segment < time;
  const planes = tape && !segmented ? reservePlanes(kept, problem, shape, time) : undefined;
  const checkpointsTask = checkpointBytes(problem, shape) * Math.ceil(time / segment);
  const checkpoints = kept.part(segmented ? checkpointsTask * shape.tasks : 0);

  const work = new Arena();
  const common = reserveCommon(work, problem, shape);
  const packed = forwardWeights(work, problem, shape);
  const matrices = [packed.weights, packed.linear, packed.kernel].filter((matrix) => matrix !== undefined);
  const staging = work.part(stagingFloats(matrices) * 4);
  const workPlanes = planes ?? reservePlanes(work, problem, shape, 0);
  const stateBytes = batch * units * 4;
  const initial = work.part(arrays.initialH ? stateBytes : 0);
  const initialCell = work.part(arrays.initialC ? stateBytes : 0);
  const states = work.part(receive && returnSequences ? stateBytes * time : 0);
  const final = work.part(stateBytes);
  const finalCell = work.part(family === 'lstm' ? stateBytes : 0);

  allocateBoth(machine, kept, work);
  let keeps = false;
  try {
    packAll(machine, matrices, staging());
    putInputs(machine, problem, inputs(), mask());
    if (arrays.initialH) heap.floats(initial(), batch * units).set(arrays.initialH);
    if (arrays.initialC) heap.floats(initialCell(), batch * units).set(arrays.initialC);
    const descriptor = describe(heap, problem, shape, common);
    descriptor.set({
      op: Op.forward,
      from: 0,
      to: time,
      flags: problemFlags(problem, shape) | (planes ? Flag.tape : 0),
      x: inputs(),
      mask: mask(),
      weights: packed.weights.address(),
      linear: packed.linear?.address() ?? 0,
      kernelPacked: packed.kernel?.address() ?? 0,
      initial: initial(),
      initialCell: initialCell(),
      states: states(),
      final: final(),
      finalCell: finalCell(),
      checkpoints: checkpoints(),
      checkpointsTask,
      segmentSteps: segmented ? segment : 0,
    });
    setPlanes(descriptor, workPlanes);
    dispatch(machine, common.job(), { count: shape.tasks, multiplyAdds: multiplyAdds(attributes, shape) });
    const n = batch * units;
    receive?.({
      states: states() === 0 ? undefined : heap.floats(states(), n * time),
      final: [final(), finalCell()].filter((at) => at !== 0).map((at) => heap.floats(at, n)),
    });
    keeps = tape;
    return tape ? { machine, arena: kept, segment, inputs, mask, planes, checkpoints } : undefined;
  } finally {
    work.release(heap);
    if (!keeps) kept.release(heap);
  }
}

const ADDRESSED_BYTES = 2 ** 32;

function allocateBoth({ heap }: Machine, kept: Arena, work: Arena): void {
  // What cannot fit together is refused as one, before the first of the two has grown the memory.
  const bytes = kept.bytes + work.bytes;
  if (bytes > ADDRESSED_BYTES - heap.usedBytes) heap.allocate(bytes);
  kept.allocate(heap);
  try {
    work.allocate(heap);
  } catch (error) {
    kept.release(heap);
    throw error;
  }
}

/** Copies the inputs and the mask, which both directions read, into WebAssembly memory. */
function putInputs(
  { heap }: Machine,
  { attributes, arrays }: ArrayProblem,
  inputs: number,
  mask: number,
): void {
  if (attributes.tokens)
    new Int32Array(heap.memory.buffer, inputs, arrays.inputs!.length).set(arrays.inputs!);
  else heap.floats(inputs, arrays.inputs!.length).set(arrays.inputs!);
  if (arrays.mask) {
    // Any number but 0 counts as true, as when tfjs casts to bool.
    const words = heap.words(mask, arrays.mask.length);
    for (const [i, value] of arrays.mask.entries()) words[i] = value === 0 ? 0 : 1;
  }
}

/** Steps per segment of the tape. */
function segmentSteps({ attributes }: ArrayProblem, shape: Shape): number {
  const { y, s, g, m } = planeBytes(attributes, shape, attributes.time);
  const whole = shape.tasks * (y + s + g + m);
  return whole <= maxTapeBytes ? attributes.time : Math.ceil(Math.sqrt(attributes.time));
}
