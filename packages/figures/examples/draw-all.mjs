// Draws one of each figure into a folder, to look at: node examples/draw-all.mjs [folder]
// Vector fields are simulated; all other data are invented to show the drawing and are no results.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  eigenvaluePlane,
  figureGrid,
  lineChart,
  scatterPlot,
  spectrum,
  trainingCurves,
  vectorField,
} from '@hurwitz/figures';

const folder = process.argv[2] ?? 'figures';
mkdirSync(folder, { recursive: true });

/** Numbers in [0, 1) from a seed (mulberry32), so that the pictures are the same on every run. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** dh/dt = A h + tanh(W h) with A = W = s I + [[0, w], [-w, 0]], and a trajectory by small Euler steps. */
function rotation(s, w) {
  const linear = (x, y) => [s * x + w * y, -w * x + s * y];
  const field = (x, y) => {
    const [u, v] = linear(x, y);
    return [u + Math.tanh(u), v + Math.tanh(v)];
  };
  const follow = (x, y, steps = 4000, dt = 0.005) => {
    const points = [[x, y]];
    for (let i = 0; i < steps; i++) {
      const [dx, dy] = field(x, y);
      [x, y] = [x + dt * dx, y + dt * dy];
      points.push([x, y]);
    }
    return points;
  };
  return { field, follow };
}

const square = {
  xDomain: [-3, 3],
  yDomain: [-3, 3],
  xLabel: 'h₁ (dimensionless)',
  yLabel: 'h₂ (dimensionless)',
};
function regime(title, s, w, kind) {
  const { field, follow } = rotation(s, w);
  const starts =
    s > 0
      ? [
          [0.2, 0.1],
          [-0.3, -0.4],
        ]
      : [
          [2.6, 2.2],
          [-2.5, 1.2],
          [0.4, -2.4],
        ];
  const steps = s > 0 ? 1200 : 4000;
  return {
    ...square,
    title,
    subtitle: `s = ${String(s).replace('-', '−')}, w = ${w}`,
    field,
    trajectories: starts.map(([x, y]) => ({ points: follow(x, y, steps, s === 0 ? 0.0005 : 0.005) })),
    equilibria: [{ x: 0, y: 0, kind }],
  };
}
const spiral = regime('An asymptotically stable spiral, a < b & c', -0.15, 0.8, 'attracting');

const doubleWell = {
  title: 'Damped double well',
  subtitle: 'dx/dt = y, dy/dt = x − x³ − 0.1 y',
  field: (x, y) => [y, x - x ** 3 - 0.1 * y],
  xDomain: [-2, 2],
  yDomain: [-1.2, 1.2],
  xLabel: 'angle x (rad)',
  yLabel: 'velocity y (rad/s)',
  trajectories: ['from the left', 'from the right'].map((name, k) => {
    let [x, y] = k === 0 ? [-1.9, 0.8] : [1.6, 0.9];
    const points = [];
    for (let i = 0; i < 20000; i++) {
      points.push([x, y]);
      [x, y] = [x + 0.002 * y, y + 0.002 * (x - x ** 3 - 0.1 * y)];
    }
    return { points, name };
  }),
  equilibria: [
    { x: -1, y: 0, kind: 'attracting' },
    { x: 1, y: 0, kind: 'attracting' },
    { x: 0, y: 0, kind: 'saddle' },
  ],
};

const noise = random(3);
const epochs = Array.from({ length: 40 }, (_, i) => i + 1);
const curves = {
  title: 'Training and validation loss',
  subtitle: 'invented data',
  yLabel: 'cross entropy (nats)',
  yScale: 'log',
  series: [
    {
      name: 'loss',
      split: 'train',
      x: epochs,
      y: epochs.map((e) => 2.1 * Math.exp(-e / 7) + 0.03 * (1 + 0.3 * noise())),
    },
    {
      name: 'loss',
      split: 'validation',
      x: epochs,
      y: epochs.map((e) => 2.1 * Math.exp(-e / 7) + 0.08 + 0.0015 * e * (1 + 0.2 * noise())),
    },
  ],
};

