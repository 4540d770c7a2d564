import {
  type Cotangents,
  type ForwardOptions,
  MemoryError,
  maxTapeBytes,
  type RecurrenceKernels,
  type RecurrenceProblem,
  type RecurrenceTape,
  threadCount,
} from '@hurwitz/kernels';
import type { Addon, TapeHandle } from './addon.js';
import { forAddon, gradientsFor, isServed } from './codes.js';

const wording = {
  where: 'recurrence',
  memory: 'working memory',
  fix: 'Use a smaller batch or a shorter sequence, or lower setMaxTapeBytes.',
};

function checkGiven(addon: Addon, refused: number): never {
  const [used, , limit] = addon.memory();
  throw new MemoryError(wording, refused, limit - used);
}

/** Recurrences by the addon. It reads the caller's arrays where they are and writes results into new ones. */
export function nativeRecurrence(addonOf: () => Addon): RecurrenceKernels {
  return {
    // A step of size 0 has no stages, and nothing to compute.
    supports: ({ attributes }) =>
      isServed(attributes.family) && (attributes.family !== 'dynamical' || attributes.b.length > 0),

    forward(problem: RecurrenceProblem, { tape, receive }: ForwardOptions): RecurrenceTape | undefined {
      const addon = addonOf();
      const { batch, time, units, family, returnSequences } = problem.attributes;
      const { settings, arrays } = forAddon(problem);
      const states = receive && returnSequences ? new Float32Array(batch * time * units) : undefined;
      const final = Array.from({ length: family === 'lstm' ? 2 : 1 }, () => new Float32Array(batch * units));
      addon.setThreads(threadCount());
      const kept = addon.forward(settings, arrays, [states, ...final], tape ? maxTapeBytes() : -1);
      if (typeof kept === 'number') checkGiven(addon, kept);
      const handle = kept && tapeOf(addon, kept);
      try {
        receive?.({ states, final });
      } catch (error) {
        handle?.release();
        throw error;
      }
      return handle;
    },
  };
}

function tapeOf(addon: Addon, handle: TapeHandle): RecurrenceTape {
  return {
    bytes: addon.tapeBytes(handle),
    backward(problem: RecurrenceProblem, { states, final }: Cotangents, { inputs }: { inputs: boolean }) {
      const { settings, arrays } = forAddon(problem);
      const { named, ordered } = gradientsFor(problem, inputs);
      addon.setThreads(threadCount());
      const refused = addon.backward(settings, arrays, handle, [states, ...final], ordered);
      if (refused !== undefined) checkGiven(addon, refused);
      return named;
    },
    release: () => addon.release(handle),
  };
}
