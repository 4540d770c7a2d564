import { described } from '@hurwitz/input';
import { processWide } from './runtime/process-wide.js';

const limit = processWide('tape limit', () => ({ bytes: 2 ** 30 }));

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
  limit.bytes = bytes;
}

/** What {@link setMaxTapeBytes} was last given: devices keep to it. */
export const maxTapeBytes = (): number => limit.bytes;
