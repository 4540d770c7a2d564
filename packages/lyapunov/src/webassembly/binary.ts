import { plain, relaxed } from '../../build/kernels.js';
import { nodeBuiltin } from './host.js';

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

export interface Binary {
  bytes: Uint8Array;
  relaxedSimd: boolean;
}

/** The fastest build that this host accepts, or why it accepts none. */
export function chooseBinary(): Binary | string {
  if (webAssembly === undefined) return 'WebAssembly is missing';
  const fast = decode(relaxed);
  if (webAssembly.validate(fast) || enableRelaxedSimd(fast)) return { bytes: fast, relaxedSimd: true };
  const slow = decode(plain);
  if (webAssembly.validate(slow)) return { bytes: slow, relaxedSimd: false };
  return 'WebAssembly SIMD or threads are not supported here';
}

/** Node 20 has relaxed SIMD, and with it fused multiply-add, behind a flag of V8. */
function enableRelaxedSimd(bytes: Uint8Array): boolean {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  // Other versions have it without the flag, or complain about a flag that they do not know.
  if (!process?.versions?.node?.startsWith('20.')) return false;
  const v8 = nodeBuiltin<{ setFlagsFromString(flag: string): void }>('node:v8');
  v8?.setFlagsFromString('--experimental-wasm-relaxed-simd');
  return webAssembly?.validate(bytes) === true;
}

function decode(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

const IMPORT_SECTION = 2;
const MEMORY_IMPORT = 2;
const SHARED_WITH_MAXIMUM = 3;
const WITH_MAXIMUM = 1;

/** The same module importing a memory that is not shared, for pages where sharing is not allowed. */
export function withPrivateMemory(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  let at = 8;
  const unsigned = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = copy[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < copy.length) {
    const id = copy[at++];
    const size = unsigned();
    if (id !== IMPORT_SECTION) {
      at += size;
      continue;
    }
    unsigned(); // one import: "env" "memory"
    for (let name = 0; name < 2; name++) {
      const length = unsigned();
      at += length;
    }
    if (copy[at] === MEMORY_IMPORT && copy[at + 1] === SHARED_WITH_MAXIMUM) copy[at + 1] = WITH_MAXIMUM;
    break;
  }
  return copy;
}
