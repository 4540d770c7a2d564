import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  loadAnew,
  withoutRelaxedSimd,
  withoutSharedMemory,
  withoutWebAssembly,
} from '../../../scripts/kernel-hosts.js';
import { relaxed } from '../../kernels/build/kernels.js';
import { expectClose } from './expectations.js';
import { normalMatrix, normals } from './random.js';

/*
 * Hosts with less than this one: each test loads the package anew, with the host's abilities taken away. What is left must
 * give the same numbers.
 */

beforeEach(() => loadAnew());
afterEach(() => {
  vi.unstubAllGlobals();
});

const n = 24;

async function runAnew(precision?: 'float64' | 'float32') {
  const { capabilities, lstmSystem, lyapunovSpectrum } = await import('../src/index.js');
  const normal = normals(9);
  const system = lstmSystem({
    kernel: normalMatrix(1, 4 * n, 0.5, normal),
    recurrentKernel: normalMatrix(n, 4 * n, 0.3, normal),
  });
  const inputs = Array.from({ length: 2 }, () => normalMatrix(20, 1, 1, normal));
  return { capabilities: capabilities(), ...lyapunovSpectrum(system, { inputs, precision, exponents: n }) };
}

describe.each([
  ['float64', 1e-12],
  ['float32', 1e-5],
] as const)('%s', (precision, bound) => {
  it(`without relaxed SIMD: within ${bound} of the result with it`, async () => {
    const expected = await runAnew(precision);
    loadAnew();
    withoutRelaxedSimd(relaxed);
    const result = await runAnew(precision);
    expect(result.capabilities).toMatchObject({ simd: true, relaxedSimd: false });
    expectClose(result.exponents, expected.exponents, bound);
  });

  it('without shared memory: one thread, and the same bits', async () => {
    const expected = await runAnew(precision);
    loadAnew();
    withoutSharedMemory();
    const result = await runAnew(precision);
    expect(result.capabilities).toMatchObject({ simd: true, threads: 1 });
    expect(result.capabilities.reasons.threads).toMatch(/Cross-Origin-Opener-Policy/);
    expect(result.exponents).toEqual(expected.exponents);
  });
});

it('without WebAssembly: the methods run, to 1e-12, and float32 is refused with the reason', async () => {
  const expected = await runAnew();
  loadAnew();
  withoutWebAssembly();
  const result = await runAnew();
  expect(result.capabilities).toMatchObject({ simd: false, relaxedSimd: false, threads: 1 });
  expectClose(result.exponents, expected.exponents, 1e-12);
  await expect(runAnew('float32')).rejects.toThrow(
    /float32, which needs WebAssembly.*WebAssembly is missing/,
  );
});
