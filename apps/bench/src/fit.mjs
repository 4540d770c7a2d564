import { lipschitzRNN, lstm } from '@hurwitz/cells';
import { setThreads } from '@hurwitz/scan';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { rows } from './rows.mjs';
import { interleaved, pause, printTable, ratio, show, timed } from './samples.mjs';
import { training } from './tfjs.mjs';

const BATCHES = 4;

/** `model.fit` of a classifier of pixel-MNIST size with Adam, against the recurrence and its gradient alone. */
export async function fit({ rounds, threads }) {
  setThreads(threads);
  await warmUp();
  const lines = [];
  for (const row of [rows[0], rows[1], rows[4]]) {
    const problem = training(row);
    const trained = classifier(row);
    const contestants = {
      bare: () =>
        timed(() => {
          for (let i = 0; i < BATCHES; i++) problem.fused();
        }) / BATCHES,
      fit: async () => {
        const start = performance.now();
        await trained.fit();
        return (performance.now() - start) / BATCHES;
      },
    };
    contestants.bare();
    await contestants.fit();
    await pause(100);
    const samples = await interleaved(rounds, contestants);
    problem.dispose();
    trained.dispose();
    lines.push({
      problem: row.name,
      'the recurrence alone, ms a batch': show(samples.bare),
      '`model.fit`, ms a batch': show(samples.fit),
      'times as long': ratio(samples.fit, samples.bare),
    });
  }
  printTable(`model.fit (Adam, a dense layer of 10, cross-entropy), ${threads} threads`, lines);
}

/** A few hundred short batches, over which V8 compiles what tfjs does around the recurrence; an epoch has as many. */
async function warmUp() {
  const trained = classifier({ ...rows[0], time: 8 });
  await trained.fit(75);
  trained.dispose();
}

export function classifier({ kind, units, batch, time, inputDim }) {
  const inputShape = [time, inputDim];
  const recurrent =
    kind === 'lstm'
      ? lstm({
          ...{ units, inputShape, recurrentActivation: 'sigmoid', recurrentInitializer: 'glorotUniform' },
        })
      : lipschitzRNN({ units, inputShape, epsilon: 0.03 });
  const model = sequential({ layers: [recurrent, layers.dense({ units: 10, activation: 'softmax' })] });
  model.compile({ optimizer: tf.train.adam(0.001), loss: 'categoricalCrossentropy' });
  const examples = BATCHES * batch;
  const x = tf.randomUniform([examples, time, inputDim]);
  const y = tf.oneHot(tf.randomUniform([examples], 0, 10, 'int32'), 10);
  return {
    fit: (epochs = 1) => model.fit(x, y, { batchSize: batch, epochs, shuffle: false, verbose: 0 }),
    dispose() {
      tf.dispose([x, y]);
      model.dispose();
    },
  };
}
