import * as tf from '@tensorflow/tfjs-core';
import { UserError } from '../errors.js';
import type { NamedArray } from '../run/checkpoint-file.js';

const scalars = ['accBeta1', 'accBeta2'] as const;

/** The running powers of Adam's decay rates; the class keeps them to itself. */
function adamPowers(optimizer: tf.Optimizer): Record<(typeof scalars)[number], tf.Variable> | undefined {
  // Not instanceof, by which tfjs takes every optimizer for one of any class.
  if (optimizer.getClassName() !== 'Adam') return undefined;
  const adam = optimizer as tf.AdamOptimizer;
  return { accBeta1: adam['accBeta1'], accBeta2: adam['accBeta2'] };
}

/** The whole state of an optimizer, to the bit. */
export async function saveOptimizer(optimizer: tf.Optimizer): Promise<NamedArray[]> {
  const weights = await optimizer.getWeights();
  const named = weights.map(({ name, tensor }) => toArray(name, tensor));
  // The count of steps comes as a tensor made for the call, the others are the optimizer's own.
  weights.find(({ name }) => name === 'iter')?.tensor.dispose();
  const powers = adamPowers(optimizer);
  if (powers !== undefined) for (const name of scalars) named.push(toArray(name, powers[name]));
  return named;
}

/**
 * Puts a saved state back. Adam's own `setWeights` computes the powers of its decay rates anew, which rounds
 * otherwise than the running product does, so the saved ones are put in their place.
 */
export async function restoreOptimizer(optimizer: tf.Optimizer, saved: NamedArray[]): Promise<void> {
  const powers = adamPowers(optimizer);
  const weights = saved.filter(
    ({ name }) => powers === undefined || !scalars.some((scalar) => scalar === name),
  );
  const tensors = weights.map(({ name, shape, values }) => ({
    name,
    tensor: tf.tensor(values, shape, 'float32'),
  }));
  await optimizer.setWeights(tensors);
  // The optimizer's variables hold copies.
  tf.dispose(tensors.map(({ tensor }) => tensor));
  if (powers === undefined) return;
  for (const name of scalars) {
    const value = saved.find((array) => array.name === name)?.values[0];
    if (value === undefined) throw new UserError(`The checkpoint lacks the optimizer's ${name}.`);
    tf.tidy(() => powers[name].assign(tf.scalar(value)));
  }
}

function toArray(name: string, tensor: tf.Tensor): NamedArray {
  return { name, shape: tensor.shape, values: Float32Array.from(tensor.dataSync()) };
}
