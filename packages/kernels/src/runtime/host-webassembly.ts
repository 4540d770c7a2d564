/** The part of the host's WebAssembly that is used here: neither Node's types nor ES2022 declare it. */
export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}

interface WasmHost {
  validate(bytes: Uint8Array): boolean;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
  Memory: new (descriptor: { initial: number; maximum: number; shared: boolean }) => WasmMemory;
}

/** The host's WebAssembly, or undefined. */
export const webAssembly = (globalThis as { WebAssembly?: WasmHost }).WebAssembly;
