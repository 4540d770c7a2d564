// Counts what certificates reach beyond Theorem 1, and times 128 units: node bench/certificates.mjs (after a build).
import { certifyContraction, certifyEulerContraction, checkTheorem1 } from '../dist/index.js';

let state = 1;
const uniform = () => {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
};
const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
const gaussian = (n, scale) =>
  Array.from({ length: n }, () => Array.from({ length: n }, () => scale * normal()));
/** (1 - beta)(M + Mᵀ) + beta(M - Mᵀ) - gamma I */
const symmetricSkew = (M, beta, gamma) =>
  M.map((row, i) => row.map((x, j) => x + (1 - 2 * beta) * M[j][i] - (i === j ? gamma : 0)));

const units = 16;
const systems = 100;
console.log(
  `${systems} random symmetric-skew systems of ${units} units for each gamma_A, beta 0.75, entries N(0, 0.25/n):`,
);
console.log('gamma_A   Theorem 1 (a)   (a) or (b)   scalar   diagonal   Euler, step 0.1');
for (const gamma of [0.2, 0.4, 0.6, 0.9, 1.2, 1.5]) {
  const count = { a: 0, theorem: 0, scalar: 0, diagonal: 0, euler: 0 };
  for (let k = 0; k < systems; k++) {
    const scale = 0.5 / Math.sqrt(units);
    const A = symmetricSkew(gaussian(units, scale), 0.75, gamma);
    const W = symmetricSkew(gaussian(units, scale), 0.75, 0.1);
    const report = checkTheorem1({ A, W });
    const options = { A, W, rate: 1e-3 };
    count.a += report.premise.holds && report.conditionA.holds;
    count.theorem += report.holds;
    count.scalar += certifyContraction({ ...options, multipliers: 'scalar' }).holds;
    count.diagonal += certifyContraction(options).holds;
    count.euler += certifyEulerContraction({ ...options, step: 0.1 }).holds;
  }
  const cells = [gamma, count.a, count.theorem, count.scalar, count.diagonal, count.euler];
  console.log(cells.map((cell) => String(cell).padStart(10)).join(''));
}

const n = 128;
const A = symmetricSkew(gaussian(n, 0.3 / Math.sqrt(n)), 0.75, 0.8);
const W = symmetricSkew(gaussian(n, 0.6 / Math.sqrt(n)), 0.75, 0.1);
for (const [name, run] of [
  ['checkTheorem1', () => checkTheorem1({ A, W })],
  [
    'certifyContraction at a given rate, scalar',
    () => certifyContraction({ A, W, rate: 0.1, multipliers: 'scalar' }),
  ],
  ['certifyContraction, best rate, scalar', () => certifyContraction({ A, W, multipliers: 'scalar' })],
  ['certifyContraction, best rate, diagonal', () => certifyContraction({ A, W })],
  ['certifyEulerContraction, best rate, diagonal', () => certifyEulerContraction({ A, W, step: 0.03 })],
]) {
  const start = process.cpuUsage();
  const result = run();
  console.log(
    `${n} units, ${name}: ${(process.cpuUsage(start).user / 1e6).toFixed(1)} s of processor time, ${result.summary}`,
  );
}