/** Boundary of RK4's stability region, |R(z)| = 1, on rays from a point inside. */
const rk4Boundary = Array.from({ length: 240 }, (_, i) => {
  const angle = (i / 240) * 2 * Math.PI;
  const at = (r) => ({ re: -1.3 + r * Math.cos(angle), im: r * Math.sin(angle) });
  let [inside, outside] = [0, 6];
  // the region is star-shaped from here but for two small bays next to the imaginary axis
  for (let r = 0.05; r < 6; r += 0.01) {
    if (amplification(at(r)) > 1) {
      outside = r;
      inside = r - 0.01;
      break;
    }
  }
  for (let k = 0; k < 40; k++) {
    const middle = (inside + outside) / 2;
    if (amplification(at(middle)) > 1) outside = middle;
    else inside = middle;
  }
  return at(inside);
});
function amplification({ re, im }) {
  let [sumRe, sumIm, termRe, termIm] = [1, 0, 1, 0];
  for (let k = 1; k <= 4; k++) {
    [termRe, termIm] = [(termRe * re - termIm * im) / k, (termRe * im + termIm * re) / k];
    [sumRe, sumIm] = [sumRe + termRe, sumIm + termIm];
  }
  return Math.hypot(sumRe, sumIm);
}
const spread = random(11);
const cloud = (n, re, im, size) =>
  Array.from({ length: n / 2 }, () => ({ re: re + size * (spread() - 0.5), im: im * spread() })).flatMap(
    (z) => [z, { re: z.re, im: -z.im }],
  );
const plane = {
  title: 'Eigenvalues of the Jacobian times the step',
  subtitle: 'invented eigenvalues; RK4 is stable inside the shaded region',
  reLabel: 'Re Δt λ',
  imLabel: 'Im Δt λ',
  groups: [
    { name: 'A', values: cloud(32, -1.6, 1.2, 0.9) },
    { name: 'Jacobian at the equilibrium', values: cloud(32, -0.4, 2.4, 0.5) },
  ],
  region: { boundary: [rk4Boundary], name: 'RK4 stability region' },
};
const disc = {
  title: 'Eigenvalues of two transition matrices',
  subtitle: 'invented: 200 in a disc of radius 0.9, 40 on the circle',
  limit: 'unit circle',
  groups: [
    {
      name: 'random',
      values: Array.from({ length: 200 }, () => {
        const [r, a] = [0.9 * Math.sqrt(spread()), 2 * Math.PI * spread()];
        return { re: r * Math.cos(a), im: r * Math.sin(a) };
      }),
    },
    {
      name: 'orthogonal',
      values: Array.from({ length: 40 }, () => {
        const a = 2 * Math.PI * spread();
        return { re: Math.cos(a), im: Math.sin(a) };
      }),
    },
  ],
};

const exponents = (n, top, slope, scatter) =>
  Array.from({ length: n }, (_, i) => top - slope * i + scatter * (spread() - 0.5));
const lyapunov = {
  title: 'Lyapunov spectra of a driven tanh RNN',
  subtitle: 'invented data; bars are standard errors',
  yLabel: 'exponent (nats per step)',
  series: [0.5, 2, 10].map((g, k) => ({
    name: `g = ${g}`,
    values: exponents(16, [-0.6, -0.05, 0.5][k], [0.05, 0.08, 0.11][k], 0.03),
    errors: exponents(16, 0.05, 0.001, 0.03),
  })),
};
const large = {
  title: 'Singular values of a large matrix',
  subtitle: 'invented data, 512 values',
  yLabel: 'singular value',
  yScale: 'log',
  series: [
    {
      name: 'σ',
      values: Array.from({ length: 512 }, (_, i) => 2 * Math.cos((Math.PI / 2) * ((i + 0.5) / 512)) ** 1.1),
    },
  ],
};

