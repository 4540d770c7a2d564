import { MemoryError, type Wording } from '../errors.js';
import { type WasmMemory, webAssembly } from './host-webassembly.js';

const PAGE = 65536;
const ALIGNMENT = 64;
/** The first page holds what the compiler keeps for itself and the control block. */
const START = PAGE;

interface Block {
  at: number;
  end: number;
}

/** First-fit allocation in one growing WebAssembly.Memory of up to 4 GiB. */
export class Heap {
  readonly memory: WasmMemory;
  /** Used blocks by address: the gaps between them are free. */
  private readonly blocks: Block[] = [];
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

  /** Bytes that the memory has grown to. */
  get size(): number {
    return this.memory.buffer.byteLength;
  }

  /** The address of `bytes` whose content is undefined. Throws `MemoryError` if they cannot be had; nothing is allocated then. */
  allocate(bytes: number, wording: Wording): number {
    const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    let at = START;
    let index = 0;
    for (; index < this.blocks.length; index++) {
      const block = this.blocks[index]!;
      if (block.at - at >= size) break;
      at = block.end;
    }
    this.reach(at, size, wording);
    this.blocks.splice(index, 0, { at, end: at + size });
    return at;
  }

  /** The address of `bytes` zeros. Throws `MemoryError` as `allocate` does. */
  allocateZeros(bytes: number, wording: Wording): number {
    const at = this.allocate(bytes, wording);
    new Uint8Array(this.memory.buffer, at, bytes).fill(0);
    return at;
  }

  /** Gives back the block at an address that was allocated; at others nothing happens. */
  release(address: number): void {
    const index = this.blocks.findIndex(({ at }) => at === address);
    if (index >= 0) this.blocks.splice(index, 1);
  }

  floats(at: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, at, length);
  }

  words(at: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, at, length);
  }

  /** Grows the memory until it holds `size` bytes at `at`. */
  private reach(at: number, size: number, wording: Wording): void {
    const end = at + size;
    if (end > this.limit) throw new MemoryError(wording, size, this.limit - at);
    const missing = Math.ceil((end - this.size) / PAGE);
    if (missing <= 0) return;
    try {
      this.memory.grow(missing);
    } catch {
      throw new MemoryError(wording, size, this.size - at);
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
