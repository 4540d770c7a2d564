import { fusedMemory, setMaxTapeBytes } from '@hurwitz/scan';
import * as tf from '@tensorflow/tfjs-core';
import { classifier } from './fit.mjs';
import { printTable } from './samples.mjs';
import { training } from './tfjs.mjs';

const STEPS = 1000;

/** What is left behind by 1,000 training steps of small problems, after a first few. */
export async function memory() {
  const size = { units: 24, batch: 16, time: 50, inputDim: 2 };
  const lines = [];
  const watch = async (name, run) => {
    await run(8);
    const before = { ...fusedMemory(), tensors: tf.memory().numTensors };
    await run(STEPS);
    const after = { ...fusedMemory(), tensors: tf.memory().numTensors };
    lines.push({
      [`${STEPS} steps of`]: name,
      'tensors more': after.tensors - before.tensors,
      'WebAssembly bytes more in use': after.usedBytes - before.usedBytes,
      'WebAssembly bytes more reserved': after.reservedBytes - before.reservedBytes,
    });
  };
  for (const kind of ['lipschitz', 'lipschitzRK2', 'antisymmetric', 'lstm', 'gru']) {
    const problem = training({ kind, ...size });
    const steps = (count) => {
      for (let i = 0; i < count; i++) problem.fused();
    };
    await watch(kind, steps);
    setMaxTapeBytes(0);
    await watch(`${kind}, tape in segments`, steps);
    setMaxTapeBytes(2 ** 30);
    problem.dispose();
  }
  const trained = classifier({ kind: 'lipschitz', ...size });
  await watch('`model.fit`', (count) => trained.fit(count / 4));
  trained.dispose();
  printTable('Tensors and WebAssembly memory', lines);
}
