import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lstm, vanillaRNN } from '@hurwitz/cells';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { loadModelFile, saveModel, UserError } from '@hurwitz/training';
import {
  model as functional,
  input,
  type LayersModel,
  layers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefused, temporaryFolder } from './command.js';

// biome-ignore lint/suspicious/noExplicitAny: the tests put anything into it.
type ModelJson = any;

let folder = '';
beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = temporaryFolder();
});
afterAll(() => rmSync(folder, { recursive: true }));

const spec = (name: string, shape: number[]) => ({ name, shape, dtype: 'float32' });

/** in → rnn → out, with 4 + 4 + 2 weights, as tfjs writes it. */
const functionalJson = (): ModelJson => ({
  format: 'layers-model',
  modelTopology: {
    class_name: 'Model',
    config: {
      name: 'model1',
      layers: [
        {
          name: 'in',
          class_name: 'InputLayer',
          config: { batch_input_shape: [null, null, 2], dtype: 'float32', sparse: false, name: 'in' },
          inbound_nodes: [],
        },
        {
          name: 'rnn',
          class_name: 'SimpleRNN',
          config: { name: 'rnn', units: 2, use_bias: true, activation: 'tanh' },
          inbound_nodes: [[['in', 0, 0, {}]]],
        },
      ],
      input_layers: [['in', 0, 0]],
      output_layers: [['rnn', 0, 0]],
    },
  },
  weightsManifest: [
    {
      paths: ['weights.bin'],
      weights: [spec('rnn/kernel', [2, 2]), spec('rnn/recurrent_kernel', [2, 2]), spec('rnn/bias', [2])],
    },
  ],
});

const numbers = Float32Array.from({ length: 10 }, (_, i) => Math.sin(i));
const bytes = new Uint8Array(numbers.buffer);

/** Writes a model of {@link functionalJson}, changed, and returns the path of its model.json. */
function write(
  change: (json: ModelJson, folder: string) => unknown = () => {},
  weights: Uint8Array | undefined = bytes,
): string {
  const at = mkdtempSync(join(folder, 'model-'));
  if (weights !== undefined) writeFileSync(join(at, 'weights.bin'), weights);
  const json = functionalJson();
  const text = change(json, at);
  writeFileSync(join(at, 'model.json'), typeof text === 'string' ? text : JSON.stringify(json));
  return join(at, 'model.json');
}

const valuesOf = (loaded: LayersModel): number[][] => loaded.getWeights().map((w) => [...w.dataSync()]);

/** The weights of the file, in order. */
const whole = [0, 4, 8].map((start, i) => [...numbers.slice(start, start + [4, 4, 2][i]!)]);

/** Puts a value at a path of keys. */
const set =
  (path: string, value: unknown) =>
  (json: ModelJson): void => {
    const keys = path.split('.');
    const last = keys.pop()!;
    keys.reduce((at, key) => at[key], json)[last] = value;
  };

const layer = (json: ModelJson, i: number) => json.modelTopology.config.layers[i];

