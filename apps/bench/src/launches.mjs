/**
 * What a training step asks of a device per time step, forward and backward: kernels launched, and numbers that the host
 * sends or reads. On a GPU a launch costs some microseconds whatever it computes, so that small states leave it waiting for
 * launches, and the host waits for each number sent. The counts are the same on every machine: `node src/launches.mjs`, or
 * with `--kernels` for how many of each.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { layersLSTM, training } from './tfjs.mjs';

/** These give data that is there another name or shape, and launch nothing; every Cast here is from float32 to itself. */
const free = new Set(['Identity', 'Reshape', 'ExpandDims', 'Cast']);

/** Counts per time step; what happens once per sequence drops out between two lengths. */
async function perStep(make, row) {
  const counts = { launches: 0, sent: 0, read: 0, kernels: {} };
  for (const [time, share] of [
    [512, 1 / 256],
    [256, -1 / 256],
  ]) {
    const step = make({ ...row, time });
    const engine = tf.engine();
    const count = (method, name) => {
      engine[method] = function (...given) {
        counts[name] += share;
        return Object.getPrototypeOf(this)[method].apply(this, given);
      };
    };
    count('makeTensor', 'sent');
    count('readSync', 'read');
    const { kernels } = await tf.profile(() => void step());
    delete engine.makeTensor;
    delete engine.readSync;
    for (const { name } of kernels) {
      if (free.has(name) || tf.getKernel(name, 'cpu') === undefined) continue;
      counts.launches += share;
      counts.kernels[name] = (counts.kernels[name] ?? 0) + share;
    }
  }
  return counts;
}

/** The recurrence as its formula reads: each input is projected when its time comes, each matrix is a product of its own. */
function asFormula({ kind, units, batch, time, inputDim }) {
  const random = (...shape) => tf.randomUniform(shape, -0.1, 0.1);
  const inputs = random(batch, time, inputDim);
  const shared = [random(inputDim, units), random(units, units), random(units)];
  const weights = [
    ...shared,
    ...(kind === 'antisymmetric' ? [random(inputDim, units)] : [random(units, units)]),
  ];
  const product = (h, W) => tf.matMul(h, W, false, true);
  const lipschitz = (x, [U, W, b, A]) => {
    const z = tf.add(tf.matMul(x, U), b);
    return (h) => tf.add(product(h, A), tf.tanh(tf.add(product(h, W), z)));
  };
  const gated = (x, [U, W, b, gateU]) => {
    const z = tf.add(tf.matMul(x, U), b);
    const gateZ = tf.add(tf.matMul(x, gateU), b);
    return (h) => {
      const gate = tf.sigmoid(tf.add(product(h, W), gateZ));
      return tf.mul(gate, tf.tanh(tf.add(product(h, W), z)));
    };
  };
  const slopeAt = kind === 'antisymmetric' ? gated : lipschitz;
  const loss = (...given) => {
    let h = tf.zeros([batch, units]);
    for (let t = 0; t < time; t++) {
      const x = tf.reshape(tf.slice(inputs, [0, t, 0], [batch, 1, inputDim]), [batch, inputDim]);
      const slope = slopeAt(x, given);
      const k = kind === 'lipschitzRK2' ? slope(tf.add(h, tf.mul(slope(h), 0.015))) : slope(h);
      h = tf.add(h, tf.mul(k, 0.03));
    }
    return tf.sum(h);
  };
  const gradient = tf.valueAndGrads(loss);
  return () => gradient(weights);
}

const rows = {
  'Lipschitz, Euler': 'lipschitz',
  'Lipschitz, RK2': 'lipschitzRK2',
  'antisymmetric, gated': 'antisymmetric',
  LSTM: 'lstm',
};
await tf.setBackend('cpu');
for (const [name, kind] of Object.entries(rows)) {
  const row = { kind, units: 3, batch: 2, inputDim: 2 };
  const before = await perStep(kind === 'lstm' ? layersLSTM : asFormula, row);
  const reference = await perStep((sized) => training(sized).reference, row);
  const against = kind === 'lstm' ? "tf.layers' own" : 'as the formula reads';
  const show = ({ launches, sent, read }) =>
    `${launches.toFixed(1)} launches, ${sent.toFixed(1)} numbers sent, ${read.toFixed(1)} read`;
  console.log(`${name.padEnd(22)}${show(reference)};  ${against}: ${show(before)}`);
  if (process.argv.includes('--kernels'))
    console.log({ before: before.kernels, reference: reference.kernels });
}
