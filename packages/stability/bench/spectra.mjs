// Times the spectra of random matrices: node bench/spectra.mjs (after a build).
import { eigenvalues, singularValues, symmetricEigenvalues } from '../dist/index.js';

const random = (n) => Array.from({ length: n }, () => Array.from({ length: n }, () => Math.random() - 0.5));
const symmetric = (M) => M.map((row, i) => row.map((x, j) => x + M[j][i]));
for (const n of [128, 512]) {
  for (const run of ['first', 'second']) {
    const M = random(n);
    for (const [name, compute, input] of [
      ['eigenvalues', eigenvalues, M],
      ['symmetricEigenvalues', symmetricEigenvalues, symmetric(M)],
      ['singularValues', singularValues, M],
    ]) {
      const start = process.cpuUsage();
      compute(input);
      console.log(
        `${n} x ${n}  ${run} call  ${name}: ${(process.cpuUsage(start).user / 1e3).toFixed(0)} ms of processor time`,
      );
    }
  }
}