async function refusal(path: string): Promise<string> {
  const error = await loadModelFile(path).then(
    () => 'nothing was thrown',
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  const { message } = error as UserError;
  expect(message).not.toContain('\n');
  expect(message.length).toBeLessThan(600);
  return message;
}

describe('reads to the bit', () => {
  it('a functional model', async () => {
    expect(valuesOf(await loadModelFile(write()))).toEqual(whole);
  });

  it('after a byte order mark', async () => {
    expect(valuesOf(await loadModelFile(write((json) => `\uFEFF${JSON.stringify(json)}`)))).toEqual(whole);
  });

  it('weights over several files, also in a folder below', async () => {
    const path = write((json, at) => {
      mkdirSync(join(at, 'shards'));
      writeFileSync(join(at, 'shards', '2.bin'), bytes.subarray(12));
      json.weightsManifest[0].paths = ['1.bin', 'shards/2.bin'];
      writeFileSync(join(at, '1.bin'), bytes.subarray(0, 12));
    });
    expect(valuesOf(await loadModelFile(path))).toEqual(whole);
  });

  it('a link to another file of its folder', async () => {
    const path = write((json, at) => {
      symlinkSync('weights.bin', join(at, 'link.bin'));
      json.weightsManifest[0].paths = ['link.bin'];
    });
    expect(valuesOf(await loadModelFile(path))).toEqual(whole);
  });

  it('a topology inside model_config, and layers listed before their inputs', async () => {
    const path = write((json) => {
      json.modelTopology.config.layers.reverse();
      json.modelTopology = { keras_version: '2.4', model_config: json.modelTopology };
    });
    expect(valuesOf(await loadModelFile(path))).toEqual(whole);
  });

  it('quantised weights: min + scale · q, and half precision', async () => {
    const codes = Uint8Array.from([0, 1, 2, 255, 0x00, 0x3c, 0x00, 0xc0, 0x00, 0x38, 0x00, 0x00, 5, 0, 6, 0]);
    const path = write((json) => {
      const [kernel, recurrent, bias] = json.weightsManifest[0].weights;
      kernel.quantization = { dtype: 'uint8', min: -1, scale: 0.5 };
      recurrent.quantization = { dtype: 'float16' };
      bias.quantization = { dtype: 'uint16', min: 0, scale: 2 };
    }, codes);
    expect(valuesOf(await loadModelFile(path))).toEqual([
      [-1, -0.5, 0, 126.5],
      [1, -2, 0.5, 0],
      [10, 12],
    ]);
  });

  it('what saveModel wrote: cells of this project, layers in layers, a shared layer, two inputs', async () => {
    const shared = layers.dense({ units: 2, name: 'shared' });
    const [a, b] = [input({ shape: [5, 2], name: 'a' }), input({ shape: [5, 2], name: 'b' })];
    const sum = layers.add({ name: 'sum' }).apply([shared.apply(a), shared.apply(b)] as SymbolicTensor[]);
    const both = layers.bidirectional({
      name: 'both',
      layer: layers.lstm({
        units: 2,
        returnSequences: true,
        name: 'inner',
        recurrentInitializer: 'zeros',
      }) as never,
      mergeMode: 'concat',
    });
    const models: LayersModel[] = [
      functional({ inputs: [a, b], outputs: both.apply(sum as SymbolicTensor) as SymbolicTensor }),
      sequential({
        layers: [
          layers.embedding({ inputDim: 7, outputDim: 3, inputLength: 4 }),
          lstm({ units: 3, returnSequences: true, seed: 1 }),
          vanillaRNN({ units: 2, seed: 1 }),
          layers.dense({ units: 2 }),
        ],
      }),
      sequential({
        layers: [
          sequential({ layers: [layers.dense({ units: 3, inputShape: [4, 2] })] }),
          layers.gru({ units: 2, recurrentInitializer: 'zeros' }),
        ],
      }),
    ];
    for (const [i, each] of models.entries()) {
      await saveModel(each, join(folder, `saved-${i}`), { config: {}, test: {} });
      const loaded = await loadModelFile(join(folder, `saved-${i}`, 'model.json'));
      expect(valuesOf(loaded)).toEqual(valuesOf(each));
    }
  });
});

describe('refuses in one sentence', () => {
  const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
  it.each<[string, (json: ModelJson, folder: string) => unknown, string]>([
    [
      'an inbound node that names a missing layer',
      set('modelTopology.config.layers.1.inbound_nodes', [[['gone', 0, 0, {}]]]),
      'takes the layer "gone", which is missing',
    ],
    [
      'a layer that waits for itself',
      set('modelTopology.config.layers.1.inbound_nodes', [[['rnn', 0, 0, {}]]]),
      'waits for its own output',
    ],
    [
      'a circle of two',
      (json) => {
        layer(json, 1).inbound_nodes = [[['two', 0, 0, {}]]];
        json.modelTopology.config.layers.push({
          ...layer(json, 1),
          name: 'two',
          config: { ...layer(json, 1).config, name: 'two' },
          inbound_nodes: [[['rnn', 0, 0, {}]]],
        });
      },
      'waits for its own output',
    ],
    [
      'the missing layer in the other spelling of the key',
      (json) => {
        delete layer(json, 1).inbound_nodes;
        layer(json, 1).inboundNodes = [[['gone', 0, 0, {}]]];
      },
      'which is missing',
    ],
    [
      'a key in both spellings',
      set('modelTopology.config.layers.1.inboundNodes', [[['in', 0, 0, {}]]]),
      'in two spellings',
    ],
    [
      'a node that its layer lacks',
      set('modelTopology.config.layers.1.inbound_nodes.0.0.1', 1),
      'takes node 1 of the layer "in", which has 1',
    ],
    [
      'half a node',
      set('modelTopology.config.layers.1.inbound_nodes.0.0.1', 0.5),
      'expected [layer, node, tensor]',
    ],
    ['a missing output', set('modelTopology.config.output_layers', [['x', 0, 0]]), '"x", which is missing'],
    ['no output', set('modelTopology.config.output_layers', []), 'names no layer'],
    [
      'two layers of one name',
      (json) => void json.modelTopology.config.layers.push(layer(json, 1)),
      'two layers named "rnn"',
    ],
    [
      'a name and another one',
      set('modelTopology.config.layers.1.config.name', 'in'),
      'has another name, "in"',
    ],
    ['a layer without a name', (json) => void delete layer(json, 1).name, 'without a name'],
    [
      'a member of every object as a name',
      set('modelTopology.config.layers.1.name', 'toString'),
      'without a name',
    ],
    [
      'an unknown class',
      set('modelTopology.config.layers.1.class_name', 'Lambda'),
      'class "Lambda", which is not known',
    ],
    [
      'a member of every object as a class',
      set('modelTopology.config.layers.1.class_name', 'constructor'),
      'not known',
    ],
    [
      'a key that changes objects',
      (json) => JSON.stringify(json).replace('"use_bias"', '"__proto__":{"units":3},"use_bias"'),
      'the key "__proto__"',
    ],
    ['classes of its own', set('modelTopology.config.custom_objects', {}), '"customObjects"'],
    [
      'more units than weights',
      set('modelTopology.config.layers.1.config.units', 1e9),
      '1000000000 as units, which does not fit',
    ],
    ['text as units', set('modelTopology.config.layers.1.config.units', '2'), '"2" as units'],
    [
      'fewer units than weights',
      set('modelTopology.config.layers.1.config.units', 1),
      'does not load as a tf.layers model',
    ],
    [
      'an input of 2^60 numbers',
      set('modelTopology.config.layers.0.config.batch_input_shape', [2 ** 30, 2 ** 30, 2]),
      'batchInputShape',
    ],
    ['deep nesting', set('modelTopology.config.layers.1.config.deep', nested(1000)), 'nests more than'],
    [
      'a key of every object',
      set('modelTopology.config.layers.1.config.deep', { toString: 'x' }),
      'has the key "toString"',
    ],
    [
      'a name that is no text',
      set('modelTopology.config.layers.1.config.deep', { name: { a: 1 } }),
      'expected a text as the name',
    ],
    ['a list 100,000 deep', () => '['.repeat(1e5) + ']'.repeat(1e5), 'no model'],
    [
      'a number beyond all',
      (json) => JSON.stringify(json).replace('"units":2', '"units":1e999'),
      'too large',
    ],
    ['no layers', set('modelTopology.config.layers', []), 'without a list of layers'],
    [
      'a layer that is a number',
      set('modelTopology.config.layers.1', 7),
      'expected a layer with a class, got 7',
    ],
    ['a config that is a list', set('modelTopology.config.layers.1.config', []), 'in its config'],
    [
      'a single layer as a model',
      set('modelTopology', functionalJson().modelTopology.config.layers[1]),
      'got the class "SimpleRNN"',
    ],
    ['a graph model', set('format', 'graph-model'), 'is a graph model of TensorFlow.js'],
    [
      'a graph model that does not say so',
      (json) => {
        delete json.format;
        json.modelTopology = {
          node: Array.from({ length: 5000 }, (_, i) => ({ name: `node${i}`, op: 'Const' })),
        };
      },
      'is a graph model of TensorFlow.js',
    ],
    ['null', () => 'null', 'no model'],
    ['no JSON', () => '\u0000\u001b[31m{', 'is not JSON'],
    ['nothing', () => '', 'is not JSON'],
    ['a manifest of nothing', set('weightsManifest', 3), 'expected a list as weightsManifest'],
    [
      'a group without paths',
      (json) => void delete json.weightsManifest[0].paths,
      'expected paths and weights',
    ],
    [
      'a weight twice',
      (json) => void json.weightsManifest[0].weights.push(spec('rnn/bias', [2])),
      '"rnn/bias" twice',
    ],
    ['a weight without a name', set('weightsManifest.0.weights.0.name', 7), 'a weight without a name'],
    ['a weight named __proto__', set('weightsManifest.0.weights.0.name', '__proto__'), 'without a name'],
    ['a negative shape', set('weightsManifest.0.weights.0.shape', [-2, -2]), 'the shape [-2,-2]'],
    ['a huge shape', set('weightsManifest.0.weights.0.shape', [2 ** 40, 2 ** 40]), 'the shape'],
    ['weights of 4 GB', set('weightsManifest.0.weights.0.shape', [2 ** 30]), 'at most 2147483648 are read'],
    ['a shape in another order of sizes', set('weightsManifest.0.weights.0.shape', [4, 1]), 'does not load'],
    [
      'text as weights',
      set('weightsManifest.0.weights.0.dtype', 'string'),
      'expected float32, int32 or bool',
    ],
    ['whole numbers as weights', set('weightsManifest.0.weights.0.dtype', 'int32'), 'does not load'],
    [
      'an unknown quantisation',
      set('weightsManifest.0.weights.0.quantization', { dtype: 'int4' }),
      'expected uint8, uint16 or float16',
    ],
    [
      'a quantisation without a scale',
      set('weightsManifest.0.weights.0.quantization', { dtype: 'uint8', min: 0 }),
      'expected two numbers',
    ],
    ['a weight that nothing takes', set('weightsManifest.0.weights.2.name', 'rnn/other'), 'does not load'],
    ['a file above its folder', set('weightsManifest.0.paths', ['../weights.bin']), 'not a file beside it'],
    ['a file above, by a way round', set('weightsManifest.0.paths', ['a/../../w']), 'not a file beside it'],
    [
      'a file above, for Windows',
      set('weightsManifest.0.paths', ['..\\weights.bin']),
      'not a file beside it',
    ],
    ['a device', set('weightsManifest.0.paths', ['/dev/zero']), 'not a file beside it'],
    ['a path that is a number', set('weightsManifest.0.paths', [7]), 'weight file 7'],
    ['a file that is not there', set('weightsManifest.0.paths', ['gone.bin']), 'there is no such file'],
    ['its folder', set('weightsManifest.0.paths', ['.']), 'no regular file'],
    [
      'a link to a device',
      (json, at) => {
        symlinkSync('/dev/zero', join(at, 'zero'));
        json.weightsManifest[0].paths = ['zero'];
      },
      'a link to a file outside its folder',
    ],
    [
      'a link out of the folder',
      (json, at) => {
        writeFileSync(join(folder, 'elsewhere.bin'), bytes);
        symlinkSync('../elsewhere.bin', join(at, 'out.bin'));
        json.weightsManifest[0].paths = ['out.bin'];
      },
      'a link to a file outside its folder',
    ],
    [
      'a link to itself',
      (json, at) => {
        symlinkSync('round', join(at, 'round'));
        json.weightsManifest[0].paths = ['round'];
      },
      'lead in a circle',
    ],
    [
      'a pipe that nobody writes to',
      (json, at) => {
        execFileSync('mkfifo', [join(at, 'pipe')]);
        json.weightsManifest[0].paths = ['pipe'];
      },
      'no regular file',
    ],
    [
      'a file too many',
      (json) => json.weightsManifest[0].paths.push('weights.bin') && undefined,
      'at most 0 are read',
    ],
  ])('%s', async (_, change, message) => {
    expect(await refusal(write(change))).toContain(message);
  });

  it.each<[string, Uint8Array, string]>([
    ['surplus weight bytes', new Uint8Array([...bytes, 0]), 'holds 41 bytes, where its model describes 40'],
    ['too few weight bytes', bytes.subarray(1), 'holds 39 bytes, where its model describes 40'],
    ['no bytes', new Uint8Array(0), 'holds 0 bytes'],
    [
      'a weight that is NaN',
      new Uint8Array(Float32Array.from(numbers, (x, i) => (i === 9 ? Number.NaN : x)).buffer),
      '"rnn/bias" holds a number that is not finite',
    ],
    [
      'a weight that is infinite',
      new Uint8Array(Float32Array.from(numbers, (x, i) => (i === 5 ? -Infinity : x)).buffer),
      '"rnn/recurrent_kernel" holds a number that is not finite',
    ],
  ])('%s', async (_, weights, message) => {
    expect(await refusal(write(() => {}, weights))).toContain(message);
  });

  it('text that is not UTF-8', async () => {
    const path = write();
    writeFileSync(path, Uint8Array.from([0xff, 0xfe, 0x7b, 0]));
    expect(await refusal(path)).toContain('not UTF-8');
  });

  it('a half-precision weight that is NaN', async () => {
    const codes = new Uint8Array(2 * 10);
    codes.set([0x01, 0x7c], 18);
    const quantise = (json: ModelJson): void => {
      for (const weight of json.weightsManifest[0].weights) weight.quantization = { dtype: 'float16' };
    };
    expect(await refusal(write(quantise, codes))).toContain('"rnn/bias" holds a number that is not finite');
  });

  it('5,000 layers in a row', async () => {
    const path = write((json) => {
      const { layers: list } = json.modelTopology.config;
      for (let i = 0; i < 5000; i++) {
        const name = `d${i}`;
        const inbound = [[[i === 0 ? 'rnn' : `d${i - 1}`, 0, 0, {}]]];
        list.push({
          name,
          class_name: 'Activation',
          config: { name, activation: 'tanh' },
          inbound_nodes: inbound,
        });
      }
    });
    expect(await refusal(path)).toContain('more than 4096 layers');
  });

  it('on the command line, with exit code 1: a layer that never comes, and no weights but /dev/zero', async () => {
    const waiting = write(set('modelTopology.config.layers.1.inbound_nodes', [[['gone', 0, 0, {}]]]));
    await expectRefused(['spectrum', waiting], folder, 'takes the layer "gone", which is missing');
    const endless = write(set('weightsManifest.0.paths', ['/dev/zero']));
    await expectRefused(['spectrum', endless], folder, 'not a file beside it');
  });
});
