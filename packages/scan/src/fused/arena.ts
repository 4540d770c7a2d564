import type { Heap } from '@hurwitz/webassembly';

/** One allocation laid out in parts: sizes first, so that what does not fit is refused before anything is allocated. */
export class Arena {
  private total = 0;
  private base = 0;

  /** Reserves `bytes`; the function gives the address once `allocate` has run. 0 bytes have the address 0. */
  part(bytes: number): () => number {
    if (bytes === 0) return () => 0;
    const offset = this.total;
    this.total += Math.ceil(bytes / 64) * 64;
    return () => this.base + offset;
  }

  get bytes(): number {
    return this.total;
  }

  allocate(heap: Heap): void {
    this.base = heap.allocate(this.total);
  }

  release(heap: Heap): void {
    heap.release(this.base);
  }
}
