import { MemoryError } from '../errors.js';
import { type WasmMemory, webAssembly } from './webassembly.js';

const PAGE = 65536;
const ALIGNMENT = 64;
/** Below lie what the compiler keeps for itself and the control block. */
const START = PAGE;

interface Block {
  at: number;
  bytes: number;
}

/** First-fit allocation in one growing WebAssembly.Memory of up to 4 GiB. */
export class Heap {
  readonly memory: WasmMemory;
  /** Unused blocks below `top`, by address, no two of them adjacent. */
  private readonly free: Block[] = [];
  private readonly used = new Map<number, number>();
  private top = START;
  private readonly limit: number;

  constructor(shared: boolean) {
    const [memory, pages] = reserve(shared);
    this.memory = memory;
    // The last page stays out of use, so that no end of a block overflows 32 bits.
    this.limit = (pages - 1) * PAGE;
  }

  /** Bytes handed out now. */
  get usedBytes(): number {
    let sum = 0;
    for (const bytes of this.used.values()) sum += bytes;
    return sum;
  }

  /** Bytes that the memory has grown to. */
  get size(): number {
    return this.memory.buffer.byteLength;
  }

  /** @throws {@link MemoryError} if `bytes` more cannot be had; nothing is allocated then. */
  allocate(bytes: number): number {
    const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    const index = this.free.findIndex((block) => block.bytes >= size);
    const at = index >= 0 ? this.take(index, size) : this.extend(size);
    this.used.set(at, size);
    return at;
  }

  release(at: number): void {
    const bytes = this.used.get(at);
    if (bytes === undefined) return;
    this.used.delete(at);
    let index = this.free.findIndex((block) => block.at > at);
    if (index < 0) index = this.free.length;
    const block = { at, bytes };
    const next = this.free[index];
    if (next && at + bytes === next.at) {
      block.bytes += next.bytes;
      this.free.splice(index, 1);
    }
    const previous = this.free[index - 1];
    if (previous && previous.at + previous.bytes === at) {
      previous.bytes += block.bytes;
      if (previous.at + previous.bytes === this.top) this.lower(index - 1);
    } else {
      this.free.splice(index, 0, block);
      if (block.at + block.bytes === this.top) this.lower(index);
    }
  }

  floats(at: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, at, length);
  }

  words(at: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, at, length);
  }

  private take(index: number, size: number): number {
    const block = this.free[index]!;
    const { at } = block;
    block.at += size;
    block.bytes -= size;
    if (block.bytes === 0) this.free.splice(index, 1);
    return at;
  }

  private extend(size: number): number {
    const at = this.top;
    const end = at + size;
    if (end > this.limit) throw new MemoryError(size, this.limit - at);
    const missing = Math.ceil((end - this.memory.buffer.byteLength) / PAGE);
    if (missing > 0) {
      try {
        this.memory.grow(missing);
      } catch {
        throw new MemoryError(size, this.memory.buffer.byteLength - at);
      }
    }
    this.top = end;
    return at;
  }

  private lower(index: number): void {
    this.top = this.free[index]!.at;
    this.free.splice(index, 1);
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
