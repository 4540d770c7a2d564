import type { Wording } from '../errors.js';
import type { Heap } from './heap.js';

/** One allocation laid out in named parts: sizes first, so that what does not fit is refused before anything is allocated. */
export class MemoryBlock<Name extends string> {
  private readonly offsets: Partial<Record<Name, number>> = {};
  private total = 0;
  private base = 0;

  /** Adds a part; one of 0 bytes is absent. */
  reserve(name: Name, bytes: number): void {
    if (bytes === 0) return;
    this.offsets[name] = this.total;
    this.total += Math.ceil(bytes / 64) * 64;
  }

  /** Adds a part that lies where another does. */
  protected share(name: Name, other: Name): void {
    const offset = this.offsets[other];
    if (offset !== undefined) this.offsets[name] = offset;
  }

  get bytes(): number {
    return this.total;
  }

  /** The address of a part once the block is allocated; 0 if it is absent. */
  at(name: Name): number {
    const offset = this.offsets[name];
    return offset === undefined ? 0 : this.base + offset;
  }

  /** Writes the address of every part that is a member of `fields` into its word of a job. */
  writeAddresses(words: Uint32Array, fields: Readonly<Record<string, string | number>>): void {
    for (const name in this.offsets) {
      const field = fields[name];
      if (field !== undefined) words[field as number] = this.base + this.offsets[name]!;
    }
  }

  /** Throws `MemoryError` where it does not fit. The content is undefined. */
  allocate(heap: Heap, wording: Wording): void {
    this.base = heap.allocate(this.total, wording);
  }

  /** `allocate`, with zeros as content. */
  allocateZeros(heap: Heap, wording: Wording): void {
    this.base = heap.allocateZeros(this.total, wording);
  }

  release(heap: Heap): void {
    heap.release(this.base);
  }
}
