/** An example, by where it stands and by a piece of its code. */
export interface Found {
  at: string;
  shows: string;
}

/** What an example leaves out because its text has said it: names that it uses, as statements that come before it. */
export const given: readonly (Found & { before: string })[] = [
  {
    at: 'cells/README',
    shows: 'class LowRankCell',
    before: `
    import '@tensorflow/tfjs-backend-cpu';
    import * as tf from '@tensorflow/tfjs-core';`,
  },
  {
    at: 'cells/README',
    shows: 'await saveModel(model',
    before: `
    import '@tensorflow/tfjs-backend-cpu';
    import { layers, sequential } from '@tensorflow/tfjs-layers';
    const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] });`,
  },
  {
    at: 'lyapunov/README',
    shows: 'onEpochEnd',
    before: `
    import '@tensorflow/tfjs-backend-cpu';
    import * as tf from '@tensorflow/tfjs-core';
    import { layers, sequential } from '@tensorflow/tfjs-layers';
    import { tangentSystem } from '@hurwitz/cells';
    import { lyapunovSpectrum, meanExponent } from '@hurwitz/lyapunov';
    const model = sequential({ layers: [layers.simpleRNN({ units: 2, inputShape: [5, 1], recurrentInitializer: 'glorotNormal' })] });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const [x, y] = [tf.ones([10, 5, 1]), tf.zeros([10, 2])];
    const inputs = [Array.from({ length: 40 }, (_, t) => [Math.sin(t)])];`,
  },
  {
    at: 'scan/README',
    shows: 'defineFamily({',
    before: `
    import '@tensorflow/tfjs-backend-cpu';
    import * as tf from '@tensorflow/tfjs-core';`,
  },
  {
    at: 'training/README',
    shows: 'keepStable(layer',
    before: `
    import '@tensorflow/tfjs-backend-cpu';
    import { vanillaRNN } from '@hurwitz/cells';
    import { keepStable, stabilityMetrics, train } from '@hurwitz/training';
    import { layers, sequential } from '@tensorflow/tfjs-layers';
    const layer = vanillaRNN({ units: 2, inputShape: [3, 1] });
    const model = sequential({ layers: [layer] });
    const data = { inputs: [[[1], [0], [1]], [[0], [1], [0]]], targets: [[0, 1], [1, 0]] };`,
  },
  {
    at: 'training/README',
    shows: 'RunFolder.create',
    before: `
    import '@tensorflow/tfjs-backend-cpu';
    import { buildTask, configVersion, defaultsOf, RunFolder, runTask, validateConfig } from '@hurwitz/training';`,
  },
  {
    at: 'datasets batches',
    shows: 'batches(train',
    before: `
    const train = sequenceDataset({ inputs: new Float32Array(400), shape: [200, 2, 1], targets: new Uint8Array(200), classes: 2 });`,
  },
  {
    at: 'lyapunov lyapunovStepper',
    shows: 'lyapunovStepper(system',
    before: `
    const system = rnnSystem({ W: [[0.5, 1, 0], [-1, 0.5, 0], [0, 0, 0.9]], kernel: [[1, 0, 1]] });
    const [warmup, stream] = [[[1], [0]], [[0.5], [-1], [0]]];`,
  },
];

/** Examples that do not run here, and why. */
export const left: readonly (Found & { because: string })[] = [
  { at: 'cells/README', shows: 'tf.loadLayersModel(', because: 'loads a model from a server' },
  { at: 'datasets/README', shows: 'fetchDataset(', because: 'downloads MNIST' },
  { at: 'datasets/README', shows: 'loadWarAndPeace(', because: 'reads data sets that are not there' },
  { at: 'datasets readMnist', shows: 'readMnist(', because: 'fetches files' },
  { at: 'figures/README', shows: 'figureGrid({', because: 'has dots in the place of panels' },
  { at: 'figures/README', shows: 'linkedom/worker', because: 'replaces the document of the process' },
];
