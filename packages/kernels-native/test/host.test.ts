import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { setThreads } from '@hurwitz/kernels';
import { afterEach, describe, expect, test } from 'vitest';
import { chooseInstructionSet } from '../src/addon.js';
import { nativeCapabilities, nativeDevice, nativeMultiplyAddRate } from '../src/index.js';
import { addon, instructionSets } from './instruction-sets.js';
import { runOf, solve } from './problems.js';

const binary = fileURLToPath(new URL('../build/local.node', import.meta.url));
const native = nativeDevice.recurrence!;

/** A program that trains with the addon for a while in each of some threads of the host, and prints the sums of its results. */
const program = `
const { parentPort, workerData, isMainThread } = require('node:worker_threads');
const addon = require(${JSON.stringify(binary)});
const units = 64, batch = 64, time = 30;
const floats = (n) => Float32Array.from({ length: n }, (_, i) => Math.sin(i) / 8);
const settings = Float64Array.of(0, 0, 0, units, batch, time, 1, 0, 0, 0, 1, 1);
const arrays = [floats(batch * time), floats(units), floats(units * units)];
arrays[11] = Float32Array.of(0);
arrays[12] = Float32Array.of(0.1);
addon.setThreads(3);
let sum = 0;
for (let i = 0; i < 20; i++) {
  const final = new Float32Array(batch * units);
  const tape = addon.forward(settings, arrays, [undefined, final], 1e9);
  const gradients = [undefined, new Float32Array(units), new Float32Array(units * units)];
  addon.backward(settings, arrays, tape, [undefined, final], gradients);
  addon.release(tape);
  sum = gradients[2].reduce((a, b) => a + b, 0);
}
if (parentPort) parentPort.postMessage(sum);
else console.log(sum);
`;

describe.skipIf(instructionSets.length === 0)('the addon', () => {
  afterEach(() => setThreads(1));

  test('works in several threads of the host at once, and in this one after they have ended', async () => {
    const sums = await Promise.all(
      Array.from(
        { length: 4 },
        () =>
          new Promise((resolve, reject) => {
            const worker = new Worker(program, { eval: true });
            let sum: number;
            worker.on('message', (message) => {
              sum = message;
            });
            worker.on('error', reject);
            worker.on('exit', () => resolve(sum));
          }),
      ),
    );
    expect(new Set(sums).size).toBe(1);
    expect(sums[0]).not.toBe(0);
    const run = runOf({ units: 64, batch: 64, time: 40 });
    setThreads(3);
    expect(solve(native, run)).toEqual(solve(native, run));
  });

  test('ends with the process that loaded it in a thread of its own alone, whose threads are waiting', () => {
    const source = `
      const { Worker } = require('node:worker_threads');
      const worker = new Worker(${JSON.stringify(program)}, { eval: true });
      worker.on('message', (sum) => console.log(sum));
      worker.on('exit', () => setTimeout(() => console.log('ended'), 50));
    `;
    const { status, stdout, signal } = spawnSync(process.execPath, ['-e', source], { encoding: 'utf8' });
    expect({ status, signal }).toEqual({ status: 0, signal: null });
    expect(stdout).toMatch(/^-?\d.*\nended\n$/);
  });

  test('leaves the arithmetic of the host as it was: numbers too small for a normal float64 stay', () => {
    const run = runOf({ units: 64, batch: 64, time: 40 });
    setThreads(3);
    solve(native, run);
    const smallest = [5e-324, 1].map(Number) as [number, number];
    expect(smallest[0] * smallest[1]).toBe(5e-324);
    expect(smallest[0] / 2 === 0 && smallest[0] + smallest[0] > smallest[0]).toBe(true);
  });

  test('gradients that vanish below the normal floats are 0', () => {
    const { problem, cotangents } = runOf({ family: 'lstm', units: 16, batch: 8, time: 18 });
    const forgets = problem.arrays.bias!.map((value, i) => (i >= 16 && i < 32 ? -5 : value)) as Float32Array;
    // Every step multiplies by 1 / (1 + e^5): in all by 7e-40.
    const [kernel, recurrentKernel] = [new Float32Array(2 * 64), new Float32Array(16 * 64)];
    const arrays = { ...problem.arrays, bias: forgets, kernel, recurrentKernel };
    const results = solve(native, { problem: { ...problem, arrays }, cotangents });
    const vanished = results['gradient of initialC']!;
    expect(vanished.length).toBe(8 * 16);
    expect(vanished.every((value) => value === 0)).toBe(true);
  });

  test('an instruction set that the processor lacks is refused by name', () => {
    expect(() => chooseInstructionSet(addon(), 'avx1024')).toThrow(
      /HURWITZ_NATIVE: expected an instruction set of this processor \(.*plain.*\), got avx1024/,
    );
  });

  test('the rate of multiply-adds is a number of operations', () => {
    expect(nativeMultiplyAddRate()).toBeGreaterThan(1e8);
  });
});

test('capabilities say what there is, or why there is nothing', () => {
  const { instructionSets: names, absence } = nativeCapabilities();
  expect(names.length > 0).toBe(absence === undefined);
  expect(nativeDevice.absence()).toBe(absence);
});
