import { Kernels } from '../src/runtime/kernels.js';
import { count } from './count.js';
import { plain, relaxed } from './kernels/build/kernels.js';

/* A program for the tests: it uses threads, as soon as all have come up, and prints how many took part. */

const kernels = new Kernels({ plain, relaxed });
kernels.threads = 3;
count(kernels, { tasks: 9 });
const timer = setInterval(() => {
  const { threads } = count(kernels, { tasks: 9, threads: 3, patience: 50 });
  if (threads.length < 3) return;
  clearInterval(timer);
  console.log(threads.length);
}, 10);
