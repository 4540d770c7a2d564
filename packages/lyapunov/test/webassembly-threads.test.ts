import { afterEach, describe, expect, it } from 'vitest';
import { startedBy } from '../../../scripts/kernel-hosts.js';
import {
  capabilities,
  gruSystem,
  lstmSystem,
  lyapunovSpectrum,
  rnnSystem,
  setThreads,
  ThreadError,
} from '../src/index.js';
import { normalMatrix, normals } from './random.js';

const n = 48;
const normal = normals(31);
const weights = (gates: number) => ({
  kernel: normalMatrix(1, gates * n, 0.5, normal),
  recurrentKernel: normalMatrix(n, gates * n, 0.2, normal),
});
const inputs = Array.from({ length: 7 }, () => normalMatrix(12, 1, 1, normal));
const systems = {
  RNN: rnnSystem(weights(1)),
  LSTM: lstmSystem(weights(4)),
  GRU: gruSystem(weights(3)),
};
const spectrum = (system = systems.RNN, precision?: 'float32') =>
  lyapunovSpectrum(system, { inputs, precision });

/** Starts so many threads and waits until all take part. */
const startThreads = (count: number) =>
  startedBy(() => {
    setThreads(count);
    spectrum();
  });

describe('threads over the batch', () => {
  afterEach(() => setThreads(1));

  it('are as many as asked for', () => {
    setThreads(3);
    expect(capabilities()).toMatchObject({ simd: true, threads: 3, reasons: {} });
    expect(() => setThreads(0)).toThrow(RangeError);
    expect(() => setThreads(1.5)).toThrow(/setThreads: expected an integer of at least 1, got 1.5/);
  });

  it.each(Object.entries(systems))(
    '%s: the same bits from 1, 2, 3 and 5 threads, in float64 and float32',
    async (_, system) => {
      setThreads(1);
      const expected = [spectrum(system), spectrum(system, 'float32')];
      for (const count of [2, 3, 5]) {
        await startThreads(count);
        expect([spectrum(system), spectrum(system, 'float32')]).toEqual(expected);
      }
    },
  );

  it('a worker that died while idle gives a typed error, and the next call works', async () => {
    const expected = spectrum();
    const worker = (await startThreads(2)).at(-1)!;
    await worker.terminate();
    expect(() => spectrum()).toThrow(ThreadError);
    expect(spectrum()).toEqual(expected);
  });
});
