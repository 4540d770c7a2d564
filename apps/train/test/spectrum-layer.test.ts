import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { saveModel as savePackageModel } from '@hurwitz/cells/node';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { randomInputs } from '@hurwitz/analysis';
import { saveModel } from '@hurwitz/training';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runInProcess, temporaryFolder } from './command.js';

let folder = '';
beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = temporaryFolder();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A turn that shrinks, as tf.layers multiplies rows. */
const turn = (scale: number, angle: number): tf.Tensor2D =>
  tf.tensor2d([
    [scale * Math.cos(angle), scale * Math.sin(angle)],
    [-scale * Math.sin(angle), scale * Math.cos(angle)],
  ]);

const linear = (name: string) =>
  tfl.layers.simpleRNN({
    units: 2,
    activation: 'linear',
    useBias: false,
    recurrentInitializer: 'zeros',
    returnSequences: true,
    name,
  }) as tfl.RNN;

async function save(name: string, model: tfl.Sequential): Promise<string> {
  await saveModel(model, join(folder, name), { config: {}, test: {} });
  model.dispose();
  return join(folder, name, 'model.json');
}

/** The exponents that `hurwitz spectrum` writes. */
async function exponents(path: string, ...flags: string[]): Promise<number[]> {
  const usual = ['--steps', '50', '--sequences', '3', '--backend', 'cpu', '--out', join(folder, 'out')];
  expect(await runInProcess(['spectrum', path, ...usual, ...flags])).toBeUndefined();
  return JSON.parse(readFileSync(join(folder, 'out', 'spectrum.json'), 'utf8')).models[0].exponents;
}

describe('spectrum --layer of a Bidirectional model', () => {
  let path = '';
  beforeAll(async () => {
    const layer = tfl.layers.bidirectional({
      layer: linear('turn'),
      mergeMode: 'concat',
      inputShape: [null, 1],
    });
    const model = tfl.sequential({ layers: [layer] });
    layer.setWeights([tf.ones([1, 2]), turn(0.8, 0.7), tf.ones([1, 2]), turn(0.5, 0.2)]);
    path = await save('both', model);
  });

  it('measures each direction alone: ln 0.8 and ln 0.5 within 1e-7', async () => {
    for (const [name, scale] of [
      ['forward_turn', 0.8],
      ['backward_turn', 0.5],
    ] as const) {
      const found = await exponents(path, '--layer', name);
      expect(found).toHaveLength(2);
      for (const value of found) expect(Math.abs(value - Math.log(scale))).toBeLessThan(1e-7);
    }
  });

  it('without it names both directions, and says so of a name that is none', async () => {
    const whole = await runInProcess(['spectrum', path, '--backend', 'cpu']);
    expect(whole).toContain('--layer forward_turn or --layer backward_turn.');
    expect(whole).not.toMatch(/tangentSystem|forwardLayer|\(\)/);
    expect(await runInProcess(['spectrum', path, '--layer', 'forwad_turn', '--backend', 'cpu'])).toContain(
      'Unknown --layer forwad_turn. Did you mean forward_turn?',
    );
  });
});

describe('a model that a program saved with its checksums', () => {
  it('is measured, ln 0.8 within 1e-7, and refused once a bit of its weights or a number of it is changed', async () => {
    const layer = linear('rnn');
    const model = tfl.sequential({ layers: [tfl.layers.inputLayer({ inputShape: [null, 1] }), layer] });
    layer.setWeights([tf.ones([1, 2]), turn(0.8, 0.7)]);
    const path = await savePackageModel(model, join(folder, 'saved'));
    for (const value of await exponents(path)) expect(Math.abs(value - Math.log(0.8))).toBeLessThan(1e-7);
    const refusal = () => runInProcess(['spectrum', path, '--backend', 'cpu', '--steps', '4']);

    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('"linear"', '"tanh"'));
    expect(await refusal()).toMatch(/^Expected the layers of .*by their checksum\. It is damaged/);
    writeFileSync(path, text);

    const [weights] = readdirSync(join(folder, 'saved')).filter((name) => name.endsWith('.bin'));
    const file = join(folder, 'saved', weights!);
    const bytes = readFileSync(file);
    bytes[9]! ^= 1;
    writeFileSync(file, bytes);
    expect(await refusal()).toMatch(/^Expected the weights of .*by their checksum\. It is damaged/);
  });
});

describe('random tokens of an embedding', () => {
  it.each([
    [false, 0],
    [true, 1],
  ])(
    'maskZero %s: the least token is %d, so that every step counts: ln 0.8 within 1e-7',
    async (maskZero) => {
      const layer = linear('rnn');
      const embedding = tfl.layers.embedding({ inputDim: 2, outputDim: 1, maskZero, inputShape: [null] });
      const model = tfl.sequential({ layers: [embedding, layer] });
      layer.setWeights([tf.ones([1, 2]), turn(0.8, 0.7)]);
      // A step that is passed over would keep the tangents as they are.
      for (const value of await exponents(await save(`masked-${maskZero}`, model))) {
        expect(Math.abs(value - Math.log(0.8))).toBeLessThan(1e-7);
      }
    },
  );

  it.each([
    [0, [0, 1, 2]],
    [1, [1, 2]],
  ])('from token %d of 3: all the others are drawn, and none below', (firstToken, tokens) => {
    const system = { inputSize: 1, vocabularySize: 3 } as Parameters<typeof randomInputs>[0];
    for (const seed of [0, 1, 2]) {
      const { sequences } = randomInputs(system, { sequences: 10, steps: 200, seed, firstToken });
      expect([...new Set(sequences.flat().map((row) => row[0]))].sort()).toEqual(tokens);
    }
  });

  it('a model that passes over its only token is refused', async () => {
    const embedding = tfl.layers.embedding({
      inputDim: 1,
      outputDim: 1,
      maskZero: true,
      inputShape: [null],
    });
    const path = await save('empty', tfl.sequential({ layers: [embedding, linear('rnn')] }));
    expect(await runInProcess(['spectrum', path, '--backend', 'cpu'])).toContain(
      'The model passes over every token that it knows.',
    );
  });
});
