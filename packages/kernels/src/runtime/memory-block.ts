import type { Wording } from '../errors.js';
import type { Heap } from './heap.js';

/** Bytes of the parts of a block, by name; a part of 0 bytes is absent, and its address is 0. */
export type Parts<Name extends string> = Partial<Record<Name, number>>;

/** One allocation laid out in named parts: sizes first, so that what does not fit is refused before anything is allocated. */
export class MemoryBlock<Name extends string> {
  private readonly offsets = new Map<string, number>();
  private total = 0;
  private base = 0;

  constructor(private readonly parts: Parts<Name>) {
    for (const [name, bytes] of Object.entries<number | undefined>(parts)) {
      if (!bytes) continue;
      this.offsets.set(name, this.total);
      this.total += Math.ceil(bytes / 64) * 64;
    }
  }

  get bytes(): number {
    return this.total;
  }

  /** The bytes that a part was given. */
  bytesOf(name: Name): number {
    return this.parts[name] ?? 0;
  }

  /** The address of a part, once the block is allocated. */
  at(name: Name): number {
    const offset = this.offsets.get(name);
    return offset === undefined ? 0 : this.base + offset;
  }

  /** The address of every part that is there. */
  addresses(): Partial<Record<Name, number>> {
    const all = [...this.offsets].map(([name, offset]) => [name, this.base + offset]);
    return Object.fromEntries(all) as Partial<Record<Name, number>>;
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
