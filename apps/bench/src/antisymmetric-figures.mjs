// The two figures of the AntisymmetricRNN paper (Chang et al., ICLR 2019) that are about dynamics:
//
//   node src/antisymmetric-figures.mjs --out ../../docs/results
//
// planar-systems.svg: four 2-unit systems under Euler, their vector fields and trajectories (section 4.3).
// end-to-end-jacobian.svg: mean and standard deviation of the eigenvalue moduli of the end-to-end Jacobian against the
// length of the sequence, for several diffusion constants and for an LSTM, at their initial weights, on Gaussian noise
// (section 4.4; the paper does not say which lengths, constants or weights it took).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { antisymmetricRNN, lstm, tangentSystem } from '@hurwitz/cells';
import { figureGrid } from '@hurwitz/figures';
import { endToEndJacobian, flowField, planarSystems, simulatePlanarSystem } from '@hurwitz/stability';

const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: '.' },
    units: { type: 'string', default: '32' },
    epsilon: { type: 'string', default: '0.1' },
  },
});
const units = Number(options.units);
const epsilon = Number(options.epsilon);
const lengths = [25, 50, 100, 200, 400];

function planarFigure() {
  const view = [-1.2, 1.2];
  return figureGrid({
    columns: 2,
    width: 900,
    panels: planarSystems.map((system) => {
      const field = flowField(system);
      return {
        vectorField: {
          title: system.name,
          subtitle: system.note,
          field: (x, y) => field([x, y]),
          grid: 13,
          xDomain: view,
          yDomain: view,
          trajectories: simulatePlanarSystem(system, { steps: 120 }).map((points) => ({ points })),
          xLabel: 'h₁',
          yLabel: 'h₂',
        },
      };
    }),
  });
}

let state = 1;
const uniform = () => {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
};
const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());

/** Moments of the eigenvalue moduli of ∂h_T/∂h_1 at each length, along one noise sequence. */
function moments(layer) {
  layer.apply(tf.zeros([1, 1, 1]));
  const system = tangentSystem(layer);
  const jacobians = [];
  let h = new Float64Array(system.stateSize);
  for (let t = 0; t < Math.max(...lengths); t++) {
    const input = [normal()];
    jacobians.push(system.jacobian(h, input));
    h = system.step(h, input);
  }
  return lengths.map((length) => endToEndJacobian(jacobians.slice(1, length)));
}

async function jacobianFigure() {
  await tf.setBackend('cpu');
  const layers = [
    ...[0, 0.05, 0.2].map((gamma) => ({
      name: `antisymmetric, γ = ${gamma}`,
      layer: antisymmetricRNN({ units, epsilon, gamma, seed: 1 }),
    })),
    { name: 'LSTM', layer: lstm({ units, recurrentActivation: 'sigmoid', seed: 1 }) },
  ];
  const measured = layers.map(({ name, layer }) => ({ name, jacobians: moments(layer) }));
  console.log(`${'T'.padStart(26)}${lengths.map((length) => String(length).padStart(18)).join('')}`);
  for (const { name, jacobians } of measured) {
    const cells = jacobians.map(
      ({ meanModulus, stdModulus }) => `${meanModulus.toPrecision(3)} ± ${stdModulus.toPrecision(2)}`,
    );
    console.log(`${name.padStart(26)}${cells.map((cell) => cell.padStart(18)).join('')}`);
  }
  const subtitle = `${units} units, ε = ${epsilon}, initial weights, noise input`;
  const bands = measured
    .filter(({ name }) => name !== 'LSTM')
    .map(({ name, jacobians }) => {
      const mean = jacobians.map(({ meanModulus }) => meanModulus);
      const around = (sign) =>
        jacobians.map(({ meanModulus, stdModulus }) => meanModulus + sign * stdModulus);
      return { name, x: lengths, y: mean, low: around(-1), high: around(1), points: true };
    });
  const logarithms = measured.map(({ name, jacobians }) => {
    return {
      name,
      x: lengths,
      y: jacobians.map(({ logMeanModulus }) => logMeanModulus / Math.LN10),
      points: true,
    };
  });
  const common = { subtitle, xLabel: 'length T' };
  return figureGrid({
    columns: 2,
    width: 900,
    panels: [
      {
        lineChart: {
          ...common,
          title: 'Mean ± standard deviation of |λ(∂h_T/∂h_1)|',
          series: bands,
          yLabel: 'modulus',
          references: [{ y: 1 }],
        },
      },
      {
        lineChart: {
          ...common,
          title: 'The mean, and an LSTM’s',
          series: logarithms,
          yLabel: 'modulus, log₁₀',
        },
      },
    ],
  });
}

mkdirSync(options.out, { recursive: true });
for (const [name, draw] of [
  ['planar-systems', planarFigure],
  ['end-to-end-jacobian', jacobianFigure],
]) {
  const path = join(options.out, `${name}.svg`);
  writeFileSync(path, await draw());
  console.log(`Figure: ${path}`);
}
