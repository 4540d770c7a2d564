import type { RecurrenceTape } from '@hurwitz/kernels';

/*
 * Tapes between the forward pass and its gradient. tfjs holds a handle, a scalar tensor with the tape's number, and disposes of
 * it once the gradient has run or is known not to run; the next forward pass then frees the tape. What accumulates
 * before that is bounded: the oldest tapes are dropped, and made again if their gradient is asked for after all.
 */

/** Tapes kept for gradients that have not run. */
const MAX_BYTES = 2 ** 31;

interface Entry {
  tape: RecurrenceTape;
  over: () => boolean;
}

const tapes = new Map<number, Entry>();
let last = 0;

/** A number that float32 holds exactly. */
export function newHandle(): number {
  last = last >= 2 ** 24 - 1 ? 1 : last + 1;
  return last;
}

export function keepTape(id: number, tape: RecurrenceTape, over: () => boolean): void {
  tapes.set(id, { tape, over });
  let bytes = 0;
  for (const [older, { tape: kept }] of [...tapes].reverse()) {
    bytes += kept.bytes;
    if (bytes > MAX_BYTES && older !== id) release(older);
  }
}

/** Takes a tape out of keeping; the caller releases it. */
export function findTape(id: number): RecurrenceTape | undefined {
  const entry = tapes.get(id);
  tapes.delete(id);
  return entry?.tape;
}

/** Frees every tape; those still needed are made again. */
export function dropTapes(): void {
  for (const id of [...tapes.keys()]) release(id);
}

/** Frees the tapes whose gradients have run or never will. */
export function sweepTapes(): void {
  for (const [id, { over }] of tapes) if (over()) release(id);
}

function release(id: number): void {
  findTape(id)?.release();
}
