import { capabilities, setThreads } from '../../src/index.js';
import { arrayProblem, solve } from '../recurrence-problems.js';

/** What the browser test calls in the page. Several runs, so that workers that are starting come to take part. */
async function run(family: 'dynamical' | 'lstm' | 'gru', threads: number) {
  setThreads(threads);
  const problem = arrayProblem({ family, units: 64, batch: 64, time: 40 });
  solve(problem);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    solve(problem);
    return performance.now() - start;
  });
  const entries = Object.entries(solve(problem)).map(([name, values]) => [name, [...values]]);
  return { capabilities: capabilities(), ms: Math.min(...times), result: Object.fromEntries(entries) };
}

Object.assign(globalThis, { run });
