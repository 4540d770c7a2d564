import { Kernels } from '../src/index.js';
import { count } from './count.js';
import { plain, relaxed } from './kernels/build/kernels.js';

/* A program for the tests: it uses threads and prints how many took part. */

const wording = { where: 'count', memory: 'memory', fix: 'Count less.' };
const kernels = new Kernels({ builds: { plain, relaxed }, parallelFrom: 0, wording });
kernels.threads = 3;
count(kernels, { tasks: 9 });
setTimeout(() => console.log(count(kernels, { tasks: 9, threads: 3 }).threads.length), 300);
