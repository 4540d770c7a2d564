import { nativeMemory } from '@hurwitz/kernels-native';
import { fuse, fusedMemory, recurrence, unfuse } from '@hurwitz/scan';
import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';

const random = (shape, scale) => tf.randomUniform(shape, -scale, scale);
const midpoint = { name: 'midpoint', order: 2, a: [[], [0.5]], b: [0, 1], c: [0, 0.5] };

/** One training step without the optimiser: the loss is a weighted sum of the last state, differentiated in every weight. */
export function training({ kind, units, batch, time, inputDim, tokens }) {
  const scale = 1 / Math.sqrt(units);
  const inputs = tokens
    ? tf.randomUniform([batch, time], 0, inputDim, 'int32')
    : random([batch, time, inputDim], 1);
  const cotangent = random([batch, units], 1);
  const gates = { lstm: 4, gru: 3 }[kind] ?? 1;
  const weights = [random([inputDim, gates * units], 0.1), random([units, gates * units], scale)];
  weights.push(random([gates * units], 0.1));
  if (kind.startsWith('lipschitz')) weights.push(random([units, units], scale / 2));
  if (kind === 'antisymmetric') weights.push(random([inputDim, units], 0.1), random([units], 0.1));
  let tapeBytes = 0;
  const loss = (kernel, matrix, bias, extra, gateBias) => {
    const shared = { kernel, bias, returnSequences: false };
    const cell = { ...shared, family: kind, recurrentKernel: matrix, recurrentActivation: 'sigmoid' };
    const system = { ...shared, W: matrix, epsilon: 0.03 };
    const spec = {
      lstm: cell,
      gru: cell,
      lipschitz: { ...system, A: extra },
      lipschitzRK2: { ...system, A: extra, tableau: midpoint },
      antisymmetric: { ...system, gate: { kernel: extra, bias: gateBias } },
    }[kind];
    const [state] = recurrence(inputs, spec).finalState;
    tapeBytes = fusedMemory().usedBytes + nativeMemory().usedBytes;
    return tf.sum(tf.mul(state, cotangent));
  };
  const gradient = tf.valueAndGrads(loss);
  const step = () => {
    const { value, grads } = gradient(weights);
    value.dataSync();
    tf.dispose([value, grads]);
  };
  return {
    fused() {
      fuse();
      step();
    },
    reference() {
      unfuse();
      step();
      fuse();
    },
    /** The gradients of one step, weight by weight. */
    gradients() {
      const { value, grads } = gradient(weights);
      const values = grads.map((grad) => grad.dataSync().slice());
      tf.dispose([value, grads]);
      return values;
    },
    tapeBytes: () => tapeBytes,
    dispose: () => tf.dispose([inputs, cotangent, weights]),
  };
}

/** The same step of tf.layers' own LSTM. */
export function layersLSTM({ units, batch, time, inputDim, tokens }) {
  // The default initialiser, orthogonal, needs tfjs's chained operations, which only its union package registers.
  const layer = layers.lstm({
    units,
    recurrentActivation: 'sigmoid',
    recurrentInitializer: 'glorotUniform',
  });
  const x = tokens
    ? tf.oneHot(tf.randomUniform([batch, time], 0, inputDim, 'int32'), inputDim)
    : random([batch, time, inputDim], 1);
  const inputs = tf.cast(x, 'float32');
  layer.apply(inputs);
  return () => {
    const { value, grads } = tf.variableGrads(() => tf.sum(layer.apply(inputs)));
    value.dataSync();
    tf.dispose([value, grads]);
  };
}
