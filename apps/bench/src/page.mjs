/* What browser.mjs runs in a page. */
import { capabilities, setThreads } from '@hurwitz/scan';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { timed } from './samples.mjs';
import { training } from './tfjs.mjs';

let problem;

Object.assign(globalThis, {
  prepare(row, threads) {
    setThreads(threads);
    problem = training(row);
    problem.fused();
    return capabilities();
  },
  step: () => timed(problem.fused),
});
