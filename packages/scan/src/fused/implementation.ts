import {
  type Cotangents,
  MemoryError,
  type RecurrenceArrays,
  type RecurrenceKernels,
  recurrenceDevice,
} from '@hurwitz/kernels';
import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import { engine, util } from '@tensorflow/tfjs-core';
import { RecurrenceError } from '../errors.js';
import type { RecurrenceAttributes, TensorName } from '../problem.js';
import type {
  BackwardRequest,
  ForwardRequest,
  FusedImplementation,
  NamedInfos,
} from '../registry/contract.js';
import { nativeIsBetter } from './native.js';
import { dropTapes, findTape, keepTape, newHandle, sweepTapes } from './tapes.js';

type Values = NonNullable<RecurrenceArrays[TensorName]>;

/** The recurrence of a device of `@hurwitz/kernels` behind tfjs's registry, for any backend whose tensors the CPU can read. */
export const deviceRecurrence: FusedImplementation = {
  supports: (problem) => kernelsFor(problem) !== undefined && !nativeIsBetter(problem),

  forward({ attributes, tensors, recordTape, backend }: ForwardRequest): TensorInfo[] {
    const host = backend as KernelBackend;
    sweepTapes();
    const problem = { attributes, arrays: readAll(host, tensors) };
    checkTokens(attributes, problem.arrays);
    const results: TensorInfo[] = [];
    const { batch, time, units } = attributes;
    const tape = withRoom(() =>
      kernelsFor({ attributes, tensors })!.forward(problem, {
        tape: recordTape,
        receive: ({ states, final }) => {
          if (states) results.push(write(host, states, [batch, time, units]));
          for (const state of final) results.push(write(host, state, [batch, units]));
        },
      }),
    );
    if (tape) {
      const id = newHandle();
      const handle = write(host, new Float32Array([id]), []);
      keepTape(id, tape, isOver(host, handle));
      results.push(handle);
    }
    return results;
  },

  backward({
    attributes,
    tensors,
    outputs,
    cotangents,
    inputGradient,
    backend,
  }: BackwardRequest): NamedInfos {
    const host = backend as KernelBackend;
    const problem = { attributes, arrays: readAll(host, tensors) };
    const given = cotangents.map((cotangent) => read(host, cotangent) as Float32Array);
    const results: Cotangents = attributes.returnSequences
      ? { states: given[0], final: given.slice(1) }
      : { final: given };
    const handle = outputs[cotangents.length];
    const id = handle === undefined ? 0 : read(host, handle)[0]!;
    // A tape that is gone, because memory ran short or a thread died, can always be made again.
    const kernels = () => kernelsFor({ attributes, tensors })!;
    const tape = findTape(id) ?? withRoom(() => kernels().forward(problem, { tape: true })!);
    try {
      const gradients = withRoom(() => tape.backward(problem, results, { inputs: inputGradient }));
      return Object.fromEntries(
        Object.entries(gradients).map(([name, values]) => [
          name,
          write(host, values, tensors[name as TensorName]!.shape),
        ]),
      );
    } finally {
      tape.release();
    }
  },
};

/** The kernels of the device that computes this recurrence; undefined where plain operations do. */
function kernelsFor({
  attributes,
  tensors,
}: {
  attributes: RecurrenceAttributes;
  tensors: Partial<Record<TensorName, unknown>>;
}): RecurrenceKernels | undefined {
  return recurrenceDevice({ attributes, has: (name) => tensors[name] !== undefined })?.recurrence;
}

/** Whether the gradient that a tape is for has run or never will: tfjs has let go of the handle, or of its own tape. */
function isOver(backend: KernelBackend, { dataId }: TensorInfo): () => boolean {
  const { activeTape } = engine().state;
  // After a loss that threw tfjs keeps the handle for good, and starts another tape.
  return () => backend.refCount(dataId) === 0 || engine().state.activeTape !== activeTape;
}

/** Tries again without the tapes of other recurrences, where memory does not suffice for all. */
function withRoom<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof MemoryError)) throw error;
    dropTapes();
    return run();
  }
}

function readAll(backend: KernelBackend, tensors: NamedInfos): RecurrenceArrays {
  return Object.fromEntries(Object.entries(tensors).map(([name, info]) => [name, read(backend, info!)]));
}

interface HeapBackend {
  typedArrayFromHeap(info: TensorInfo): Values;
}

const arrayTypes = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

/**
 * The values of a tensor in the array type of its dtype: a view where the backend has one, and so good only until it allocates.
 *
 * tfjs's cpu backend does not convert values when it casts to a wider type: a float32 or int32 tensor that comes from booleans
 * still holds bytes, and a float32 one that comes from int32 still holds integers.
 */
function read(backend: KernelBackend, info: TensorInfo): Values {
  const home = engine().state.tensorInfo.get(info.dataId)?.backend ?? backend;
  if (home === backend && 'typedArrayFromHeap' in backend && util.sizeFromShape(info.shape) > 0) {
    return (backend as unknown as HeapBackend).typedArrayFromHeap(info);
  }
  // Read where it is: tfjs's wasm backend takes over the bytes of such a tensor as if they were floats.
  const values = home.readSync(info.dataId) as Values;
  const ArrayType = arrayTypes[info.dtype as keyof typeof arrayTypes];
  return values instanceof ArrayType ? values : ArrayType.from(values);
}

/** A new tensor on the backend; tfjs's wasm backend copies the values, others keep the array they are given. */
function write(backend: KernelBackend, values: Float32Array, shape: number[]): TensorInfo {
  const owned = 'typedArrayFromHeap' in backend ? values : values.slice();
  return { dataId: backend.write(owned, shape, 'float32'), shape, dtype: 'float32' };
}

function checkTokens({ tokens, inputDim }: RecurrenceAttributes, arrays: RecurrenceArrays): void {
  if (!tokens) return;
  const bad = (arrays.inputs as Int32Array).find((token) => token < 0 || token >= inputDim);
  if (bad !== undefined) {
    throw new RecurrenceError(
      'recurrence',
      `tokens in 0..${inputDim - 1}, the rows of the kernel`,
      String(bad),
      'Give the kernel a row for every token, or replace unknown tokens.',
    );
  }
}
