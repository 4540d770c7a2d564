/**
 * Lyapunov exponents of driven tanh RNNs: @hurwitz/lyapunov against batched torch.linalg.qr in float32, in turns in one run.
 * Prints a Markdown table. $HURWITZ_PYTHON lists the interpreters to try, like $PATH.
 */
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  capabilities,
  gruSystem,
  lstmSystem,
  lyapunovSpectrum,
  rnnSystem,
  setThreads,
} from '@hurwitz/lyapunov';
import { pythonPeers } from './python-peer.mjs';

const { values } = parseArgs({
  options: {
    units: { type: 'string', default: '128,512' },
    rounds: { type: 'string', default: '3' },
    steps: { type: 'string', default: '100' },
    batch: { type: 'string', default: '10' },
    gain: { type: 'string', default: '1.5' },
    threads: { type: 'string', default: String(availableParallelism()) },
  },
});
const [rounds, steps, batch, gain, threads] = ['rounds', 'steps', 'batch', 'gain', 'threads'].map((name) =>
  Number(values[name]),
);

/** Uniform numbers of variance 1, the same as in lyapunov.py. */
function numbers(count, seed) {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return ((2 * state) / 2 ** 32 - 1) * Math.sqrt(3);
  });
}

const rowsOf = (flat, columns) =>
  Array.from({ length: flat.length / columns }, (_, i) => flat.slice(i * columns, (i + 1) * columns));

function rnnProblem(units) {
  const scale = gain / Math.sqrt(units);
  const W = rowsOf(
    numbers(units * units, 1).map((value) => scale * value),
    units,
  );
  const system = rnnSystem({ W, kernel: [numbers(units, 2)] });
  const inputs = rowsOf(numbers(batch * steps, 3), steps).map((sequence) => sequence.map((x) => [x]));
  return { system, inputs };
}

function timed(run) {
  const start = performance.now();
  const result = run();
  return { ms: performance.now() - start, ...result };
}

const ours = ({ system, inputs }, options) => timed(() => lyapunovSpectrum(system, { inputs, ...options }));

/** The thread count at which the peer is fastest, found over a few steps. */
async function bestThreads(peer, row) {
  let best;
  for (let count = 1; count <= threads; count++) {
    const { ms } = await peer.ask({ row, threads: count, steps: 3 });
    if (best === undefined || ms < best.ms) best = { count, ms };
  }
  return best.count;
}

const least = (results) => results.reduce((a, b) => (b.ms < a.ms ? b : a));
const seconds = ({ ms }) => (ms / 1000).toFixed(ms < 1000 ? 3 : 2);
const gap = (a, b) => Math.max(...a.map((value, i) => Math.abs(value - b[i])));

async function compare(peers, units) {
  const problem = rnnProblem(units);
  const row = { units, batch, steps, gain };
  const counts = await Promise.all(peers.map(() => 0));
  for (const [i, peer] of peers.entries()) counts[i] = await bestThreads(peer, row);
  const single = [];
  const double = [];
  const theirs = peers.map(() => []);
  ours(problem, { precision: 'float32', steps: 2 });
  for (let round = 0; round < rounds; round++) {
    single.push(ours(problem, { precision: 'float32' }));
    double.push(ours(problem));
    for (const [i, peer] of peers.entries())
      theirs[i].push(await peer.ask({ row, threads: counts[i], steps }));
  }
  const [fast, exact] = [least(single), least(double)];
  const cells = theirs.map((results, i) => {
    const best = least(results);
    const ratio = (best.ms / fast.ms).toFixed(1);
    return `${seconds(best)} (${counts[i]} ${counts[i] === 1 ? 'thread' : 'threads'}) = ${ratio}×`;
  });
  const difference = gap(fast.exponents, exact.exponents).toExponential(1);
  console.log(`| RNN ${units} | ${[seconds(fast), seconds(exact), ...cells, difference].join(' | ')} |`);
}

/** Our other families, without a peer. */
function families(units) {
  const weights = (gates) => ({
    kernel: [numbers(gates * units, 2)],
    recurrentKernel: rowsOf(
      numbers(gates * units * units, 1).map((value) => value / Math.sqrt(units)),
      gates * units,
    ),
  });
  const { inputs } = rnnProblem(units);
  const systems = {
    'LSTM, hidden only': lstmSystem({ ...weights(4), hiddenOnly: true }),
    LSTM: lstmSystem(weights(4)),
    GRU: gruSystem(weights(3)),
  };
  for (const [name, system] of Object.entries(systems)) {
    const cells = ['float32', 'float64'].map((precision) =>
      seconds(
        least(
          Array.from({ length: rounds }, () => ours({ system, inputs }, { precision, exponents: undefined })),
        ),
      ),
    );
    console.log(`| ${name} ${units} | ${cells.join(' | ')} |`);
  }
}

setThreads(threads);
const { relaxedSimd } = capabilities();
const peers = await pythonPeers(fileURLToPath(new URL('lyapunov.py', import.meta.url)));
console.log(
  `${cpus()[0].model}, ${threads} threads, Node ${process.version}, ${relaxedSimd ? 'relaxed SIMD' : 'plain SIMD'}; ` +
    `${batch} sequences x ${steps} steps, gain ${gain}, all exponents, QR every step; seconds, best of ${rounds}.\n`,
);
const names = peers.map(({ name }) => `${name}, float32`);
const head = ['', 'float32', 'float64', ...names, 'float32 - float64'];
console.log(`| ${head.join(' | ')} |\n|${head.map(() => '---|').join('')}`);
const sizes = values.units.split(',').map(Number);
for (const units of sizes) await compare(peers, units);
for (const peer of peers) peer.end();
console.log('\n| | float32 | float64 |\n|---|---|---|');
families(sizes[0]);
