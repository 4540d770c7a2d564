import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { correctCount, crossEntropySum, squaredErrorSum } from '../src/models/losses.js';

describe.each(['cpu', 'wasm'])('losses on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  it('the cross-entropy is -log softmax at the label, summed (1e-5), and its gradient softmax - one-hot (1e-6)', () => {
    const rows = [
      [1, -2, 0.5],
      [0.3, 0.1, -0.7],
    ];
    const labels = [2, 0];
    const softmax = rows.map((row) =>
      row.map((x) => Math.exp(x) / row.reduce((sum, y) => sum + Math.exp(y), 0)),
    );
    const expected = -labels.reduce((sum, label, i) => sum + Math.log(softmax[i]?.[label] as number), 0);
    const logits = tf.tensor2d(rows);
    const targets = tf.tensor1d(labels, 'int32');
    expect(crossEntropySum(logits, targets).dataSync()[0]).toBeCloseTo(expected, 5);
    const gradient = tf
      .grad((x: tf.Tensor) => crossEntropySum(x, targets))(logits)
      .arraySync() as number[][];
    softmax.forEach((row, i) => {
      row.forEach((p, j) => {
        expect(gradient[i]?.[j]).toBeCloseTo(p - (labels[i] === j ? 1 : 0), 6);
      });
    });
  });

  it('counts the largest logits and takes labels at every step', () => {
    const logits = tf.tensor3d([
      [
        [1, 2],
        [3, 0],
      ],
      [
        [0, 1],
        [0, 1],
      ],
    ]);
    const labels = tf.tensor2d(
      [
        [1, 1],
        [1, 0],
      ],
      [2, 2],
      'int32',
    );
    expect(correctCount(logits, labels).dataSync()[0]).toBe(2);
    // -log softmax of two logits d apart: log(1 + e^-d) for the larger, d more for the smaller.
    const apart = (d: number): number => Math.log(1 + Math.exp(-d));
    const expected = apart(1) + (3 + apart(3)) + apart(1) + (1 + apart(1));
    expect(crossEntropySum(logits, labels).dataSync()[0]).toBeCloseTo(expected, 5);
  });

  it('the squared error takes outputs with a last axis of 1', () => {
    const error = squaredErrorSum(tf.tensor2d([[1], [2]]), tf.tensor1d([0, 4]));
    expect(error.dataSync()[0]).toBe(5);
  });
});
