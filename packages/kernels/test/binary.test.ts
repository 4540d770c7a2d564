import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withoutWebAssembly } from '../../../scripts/kernel-hosts.js';

const base64 = (bytes: number[]): string => btoa(String.fromCharCode(...bytes));
const text = (name: string): number[] => [
  name.length,
  ...name.split('').map((letter) => letter.charCodeAt(0)),
];

/** A module that imports the memory env.memory, shared, of 2 to 65536 pages, after a custom section. */
const good = [
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[0, 3, ...text('x'), 9],
  ...[2, 18, 1, ...text('env'), ...text('memory'), 2, 3, 2, 0x80, 0x80, 4],
];
const bad = [...good.slice(0, -1), 0xff];

beforeEach(() => vi.resetModules());
afterEach(() => {
  vi.unstubAllGlobals();
});

const choose = async (plain: number[], relaxed: number[]) => {
  const { chooseBinary } = await import('../src/runtime/binary.js');
  return chooseBinary({ plain: base64(plain), relaxed: base64(relaxed) });
};

describe('the build that is chosen', () => {
  it('is the one with relaxed SIMD where the host takes it', async () => {
    expect(await choose(bad, good)).toEqual({ binary: { bytes: Uint8Array.from(good), relaxedSimd: true } });
  });

  it('is the plain one where the host refuses the other, and the reason is given', async () => {
    expect(await choose(good, bad)).toEqual({
      binary: { bytes: Uint8Array.from(good), relaxedSimd: false },
      relaxedSimdReason: 'WebAssembly relaxed SIMD is not supported here',
    });
  });

  it('is none where the host takes neither', async () => {
    expect(await choose(bad, bad)).toEqual({
      relaxedSimdReason: 'WebAssembly relaxed SIMD is not supported here',
      simdReason: 'WebAssembly SIMD or threads are not supported here',
    });
  });

  it('is none without WebAssembly', async () => {
    withoutWebAssembly();
    expect(await choose(good, good)).toEqual({ simdReason: 'WebAssembly is missing' });
  });
});

it('withPrivateMemory: the module takes a memory that is not shared, and only that byte differs', async () => {
  const { withPrivateMemory } = await import('../src/runtime/binary.js');
  const { webAssembly } = await import('../src/runtime/host-webassembly.js');
  const { Instance, Memory, Module } = webAssembly!;
  const run = (bytes: Uint8Array) =>
    new Instance(new Module(bytes), {
      env: { memory: new Memory({ initial: 2, maximum: 65536, shared: false }) },
    });
  const shared = Uint8Array.from(good);
  expect(() => run(shared)).toThrow(/shared/);
  const own = withPrivateMemory(shared);
  expect(() => run(own)).not.toThrow();
  expect([...own].flatMap((byte, i) => (byte === good[i] ? [] : [[i, good[i], byte]]))).toEqual([
    [good.length - 5, 3, 1],
  ]);
});
