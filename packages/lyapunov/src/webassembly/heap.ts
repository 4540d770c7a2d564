import { MemoryError } from '../errors.js';
import { type WasmMemory, webAssembly } from './binary.js';

const PAGE = 65536;
const ALIGNMENT = 64;

/** First-fit allocation in one growing WebAssembly.Memory of up to 4 GiB. Its first page belongs to the kernels. */
export class Heap {
  readonly memory: WasmMemory;
  /** Used blocks by address: the gaps between them are free. */
  private blocks: { at: number; end: number }[] = [];
  private readonly limit: number;

  constructor(shared: boolean) {
    const [memory, pages] = reserve(shared);
    this.memory = memory;
    // The last page stays out of use, so that no end of a block overflows 32 bits.
    this.limit = (pages - 1) * PAGE;
  }

  /** Bytes handed out now. */
  get usedBytes(): number {
    return this.blocks.reduce((sum, { at, end }) => sum + end - at, 0);
  }

  /** The address of `bytes` zeros. Throws `MemoryError` if they cannot be had; nothing is allocated then. */
  allocate(bytes: number): number {
    const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    let at = PAGE;
    let index = 0;
    for (; index < this.blocks.length; index++) {
      const block = this.blocks[index]!;
      if (block.at - at >= size) break;
      at = block.end;
    }
    this.reach(at + size, size);
    this.blocks.splice(index, 0, { at, end: at + size });
    new Uint8Array(this.memory.buffer, at, size).fill(0);
    return at;
  }

  release(address: number): void {
    this.blocks = this.blocks.filter(({ at }) => at !== address);
  }

  private reach(end: number, size: number): void {
    const { byteLength } = this.memory.buffer;
    const refuse = () => new MemoryError(size, Math.max(0, Math.min(this.limit, byteLength) - (end - size)));
    if (end > this.limit) throw refuse();
    const missing = Math.ceil((end - byteLength) / PAGE);
    if (missing <= 0) return;
    try {
      this.memory.grow(missing);
    } catch {
      throw refuse();
    }
  }
}

/** As large an address space as the host gives; most give the 4 GiB that WebAssembly has. */
function reserve(shared: boolean): [WasmMemory, number] {
  for (let maximum = 65536; ; maximum /= 2) {
    try {
      return [new webAssembly!.Memory({ initial: 2, maximum, shared }), maximum];
    } catch (error) {
      if (maximum <= 4096) throw error;
    }
  }
}
