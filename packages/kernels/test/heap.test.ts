import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MemoryError } from '../src/errors.js';
import { Heap } from '../src/runtime/heap.js';

const wording = { where: 'heap', memory: 'room', fix: 'Take less.' };
const PAGE = 65536;

interface Block {
  at: number;
  bytes: number;
}

/** The lowest address from the second page on where `bytes`, rounded up to 64, lie in no block. */
function lowestGap(blocks: Block[], bytes: number): number {
  const room = Math.max(64, Math.ceil(bytes / 64) * 64);
  const ends = blocks.map((block) => block.at + block.bytes);
  return [PAGE, ...ends]
    .sort((a, b) => a - b)
    .find((at) => blocks.every((block) => at + room <= block.at || at >= block.at + block.bytes))!;
}

describe.each([true, false])('a heap, shared: %s', (shared) => {
  it('gives the lowest gap that fits, and adds up what is used, after any history', () => {
    const heap = new Heap(shared);
    const step = fc.oneof(
      fc.record({ bytes: fc.integer({ min: 0, max: 3 * PAGE }) }),
      fc.record({ release: fc.nat() }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const blocks: Block[] = [];
        for (const todo of steps) {
          if ('bytes' in todo) {
            const at = heap.allocate(todo.bytes, wording);
            expect(at).toBe(lowestGap(blocks, todo.bytes));
            blocks.push({ at, bytes: Math.max(64, Math.ceil(todo.bytes / 64) * 64) });
            expect(heap.size).toBeGreaterThanOrEqual(at + todo.bytes);
          } else if (blocks.length > 0) {
            const [block] = blocks.splice(todo.release % blocks.length, 1);
            heap.release(block!.at);
          }
          expect(heap.usedBytes).toBe(blocks.reduce((sum, { bytes }) => sum + bytes, 0));
        }
        for (const { at } of blocks) heap.release(at);
        expect(heap.usedBytes).toBe(0);
      }),
    );
  });

  it('gives zeros where they are asked for', () => {
    const heap = new Heap(shared);
    const at = heap.allocate(1000, wording);
    heap.words(at, 250).fill(7);
    heap.release(at);
    expect(heap.allocateZeros(1000, wording)).toBe(at);
    expect(heap.floats(at, 250).every((value) => value === 0)).toBe(true);
  });

  it('releases nothing at an address that it did not give', () => {
    const heap = new Heap(shared);
    const at = heap.allocate(128, wording);
    heap.release(at + 64);
    expect(heap.usedBytes).toBe(128);
    heap.release(at);
    heap.release(at);
    expect(heap.usedBytes).toBe(0);
  });
});

describe('without room', () => {
  afterEach(() => vi.restoreAllMocks());

  it('past 4 GiB: says what was needed and what is left, and allocates nothing', () => {
    const heap = new Heap(true);
    heap.allocate(64, wording);
    const error = caught(() => heap.allocate(2 ** 32 - 2 * PAGE, wording));
    expect(error).toMatchObject({
      neededBytes: 2 ** 32 - 2 * PAGE,
      availableBytes: 2 ** 32 - 2 * PAGE - 64,
      message: 'heap: expected at most 4096 MiB of room, needed 4096 MiB. Take less.',
    });
    expect(heap.usedBytes).toBe(64);
    expect(heap.size).toBe(2 * PAGE);
  });

  it('where the host gives no more: what it has given is what is left', () => {
    const heap = new Heap(false);
    vi.spyOn(heap.memory, 'grow').mockImplementation(() => {
      throw new RangeError('no');
    });
    expect(caught(() => heap.allocate(PAGE + 64, wording))).toMatchObject({
      neededBytes: PAGE + 64,
      availableBytes: PAGE,
    });
    expect(heap.allocate(PAGE, wording)).toBe(PAGE);
  });
});

function caught(run: () => void): MemoryError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(MemoryError);
    return error as MemoryError;
  }
  throw new Error('it did not refuse');
}
