import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  loadAnew,
  withoutRelaxedSimd,
  withoutSharedMemory,
  withoutWebAssembly,
} from '../../../scripts/kernel-hosts.js';
import { relaxed } from '../build/kernels.js';

/*
 * Hosts with less than this one: each test loads the package anew, with the host's abilities taken away. What is left must
 * give the same numbers.
 */

beforeEach(() => loadAnew());
afterEach(() => {
  vi.unstubAllGlobals();
});

async function solveAnew(family: 'dynamical' | 'lstm' | 'gru') {
  const { arrayProblem, solve } = await import('./recurrence-problems.js');
  const { capabilities } = await import('../src/index.js');
  return { capabilities: capabilities(), result: solve(arrayProblem({ family })) };
}

/** The largest difference of any result, relative to the largest value of its array. */
function distance(a: Record<string, Float32Array>, b: Record<string, Float32Array>): number {
  let worst = 0;
  for (const [name, values] of Object.entries(a)) {
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    for (const [i, value] of values.entries()) {
      worst = Math.max(worst, Math.abs(value - b[name]![i]!) / scale);
    }
  }
  return worst;
}

describe.each(['dynamical', 'lstm', 'gru'] as const)('%s', (family) => {
  test('without relaxed SIMD: within 2e-6 of the result with it', async () => {
    const { result: expected } = await solveAnew(family);
    loadAnew();
    withoutRelaxedSimd(relaxed);
    const { result, capabilities } = await solveAnew(family);
    expect(capabilities).toMatchObject({ simd: true, relaxedSimd: false });
    expect(capabilities.reasons.relaxedSimd).toMatch(/relaxed SIMD/);
    expect(distance(result as never, expected as never)).toBeLessThan(2e-6);
  });

  test('without shared memory: one thread, and the same bits', async () => {
    const { result: expected } = await solveAnew(family);
    loadAnew();
    withoutSharedMemory();
    const { result, capabilities } = await solveAnew(family);
    expect(capabilities).toMatchObject({ simd: true, threads: 1 });
    expect(capabilities.reasons.threads).toMatch(/Cross-Origin-Opener-Policy/);
    expect(result).toEqual(expected);
  });
});

test('without WebAssembly there is no device, and the reason is given', async () => {
  withoutWebAssembly();
  const { capabilities, devices, fusedMemory, multiplyAddRate, recurrenceDevice } = await import(
    '../src/index.js'
  );
  expect(capabilities()).toMatchObject({ simd: false, relaxedSimd: false, threads: 1 });
  expect(capabilities().reasons.simd).toBe('WebAssembly is missing');
  expect(fusedMemory()).toEqual({ usedBytes: 0, reservedBytes: 0 });
  expect(multiplyAddRate()).toBe(0);
  expect(devices()).toEqual([{ name: 'wasm', absence: 'WebAssembly is missing' }]);
  const { arrayProblem } = await import('./recurrence-problems.js');
  const { attributes, arrays } = arrayProblem({});
  expect(recurrenceDevice({ attributes, has: (name) => name in arrays })).toBeUndefined();
});
