import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { multiplyAddRate, setThreads } from '@hurwitz/scan';
import { pytorchPeers } from './pytorch.mjs';
import { multiplyAdds, rows } from './rows.mjs';
import { interleaved, median, pause, printTable, ratio, show, timed } from './samples.mjs';
import { training } from './tfjs.mjs';

const run = promisify(execFile);
const referenceScript = fileURLToPath(new URL('reference.mjs', import.meta.url));
/** One step of plain tfjs takes seconds. */
const PLAIN_ROUNDS = 2;

/** Training steps of the chosen problems: fused against PyTorch and against plain tfjs, all in one run. */
export async function table({ rounds, threads, rows: chosen, reference, cpu }) {
  const peers = await pytorchPeers();
  for (const { description } of peers) console.log(description);
  const results = [];
  for (const [index, row] of rows.entries()) {
    if (!chosen.includes(index + 1)) continue;
    console.warn(`${row.name} ...`);
    const samples = await compare(row, { rounds, threads, peers });
    const plain = reference ? await plainSteps(row, cpu.includes(index + 1)) : {};
    results.push({ row, ...samples, plain });
  }
  for (const peer of peers) peer.end();
  const withThreads = `${threads} threads`;
  for (const [i, { name }] of peers.entries()) {
    printTable(
      `Fused against ${name}: medians (lowest to highest) in ms, and how many times as fast`,
      results.map(({ row, samples: s }) => ({
        problem: row.name,
        [`fused, ${withThreads}`]: show(s.fused),
        [`PyTorch, ${withThreads}`]: show(s[`torch${i}`]),
        'times as fast as its best': ratio(best(s[`torch${i}`], s[`torch1${i}`]), s.fused),
        'fused, 1 thread': show(s.fused1),
        'PyTorch, 1 thread': show(s[`torch1${i}`]),
        'times as fast, 1 thread': ratio(s[`torch1${i}`], s.fused1),
      })),
    );
  }
  if (reference) printTable('Fused against plain tfjs, in ms', results.map(againstPlain));
  printTable(
    'What fused makes of the machine',
    results.map((result) => ofMachine(result, threads)),
  );
}

const best = (...samples) =>
  samples.filter((times) => times !== undefined).sort((a, b) => median(a) - median(b))[0];

/** All contestants of one row, in turn. */
async function compare(row, { rounds, threads, peers }) {
  const problem = training(row);
  const rate = [];
  const fused = async (count) => {
    setThreads(count);
    problem.fused();
    // Let the threads start: they take part once they are ready.
    await pause(100);
    rate.push(multiplyAddRate() / 1e9);
    return timed(problem.fused);
  };
  const contestants = { fused1: () => fused(1), fused: () => fused(threads) };
  for (const [i, peer] of peers.entries()) {
    contestants[`torch1${i}`] = () => peer.step(row, 1);
    if (threads > 1) contestants[`torch${i}`] = () => peer.step(row, threads);
  }
  setThreads(threads);
  problem.fused();
  const samples = await interleaved(rounds, contestants);
  const tapeBytes = problem.tapeBytes();
  problem.dispose();
  return { samples, rate: Math.max(...rate), tapeBytes };
}

/** Steps of plain tfjs, each in a process of its own; nothing for what runs out of memory. */
async function plainSteps(row, cpu) {
  const step = (backend, what) => async () => {
    try {
      const { stdout } = await run(process.execPath, [referenceScript, JSON.stringify(row), backend, what]);
      return Number(stdout.trim().split('\n').at(-1));
    } catch {
      return undefined;
    }
  };
  const contestants = { wasm: step('wasm', 'reference') };
  if (row.kind === 'lstm') contestants.layers = step('wasm', 'layers');
  const samples = await interleaved(PLAIN_ROUNDS, contestants);
  if (cpu) samples.cpu = [await step('cpu', 'reference')()];
  return Object.fromEntries(
    Object.entries(samples).map(([name, times]) => [name, times.filter((ms) => ms !== undefined)]),
  );
}

function againstPlain({ row, samples: { fused }, plain: { wasm, layers, cpu } }) {
  return {
    problem: row.name,
    fused: show(fused),
    'the recurrence on wasm': show(wasm),
    'times as fast as wasm': ratio(wasm, fused),
    '`tf.layers.lstm` on wasm': show(layers),
    'times as fast as `tf.layers.lstm`': ratio(layers, fused),
    'the recurrence on cpu': show(cpu),
    'times as fast as cpu': ratio(cpu, fused),
  };
}

function ofMachine({ row, samples: { fused, fused1 }, rate, tapeBytes }, threads) {
  const gigaflops = (2 * multiplyAdds(row)) / median(fused1) / 1e6;
  return {
    problem: row.name,
    'GFLOP/s, 1 thread': gigaflops.toFixed(1),
    "share of one core's SIMD rate": `${((100 * gigaflops) / rate).toFixed(0)}% of ${rate.toFixed(0)}`,
    'thread efficiency': `${((100 * median(fused1)) / median(fused) / threads).toFixed(0)}%`,
    'tape, MB': (tapeBytes / 1e6).toFixed(0),
  };
}
