import { execFile } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { capabilities, multiplyAddRate, setThreads } from '@hurwitz/scan';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from './backend.mjs';
import { pytorch } from './pytorch.mjs';
import { multiplyAdds, rows } from './rows.mjs';
import { training } from './tfjs.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    rows: { type: 'string', default: '' },
    threads: { type: 'string', default: String(availableParallelism()) },
    cpu: { type: 'boolean', default: false },
    'no-reference': { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
const threads = Number(options.threads);

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const timed = (step) => {
  const start = performance.now();
  step();
  return performance.now() - start;
};
const show = (samples) => {
  if (!samples?.length) return '-';
  const digits = median(samples) < 100 ? 1 : 0;
  const [low, high] = [Math.min(...samples), Math.max(...samples)].map((v) => v.toFixed(digits));
  return samples.length > 1
    ? `${median(samples).toFixed(digits)} (${low}-${high})`
    : median(samples).toFixed(digits);
};
const ratio = (slow, fast) => (slow?.length ? `${(median(slow) / median(fast)).toFixed(2)}x` : '-');

const run = promisify(execFile);
const referenceScript = fileURLToPath(new URL('reference.mjs', import.meta.url));

/** Milliseconds of one step in plain tfjs, or undefined where it runs out of memory. */
async function plainStep(row, backend, what) {
  try {
    const { stdout } = await run(process.execPath, [referenceScript, JSON.stringify(row), backend, what]);
    return Number(stdout.trim().split('\n').at(-1));
  } catch {
    return undefined;
  }
}

/** All contestants of one row, in turn, `rounds` times over. */
async function compare(row, torch) {
  const samples = {};
  const take = (name, ms) => {
    samples[name] ??= [];
    samples[name].push(ms);
  };
  const plain = async (name, backend, what) => {
    const ms = await plainStep(row, backend, what);
    if (ms !== undefined) take(name, ms);
  };
  const problem = training(row);
  setThreads(threads);
  for (let i = 0; i < 2; i++) problem.fused();
  for (let round = 0; round < rounds; round++) {
    take('rate', multiplyAddRate() / 1e9);
    setThreads(1);
    take('fused1', timed(problem.fused));
    setThreads(threads);
    problem.fused();
    // Let the threads start: they take part once they are ready.
    await new Promise((resolve) => setTimeout(resolve, 100));
    take('fused', timed(problem.fused));
    if (torch) {
      take('torch1', await torch.step(row, 1));
      if (threads > 1) take('torch', await torch.step(row, threads));
    }
    if (!options['no-reference'] && round < 2) {
      await plain('wasm', 'wasm', 'reference');
      if (row.kind === 'lstm') await plain('layers', 'wasm', 'layers');
    }
  }
  const tape = problem.tapeBytes();
  problem.dispose();
  if (options.cpu) await plain('cpu', 'cpu', 'reference');
  return { samples, tape };
}

function report(row, { samples, tape }) {
  const { fused, fused1, rate, wasm, cpu, layers, torch, torch1 } = samples;
  const gigaflops = (ms) => (2 * multiplyAdds(row)) / ms / 1e6;
  const bestTorch = torch && median(torch) < median(torch1) ? torch : torch1;
  return {
    row: row.name,
    'fused ms': show(fused),
    'fused 1 thread ms': show(fused1),
    'tfjs wasm ms': show(wasm),
    'tfjs cpu ms': show(cpu),
    'tf.layers ms': show(layers),
    'torch ms': show(torch),
    'torch 1 thread ms': show(torch1),
    'x tfjs wasm': ratio(wasm, fused),
    'x torch best': ratio(bestTorch, fused),
    'x torch, 1 thread': ratio(torch1, fused1),
    'GFLOP/s, 1 thread': gigaflops(median(fused1)).toFixed(1),
    'share of SIMD rate': `${((100 * gigaflops(median(fused1))) / Math.max(...rate)).toFixed(0)}%`,
    'thread efficiency': `${((100 * median(fused1)) / median(fused) / threads).toFixed(0)}%`,
    'tape MB': (tape / 1e6).toFixed(0),
  };
}

/** How the cost of the first row grows with its sizes. */
function growth() {
  const base = { ...rows[0], time: 196 };
  const variations = [base, { ...base, time: 392 }, { ...base, time: 784 }];
  variations.push({ ...base, batch: 1 }, { ...base, batch: 32 }, { ...base, batch: 512 });
  variations.push({ ...base, units: 32 }, { ...base, units: 256 }, { ...base, units: 512 });
  return variations.map((row) => {
    const problem = training(row);
    problem.fused();
    const samples = Array.from({ length: 3 }, () => timed(problem.fused));
    problem.dispose();
    const { time, batch, units } = row;
    const rate = ((2 * multiplyAdds(row)) / median(samples) / 1e6).toFixed(1);
    return { time, batch, units, ms: show(samples), 'GFLOP/s': rate };
  });
}

await useBackend('wasm');
const torch = await pytorch();
console.log(`${cpus()[0].model}, ${threads} threads, Node ${process.version}, tfjs ${tf.version_core}`);
console.log(`PyTorch: ${torch?.version ?? 'no python3 with torch found'}`, capabilities());
const chosen = rows.filter((_, i) => options.rows === '' || options.rows.split(',').includes(String(i + 1)));
for (const row of chosen) {
  const result = report(row, await compare(row, torch));
  for (const [name, value] of Object.entries(result)) console.log(name.padEnd(20), value);
  console.log();
}
torch?.end();
if (options.rows === '') {
  console.table(growth());
}
