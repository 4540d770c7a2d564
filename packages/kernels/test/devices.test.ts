import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadAnew } from '../../../scripts/kernel-hosts.js';
import type { Device, Network, RecurrenceKernels, RecurrenceShape } from '../src/index.js';

type Kernels = typeof import('../src/index.js');

const shape: RecurrenceShape = {
  attributes: {
    ...{
      units: 2,
      batch: 1,
      time: 3,
      inputDim: 1,
      tokens: false,
      goBackwards: false,
      returnSequences: false,
    },
    ...{ family: 'dynamical', carry: 1, epsilon: 0.5, activation: 'linear', a: [[]], b: [1] },
  },
  has: (name) => ['inputs', 'kernel', 'W'].includes(name),
};
const network: Network = {
  ...{ family: 'dynamical', units: 1, inputDim: 1, activation: 'tanh', carry: 1, epsilon: 1 },
  ...{ W: Float64Array.of(1), kernel: Float64Array.of(1) },
};
const size = { batch: 1, count: 1, precision: 'float64' } as const;

let kernels: Kernels;
beforeEach(async () => {
  loadAnew();
  kernels = await import('../src/index.js');
});
afterEach(() => {
  vi.unstubAllEnvs();
  loadAnew();
});

/** A device that serves every recurrence, and computes none. */
const device = (name: string, absence?: string): Device & { recurrence: RecurrenceKernels } => ({
  name,
  absence: () => absence,
  recurrence: { supports: () => true, forward: () => undefined },
});
const chosen = () => kernels.recurrenceDevice(shape)?.name;

describe('the device that serves', () => {
  it('is native code, then WebAssembly, then what else has registered, of those that run here', () => {
    expect(chosen()).toBe('wasm');
    kernels.registerDevice(device('other'));
    expect(chosen()).toBe('wasm');
    kernels.registerDevice(device('native', 'no binary for this processor'));
    expect(chosen()).toBe('wasm');
    kernels.registerDevice(device('native'));
    expect(chosen()).toBe('native');
    expect(kernels.devices().map(({ name }) => name)).toEqual(['native', 'wasm', 'other']);
  });

  it('is named with what decides its bits', () => {
    expect(kernels.arithmetic()).toMatch(/^wasm \((fused multiply-add|two roundings)\)$/);
    kernels.registerDevice({ ...device('native'), arithmetic: () => 'avx2' });
    expect(kernels.arithmetic()).toBe('native (avx2)');
    vi.stubEnv('HURWITZ_KERNELS', 'plain');
    expect(kernels.arithmetic()).toBe('plain');
  });

  it('is the next where one does not serve the problem', () => {
    const picky = device('native');
    picky.recurrence.supports = ({ attributes }) => attributes.units > 2;
    kernels.registerDevice(picky);
    expect(chosen()).toBe('wasm');
    const larger = { ...shape, attributes: { ...shape.attributes, units: 3 } };
    expect(kernels.recurrenceDevice(larger)?.name).toBe('native');
    // It has no kernels for tangents.
    expect(kernels.tangentDevice(network, size)?.name).toBe('wasm');
  });

  it('is none for a step without stages', () => {
    const { attributes } = shape;
    expect(
      kernels.recurrenceDevice({ ...shape, attributes: { ...attributes, a: [], b: [] } as never }),
    ).toBeUndefined();
  });

  it('is the one that HURWITZ_KERNELS names, or none', () => {
    kernels.registerDevice(device('native'));
    vi.stubEnv('HURWITZ_KERNELS', 'wasm');
    expect(chosen()).toBe('wasm');
    vi.stubEnv('HURWITZ_KERNELS', 'plain');
    expect(chosen()).toBeUndefined();
    expect(kernels.tangentDevice(network, size)).toBeUndefined();
    vi.stubEnv('HURWITZ_KERNELS', '');
    expect(chosen()).toBe('native');
  });

  it('is refused where HURWITZ_KERNELS names one that is not there, with the reason', () => {
    vi.stubEnv('HURWITZ_KERNELS', 'native');
    expect(chosen).toThrow(kernels.KernelsError);
    expect(chosen).toThrow(
      'HURWITZ_KERNELS: expected one of wasm, plain that this host has, got native (no device of this name). Install and import @hurwitz/kernels-native, or unset the variable.',
    );
    kernels.registerDevice(device('native', 'no binary for this processor'));
    expect(chosen).toThrow('got native (no binary for this processor). Change or unset the variable.');
  });
});

it.each([undefined, {}, { name: '' }, { name: 'plain' }, { name: 3 }])(
  'registerDevice refuses %j',
  (wrong) => {
    expect(() => kernels.registerDevice(wrong as never)).toThrow(kernels.KernelsError);
  },
);

describe('two copies of the package in one process', () => {
  let other: Kernels;
  beforeEach(async () => {
    vi.resetModules();
    other = await import('../src/index.js');
    expect(other.setThreads).not.toBe(kernels.setThreads);
  });

  it('have one number of threads, one limit of tapes and one memory', () => {
    kernels.setThreads(3);
    expect(other.threadCount()).toBe(3);
    other.setThreads(1);
    expect(kernels.capabilities().threads).toBe(1);
    kernels.setMaxTapeBytes(7);
    expect(other.maxTapeBytes()).toBe(7);
    const batch = kernels.tangentDevice(network, size)!.tangents.start(network, size);
    expect(other.fusedMemory().usedBytes).toBeGreaterThan(0);
    batch.release();
    expect(other.fusedMemory().usedBytes).toBe(0);
  });

  it('have one list of devices', () => {
    kernels.registerDevice(device('native'));
    expect(other.recurrenceDevice(shape)?.name).toBe('native');
  });

  it('know the errors of each other', () => {
    expect(new kernels.ThreadError('a', 'b')).toBeInstanceOf(other.ThreadError);
    const wording = { where: 'a', memory: 'b', fix: 'c' };
    expect(new kernels.MemoryError(wording, 2, 1)).toBeInstanceOf(other.MemoryError);
    expect(new Error('ThreadError')).not.toBeInstanceOf(kernels.ThreadError);
    expect(new kernels.ThreadError('a', 'b')).not.toBeInstanceOf(kernels.MemoryError);
  });
});
