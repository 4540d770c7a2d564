import { webAssembly } from './host-webassembly.js';
import { nodeBuiltin } from './thread-host.js';

/** The two builds of the kernels in base64, as assembly/compile.mjs writes them. */
export interface Builds {
  plain: string;
  relaxed: string;
}

export interface Binary {
  bytes: Uint8Array;
  relaxedSimd: boolean;
}

/** The fastest build that this host accepts, and why a faster one is not it. */
export interface BinaryChoice {
  binary?: Binary;
  relaxedSimdReason?: string;
  simdReason?: string;
}

export function chooseBinary({ plain, relaxed }: Builds): BinaryChoice {
  if (webAssembly === undefined) return { simdReason: 'WebAssembly is missing' };
  const fast = decode(relaxed);
  if (webAssembly.validate(fast) || enableRelaxedSimd(fast)) {
    return { binary: { bytes: fast, relaxedSimd: true } };
  }
  const relaxedSimdReason = 'WebAssembly relaxed SIMD is not supported here';
  const slow = decode(plain);
  if (webAssembly.validate(slow)) return { binary: { bytes: slow, relaxedSimd: false }, relaxedSimdReason };
  return { relaxedSimdReason, simdReason: 'WebAssembly SIMD or threads are not supported here' };
}

/** Node 20 has relaxed SIMD, and with it fused multiply-add, behind a V8 flag: 56 rather than 40 GFLOP/s from an AVX2 core. */
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
