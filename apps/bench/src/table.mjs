import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { described, deviceNames, ofDevice, useDevice } from './devices.mjs';
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
  for (const [i, peer] of peers.entries()) {
    for (const device of deviceNames) {
      printTable(
        `${described[device]} against ${peer.name}: medians (lowest to highest) in ms, and how many times as fast`,
        results.map(({ row, samples: s }) => ({
          problem: row.name,
          [`${device}, ${withThreads}`]: show(s[device]),
          [`PyTorch, ${withThreads}`]: show(s[`torch${i}`]),
          'times as fast as its best': ratio(best(s[`torch${i}`], s[`torch1${i}`]), s[device]),
          [`${device}, 1 thread`]: show(s[`${device}1`]),
          'PyTorch, 1 thread': show(s[`torch1${i}`]),
          'times as fast, 1 thread': ratio(s[`torch1${i}`], s[`${device}1`]),
        })),
      );
    }
  }
  if (deviceNames.length > 1) {
    printTable(
      `${described.native} against ${described.wasm}: medians (lowest to highest) in ms, and how many times as fast`,
      results.map(({ row, samples: s }) => ({
        problem: row.name,
        [`native, ${withThreads}`]: show(s.native),
        [`wasm, ${withThreads}`]: show(s.wasm),
        'times as fast': ratio(s.wasm, s.native),
        'native, 1 thread': show(s.native1),
        'wasm, 1 thread': show(s.wasm1),
        'times as fast, 1 thread': ratio(s.wasm1, s.native1),
      })),
    );
  }
  if (reference) printTable('Fused against plain tfjs, in ms', results.map(againstPlain));
  for (const device of deviceNames) {
    printTable(
      `What ${described[device]} makes of the machine`,
      results.map((result) => ofMachine(device, result, threads)),
    );
  }
}

const best = (...samples) =>
  samples.filter((times) => times !== undefined).sort((a, b) => median(a) - median(b))[0];

/** All contestants of one row, in turn. */
async function compare(row, { rounds, threads, peers }) {
  const problem = training(row);
  const rates = Object.fromEntries(deviceNames.map((device) => [device, []]));
  const tapeBytes = {};
  const fused = async (device, count) => {
    useDevice(device, count);
    problem.fused();
    // Let the threads start: they take part once they are ready.
    await pause(100);
    rates[device].push(ofDevice(device).rate() / 1e9);
    tapeBytes[device] = problem.tapeBytes();
    return timed(problem.fused);
  };
  const contestants = {};
  for (const device of deviceNames) {
    contestants[`${device}1`] = () => fused(device, 1);
    contestants[device] = () => fused(device, threads);
  }
  for (const [i, peer] of peers.entries()) {
    contestants[`torch1${i}`] = () => peer.step(row, 1);
    if (threads > 1) contestants[`torch${i}`] = () => peer.step(row, threads);
  }
  const samples = await interleaved(rounds, contestants);
  problem.dispose();
  return { samples, rates, tapeBytes };
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

function againstPlain({ row, samples, plain: { wasm, layers, cpu } }) {
  const fused = samples[deviceNames[0]];
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

function ofMachine(device, { row, samples, rates, tapeBytes }, threads) {
  const [one, all] = [median(samples[`${device}1`]), median(samples[device])];
  const gigaflops = (2 * multiplyAdds(row)) / one / 1e6;
  const rate = Math.max(...rates[device]);
  return {
    problem: row.name,
    'GFLOP/s, 1 thread': gigaflops.toFixed(1),
    "share of one core's SIMD rate": `${((100 * gigaflops) / rate).toFixed(0)}% of ${rate.toFixed(0)}`,
    'thread efficiency': `${((100 * one) / all / threads).toFixed(0)}%`,
    'tape, MB': (tapeBytes[device] / 1e6).toFixed(0),
  };
}
