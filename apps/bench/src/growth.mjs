import { setThreads } from '@hurwitz/scan';
import { multiplyAdds, rows } from './rows.mjs';
import { median, pause, printTable, show, timed } from './samples.mjs';
import { training } from './tfjs.mjs';

/** How the cost of the first row grows with its sizes. */
export async function growth({ threads }) {
  setThreads(threads);
  const base = { ...rows[0], time: 196 };
  const variations = [base, { ...base, time: 392 }, { ...base, time: 784 }];
  variations.push({ ...base, batch: 1 }, { ...base, batch: 32 }, { ...base, batch: 512 });
  variations.push({ ...base, units: 32 }, { ...base, units: 256 }, { ...base, units: 512 });
  const lines = [];
  for (const row of variations) {
    const problem = training(row);
    problem.fused();
    await pause(100);
    const samples = Array.from({ length: 3 }, () => timed(problem.fused));
    problem.dispose();
    const { time, batch, units } = row;
    const rate = ((2 * multiplyAdds(row)) / median(samples) / 1e6).toFixed(1);
    lines.push({ time, batch, units, ms: show(samples), 'GFLOP/s': rate });
  }
  printTable(`Cost against time, batch and units: Lipschitz, Euler, ${threads} threads`, lines);
}
