/** What an example leaves out because its text has said it: names that it uses, as statements that come before it. */
export const given: Readonly<Record<string, string>> = {
  'cells/README 3': `
    import '@tensorflow/tfjs-backend-cpu';
    import { layers, sequential } from '@tensorflow/tfjs-layers';
    const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] });`,
  'lyapunov/README 3': `
    import '@tensorflow/tfjs-backend-cpu';
    import * as tf from '@tensorflow/tfjs-core';
    import { layers, sequential } from '@tensorflow/tfjs-layers';
    import { tangentSystem } from '@hurwitz/cells';
    import { lyapunovSpectrum, meanExponent } from '@hurwitz/lyapunov';
    const model = sequential({ layers: [layers.simpleRNN({ units: 2, inputShape: [5, 1], recurrentInitializer: 'glorotNormal' })] });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const [x, y] = [tf.ones([10, 5, 1]), tf.zeros([10, 2])];
    const inputs = [Array.from({ length: 40 }, (_, t) => [Math.sin(t)])];`,
  'scan/README 2': `
    import '@tensorflow/tfjs-backend-cpu';
    import * as tf from '@tensorflow/tfjs-core';`,
  'training/README 2': `
    import '@tensorflow/tfjs-backend-cpu';
    import { vanillaRNN } from '@hurwitz/cells';
    import { keepStable, stabilityMetrics, train } from '@hurwitz/training';
    import { layers, sequential } from '@tensorflow/tfjs-layers';
    const layer = vanillaRNN({ units: 2, inputShape: [3, 1] });
    const model = sequential({ layers: [layer] });
    const data = { inputs: [[[1], [0], [1]], [[0], [1], [0]]], targets: [[0, 1], [1, 0]] };`,
  'training/README 3': `
    import '@tensorflow/tfjs-backend-cpu';
    import { buildTask, configVersion, defaultsOf, RunFolder, runTask, validateConfig } from '@hurwitz/training';`,
  'datasets batches': `
    const train = sequenceDataset({ inputs: new Float32Array(400), shape: [200, 2, 1], targets: new Uint8Array(200), classes: 2 });`,
  'lyapunov lyapunovStepper': `
    const system = rnnSystem({ W: [[0.5, 1, 0], [-1, 0.5, 0], [0, 0, 0.9]], kernel: [[1, 0, 1]] });
    const [warmup, stream] = [[[1], [0]], [[0.5], [-1], [0]]];`,
};

/** Examples that do not run here, and why. */
export const left: Readonly<Record<string, string>> = {
  'cells/README 2': 'loads a model from a server',
  'datasets/README 2': 'downloads MNIST',
  'datasets/README 4': 'reads data sets that are not there',
  'datasets readMnist': 'fetches files',
  'figures/README 2': 'has dots in the place of panels',
  'figures/README 3': 'replaces the document of the process',
};
