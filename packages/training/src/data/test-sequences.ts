import type * as tf from '@tensorflow/tfjs-core';
import type { Stage } from '../loop/stage.js';

/** Sequences of a task's test data on the host, in float64. */
export interface TestSequences {
  /** [sequence][time] input vectors, or tokens as vectors of one number each. */
  sequences: Float64Array[][];
  tokens: boolean;
  /** Initial states, where the task gives them. */
  starts?: Float64Array[];
}

/** The first test sequences of a stage. */
export function testSequences(stage: Pick<Stage, 'testInputs'>, count: number): TestSequences {
  const given = stage.testInputs(count);
  const [inputs, start] = [given].flat() as [tf.Tensor2D | tf.Tensor3D, tf.Tensor2D?];
  const sequences = inputs.arraySync().map((sequence) => sequence.map((x) => Float64Array.from([x].flat())));
  const starts = start?.arraySync().map((row) => Float64Array.from(row));
  for (const tensor of [given].flat()) tensor.dispose();
  return { sequences, tokens: inputs.rank === 2, ...(starts !== undefined && { starts }) };
}
