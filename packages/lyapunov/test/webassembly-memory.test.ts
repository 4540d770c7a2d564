import { fusedMemory } from '@hurwitz/kernels';
import { expect, it } from 'vitest';
import {
  finiteTimeExponents,
  LyapunovError,
  lyapunovSpectrum,
  lyapunovStepper,
  MemoryError,
  rnnSystem,
  untilStandardError,
} from '../src/index.js';
import { normalMatrix, normals } from './random.js';

const normal = normals(4);
const system = rnnSystem({ W: normalMatrix(30, 30, 0.2, normal), kernel: normalMatrix(1, 30, 1, normal) });
const inputs = normalMatrix(40, 1, 1, normal);
const used = () => fusedMemory().usedBytes;

it('every function gives back what it took, also when it throws', () => {
  const before = used();
  lyapunovSpectrum(system, { inputs });
  finiteTimeExponents(system, { inputs, window: 4 });
  untilStandardError(system, { inputs, standardError: 1 });
  expect(() => lyapunovSpectrum(system, { inputs, steps: 100 })).toThrow(LyapunovError);
  expect(() => lyapunovSpectrum(system, { inputs: [[1, 2]] })).toThrow(LyapunovError);
  expect(used()).toBe(before);
});

it('a stepper keeps its memory until dispose(), and then refuses to go on', () => {
  const before = used();
  const stepper = lyapunovStepper(system);
  stepper.push(inputs[0]!);
  expect(used()).toBeGreaterThan(before + 2 * 30 * 30 * 8);
  stepper.dispose();
  stepper.dispose();
  // In the memory that has just become free.
  const other = lyapunovStepper(system);
  const [state] = other.push(inputs[0]!).currentStates();
  const calls = [() => stepper.push(inputs[0]!), () => stepper.reset(), () => stepper.currentStates()];
  for (const call of calls) expect(call).toThrow(/expected a stepper in use, got one after dispose/);
  expect(other.currentStates()[0]).toEqual(state);
  expect(other.push(inputs[0]!).steps).toBe(2);
  other.dispose();
  expect(used()).toBe(before);
});

it('more than the address space is refused with both sizes, and nothing is taken', () => {
  const before = used();
  const large = rnnSystem({
    W: normalMatrix(160, 160, 0.1, normal),
    kernel: normalMatrix(1, 160, 1, normal),
  });
  const call = () => lyapunovStepper(large, { batch: 25_000 });
  expect(call).toThrow(MemoryError);
  expect(call).toThrow(/expected at most \d+ MiB of memory, needed \d+ MiB/);
  expect(used()).toBe(before);
});
