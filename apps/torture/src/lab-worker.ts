/** A thread that runs commands of `hurwitz` one after the other, as their processes would, and says what came of each. */
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { lipschitzRNN, lstm, tangentSystem } from '@hurwitz/cells';
import { fetchDataset } from '@hurwitz/datasets/node';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { measureSpectrum, randomInputs } from '@hurwitz/analysis';
import { loadModelFile, saveModel } from '@hurwitz/training';
import { model as functional, input, layers, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { makeProgram } from '../../train/src/cli.js';
import { failureText } from '../../train/src/failures/failure-text.js';
import type { Answer, Task } from './lab.js';
import { isOwnFault } from './processes.js';
import { runSmallParts } from './small-parts.js';

await tf.setBackend('cpu');

let lines: string[] = [];
console.log = (...parts: unknown[]) => lines.push(parts.join(' '));
// Progress and warnings, and what TensorFlow.js says of itself in a thread's first task, are no results.
for (const name of ['error', 'warn', 'info'] as const) console[name] = () => {};

async function command(args: readonly string[]): Promise<void> {
  const program = makeProgram();
  const quiet = {
    writeErr: (text: string) => lines.push(text),
    writeOut: (text: string) => lines.push(text),
  };
  for (const each of [program, ...program.commands]) each.exitOverride().configureOutput(quiet);
  await program.parseAsync(['node', 'hurwitz', ...args]);
}

/** The exponents of a model along a few random inputs. */
async function exponents(path: string): Promise<void> {
  const system = tangentSystem(await loadModelFile(path), { hidden: 'with-cell' });
  const inputs = randomInputs(system, { sequences: 2, steps: 6, seed: 1 });
  const measured = measureSpectrum(system, inputs, {
    steps: 5,
    warmup: 1,
    qrInterval: 1,
    precision: 'float64',
  });
  lines.push(JSON.stringify(measured.exponents.map(String)));
}

/** Models of every form that is read, to be spoilt. */
async function makeModels(folder: string): Promise<void> {
  const recurrentInitializer = 'zeros';
  const x = input({ shape: [5, 2], name: 'x' });
  const h = layers.gru({ units: 2, name: 'gru', recurrentInitializer }).apply(x) as SymbolicTensor;
  const [left, right] = ['left', 'right'].map((name) => layers.dense({ units: 2, name }).apply(h));
  const sum = layers.add({ name: 'sum' }).apply([left, right] as SymbolicTensor[]) as SymbolicTensor;
  const y = layers.simpleRNN({ units: 3, name: 'y', recurrentInitializer, returnSequences: true }).apply(x);
  const models = {
    functional: functional({
      inputs: x,
      outputs: layers.dense({ units: 1, name: 'z' }).apply(y) as SymbolicTensor,
    }),
    branches: functional({ inputs: x, outputs: sum }),
    own: sequential({
      layers: [
        layers.embedding({ inputDim: 7, outputDim: 3, inputLength: 4 }),
        lipschitzRNN({ units: 3, seed: 1, returnSequences: true }),
        lstm({ units: 2, seed: 1 }),
        layers.dense({ units: 2 }),
      ],
    }),
    nested: sequential({
      layers: [
        layers.timeDistributed({ layer: layers.dense({ units: 2 }) as never, inputShape: [4, 2] }),
        layers.rnn({
          cell: [2, 3].map((units) => layers.simpleRNNCell({ units, recurrentInitializer })) as never,
        }),
      ],
    }),
  };
  for (const [name, each] of Object.entries(models))
    await saveModel(each, join(folder, name), { config: {}, test: {} });
}

async function perform(task: Task): Promise<void> {
  switch (task.kind) {
    case 'command':
      return command(task.args);
    case 'parts':
      await runSmallParts(task.out);
      return;
    case 'exponents':
      return exponents(task.path);
    case 'models':
      return makeModels(task.folder);
    case 'fetch': {
      const { files } = await fetchDataset(task.source, { folder: task.folder, attempts: 1, retryDelay: 0 });
      for (const { status } of files) lines.push(status);
    }
  }
}

parentPort!.on('message', async (task: Task) => {
  lines = [];
  let answer: Answer;
  try {
    await perform(task);
    answer = { outcome: 'done', text: lines.join('\n') };
  } catch (error) {
    const usage = (error as Error).name === 'CommanderError';
    answer = { outcome: 'refused', text: usage ? (error as Error).message : failureText(error) };
    if (!usage && isOwnFault(answer.text))
      answer = { outcome: 'raw', text: `${(error as Error).stack}`.slice(0, 600) };
  }
  parentPort!.postMessage(answer);
});
