import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { UserError } from '../errors.js';

/** Something that takes memory, and the flags that make it smaller. */
export interface Need {
  what: string;
  bytes: number;
  flags: readonly string[];
}

/** Bytes that this process may use: of the machine, or of the container that it runs in. */
export function memoryOfMachine(): number {
  const allowed = process.constrainedMemory?.() ?? 0;
  return allowed > 0 ? Math.min(allowed, totalmem()) : totalmem();
}

/** Bytes that JavaScript's own objects may take together, arrays of arrays among them. */
export const memoryOfHeap = (): number => getHeapStatistics().heap_size_limit;

/**
 * Judges sizes before anything is allocated: a machine that runs out of memory ends the process without a word.
 *
 * @throws UserError when the needs exceed what there is, with the bytes and what to make smaller.
 */
export function requireMemory(
  needs: readonly Need[],
  { available = memoryOfMachine(), of = 'this machine' }: { available?: number; of?: string } = {},
): void {
  const total = needs.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= available) return;
  const largest = needs.reduce((most, need) => (need.bytes > most.bytes ? need : most));
  throw new UserError(
    `These settings need at least ${bytesText(total)} of memory (${largest.what}: ${bytesText(largest.bytes)}), and ${of} ` +
      `has ${bytesText(available)}. Make ${anyOf(largest.flags)} smaller.`,
  );
}

/** Whether an allocation failed, or an array would have been longer than arrays can be. */
export function isAllocationFailure(error: unknown): boolean {
  const { name = '', message = '', code } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ERR_MEMORY_ALLOCATION_FAILED') return true;
  if (name === 'MemoryError') return true;
  return name === 'RangeError'
    ? /array|allocation|length|memory|offset|call stack|string/i.test(message)
    : /out of memory|memory\.grow|cannot enlarge memory|OOM|allocate/i.test(message);
}

/** A number of bytes for people, with the number itself: `37.3 GiB (40000000000 bytes)`. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB'];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return power === 0 ? `${bytes} bytes` : `${(bytes / 1024 ** power).toPrecision(3)} ${units[power]}`;
}

function anyOf(flags: readonly string[]): string {
  const last = flags.at(-1)!;
  return flags.length === 1 ? last : `${flags.slice(0, -1).join(', ')} or ${last}`;
}
