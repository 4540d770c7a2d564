import { setMaxTapeBytes, setThreads } from '@hurwitz/scan';
import { rows } from './rows.mjs';
import { interleaved, pause, printTable, ratio, show, timed } from './samples.mjs';
import { training } from './tfjs.mjs';

/** A training step that keeps every state, against one that keeps about 2 √time and runs forward again in segments. */
export async function tape({ rounds, threads }) {
  setThreads(threads);
  const lines = [];
  for (const row of [rows[0], rows[2], rows[4]]) {
    const problem = training(row);
    const within = (bytes) => () => {
      setMaxTapeBytes(bytes);
      return timed(problem.fused);
    };
    const contestants = { full: within(2 ** 30), segments: within(0) };
    contestants.full();
    await pause(100);
    const full = { gradients: problem.gradients(), bytes: problem.tapeBytes() };
    contestants.segments();
    const gap = distance(problem.gradients(), full.gradients);
    const bytes = problem.tapeBytes();
    const samples = await interleaved(rounds, contestants);
    problem.dispose();
    lines.push({
      problem: row.name,
      'full tape, ms': show(samples.full),
      'in segments, ms': show(samples.segments),
      'times as long': ratio(samples.segments, samples.full),
      'full, MB': (full.bytes / 1e6).toFixed(1),
      'segments, MB': (bytes / 1e6).toFixed(1),
      'gradients apart, relative to the largest': gap.toExponential(1),
    });
  }
  setMaxTapeBytes(2 ** 30);
  printTable(`A tape in segments against the full one, ${threads} threads`, lines);
}

/** The largest difference over all gradients, each relative to its largest entry. */
function distance(got, expected) {
  const gaps = expected.map((values, i) => {
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return values.reduce((most, value, j) => Math.max(most, Math.abs(value - got[i][j])), 0) / scale;
  });
  return Math.max(...gaps);
}