const times = Array.from({ length: 60 }, (_, i) => 1 + i * 5);
const decay = (rate) => times.map((t) => Math.exp(-rate * t));
const jacobians = {
  title: 'End-to-end Jacobian',
  subtitle: 'invented data; mean modulus of the eigenvalues of ∂h_T/∂h_1, band: one standard deviation',
  xLabel: 'T (steps)',
  yLabel: 'modulus',
  xScale: 'log',
  yScale: 'log',
  references: [{ y: 1, label: 'isometry' }],
  series: [
    ['γ = 0', 0.0004],
    ['γ = 0.01', 0.01],
    ['LSTM', 0.05],
  ].map(([name, rate]) => ({
    name,
    x: times,
    y: decay(rate),
    low: decay(rate).map((v) => v * 0.7),
    high: decay(rate).map((v) => v * 1.4),
  })),
};
const units = [2, 4, 6, 8, 10, 12, 14];
const identification = {
  title: 'Identification of a contractive RNN with 4 states',
  subtitle: 'invented data; mean over realisations, band: spread',
  xLabel: 'units',
  yLabel: 'test R²',
  series: ['RNN', 'URNN'].map((name, k) => {
    const y = units.map((n) => 0.97 - 0.6 * Math.exp(-n / (k === 0 ? 1.6 : 3.6)));
    return { name, x: units, y, low: y.map((v) => v - 0.04), high: y.map((v) => v + 0.02), points: true };
  }),
  references: [{ y: 0.99, label: 'noise limit' }],
};
const runs = {
  title: 'Largest exponent against loss',
  subtitle: 'invented data; a long subtitle, which breaks into lines where the panel is narrow',
  xLabel: 'largest exponent (nats per step)',
  yLabel: 'validation loss (nats)',
  groups: ['Adam', 'RMSProp'].map((name, k) => {
    const x = Array.from({ length: 12 }, () => -0.5 + spread() * 0.6);
    return {
      name,
      x,
      y: x.map((v) => 1.6 - 0.6 * v + 0.2 * spread()),
      labels: x.map((_, i) => (i % 2 ? '' : `${k ? 'R' : 'A'}${i + 1}`)),
    };
  }),
};

const figures = {
  'vector-field': vectorField(spiral),
  'double-well': vectorField(doubleWell),
  'training-curves': trainingCurves(curves),
  'eigenvalues-flow': eigenvaluePlane(plane),
  'eigenvalues-map': eigenvaluePlane(disc),
  spectrum: spectrum(lyapunov),
  'spectrum-large': spectrum(large),
  jacobians: lineChart(jacobians),
  identification: lineChart(identification),
  scatter: scatterPlot(runs),
  regimes: figureGrid({
    title: 'Four regimes of a two-unit Lipschitz RNN',
    subtitle: 'dh/dt = A h + tanh(W h), A = W = s I + w J',
    panels: [
      regime('Unstable', 0.15, 0.8, 'repelling'),
      regime('Asymptotically stable, spiral', -0.15, 0.8, 'attracting'),
      regime('Asymptotically stable, node', -0.4, 0.1, 'attracting'),
      regime('Skew-symmetric', 0, 0.8, 'centre'),
    ].map((panel) => ({ vectorField: panel })),
  }),
  mixed: figureGrid({
    title: 'A run at a glance',
    panels: [
      { trainingCurves: curves },
      { eigenvaluePlane: plane },
      { spectrum: lyapunov },
      { scatterPlot: runs },
    ],
  }),
};

const drawn = [];
for (const [name, figure] of Object.entries(figures)) {
  const svg = await figure;
  drawn.push(svg);
  writeFileSync(join(folder, `${name}.svg`), svg);
  console.log(`${join(folder, name)}.svg  ${(svg.length / 1024).toFixed(0)} KiB`);
}
const head =
  '<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Figures</title>';
writeFileSync(
  join(folder, 'index.html'),
  `${head}\n${drawn.map((svg) => `<figure>${svg}</figure>`).join('\n')}\n`,
);
