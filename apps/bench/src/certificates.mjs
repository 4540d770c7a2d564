// How many systems a Lur'e certificate reaches beyond Theorem 1, with a figure.
//
//   node src/certificates.mjs --out ../../docs/results
//
// Random systems: symmetric-skew A and W at several γ_A. Trained systems: the adding problem learned at several γ_A
// and seeds by `hurwitz train`, each analysed by `hurwitz analyse`.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { figureGrid } from '@hurwitz/figures';
import { certifyContraction, checkTheorem1 } from '@hurwitz/stability';

const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: '.' },
    systems: { type: 'string', default: '50' },
    seeds: { type: 'string', default: '3' },
  },
});
const command = fileURLToPath(new URL('../../train/dist/index.js', import.meta.url));
const units = 16;

let state = 1;
const uniform = () => {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
};
const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
const gaussian = () =>
  Array.from({ length: units }, () =>
    Array.from({ length: units }, () => (0.5 / Math.sqrt(units)) * normal()),
  );
/** (1 - beta)(M + Mᵀ) + beta(M - Mᵀ) - gamma I */
const symmetricSkew = (M, beta, gamma) =>
  M.map((row, i) => row.map((x, j) => x + (1 - 2 * beta) * M[j][i] - (i === j ? gamma : 0)));

const share = (found) => (100 * found.filter(Boolean).length) / found.length;

function randomSystems() {
  return [0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6].map((gamma) => {
    const systems = Array.from({ length: Number(options.systems) }, () => ({
      A: symmetricSkew(gaussian(), 0.75, gamma),
      W: symmetricSkew(gaussian(), 0.75, 0.1),
    }));
    return {
      gamma,
      theorem: share(systems.map((system) => checkTheorem1(system).holds)),
      certificate: share(systems.map((system) => certifyContraction({ ...system, rate: 1e-3 }).holds)),
    };
  });
}

function trainedSystems() {
  const folder = mkdtempSync(join(tmpdir(), 'hurwitz-certificates-'));
  try {
    return [0.1, 0.5, 1, 1.5, 2, 3].map((gamma) => {
      const reports = Array.from({ length: Number(options.seeds) }, (_, i) => {
        const run = join(folder, `${gamma}-${i}`);
        const flags =
          `--length 50 --units ${units} --epochs 2 --gamma-a ${gamma} --seed ${i + 1} --init-std 4`.split(
            ' ',
          );
        execFileSync(process.execPath, [command, 'train', 'adding', ...flags, '--out', run], {
          stdio: 'pipe',
        });
        execFileSync(process.execPath, [command, 'analyse', run], { stdio: 'pipe' });
        const [stage] = JSON.parse(readFileSync(join(run, 'analysis.json'), 'utf8')).stages;
        return { theorem: stage.theorem1.holds, certificate: stage.flowCertificate.holds };
      });
      return {
        gamma,
        theorem: share(reports.map(({ theorem }) => theorem)),
        certificate: share(reports.map(({ certificate }) => certificate)),
      };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function table(title, counts) {
  console.log(`${title}\n${'gamma_A'.padStart(8)}${'Theorem 1'.padStart(12)}${'certificate'.padStart(14)}`);
  for (const { gamma, theorem, certificate } of counts) {
    console.log(
      `${String(gamma).padStart(8)}${`${theorem.toFixed(0)}%`.padStart(12)}${`${certificate.toFixed(0)}%`.padStart(14)}`,
    );
  }
}

function panel(title, subtitle, counts) {
  const x = counts.map(({ gamma }) => gamma);
  const series = [
    { name: 'Theorem 1', x, y: counts.map(({ theorem }) => theorem), points: true },
    { name: 'Lur’e certificate', x, y: counts.map(({ certificate }) => certificate), points: true },
  ];
  return {
    lineChart: {
      title,
      subtitle,
      series,
      xLabel: 'γ_A',
      yLabel: 'systems proved stable (%)',
      yDomain: [0, 100],
    },
  };
}

const random = randomSystems();
table(`${options.systems} random systems of ${units} units at each γ_A`, random);
const trained = trainedSystems();
table(`${options.seeds} trained systems of ${units} units at each γ_A`, trained);
const svg = await figureGrid({
  columns: 2,
  width: 900,
  panels: [
    panel('Random systems', `${units} units, β = 0.75, ${options.systems} at each γ_A`, random),
    panel('Trained on the adding problem', `${units} units, ${options.seeds} seeds at each γ_A`, trained),
  ],
});
mkdirSync(options.out, { recursive: true });
writeFileSync(join(options.out, 'certificates.svg'), svg);
console.log(`Figure: ${join(options.out, 'certificates.svg')}`);
