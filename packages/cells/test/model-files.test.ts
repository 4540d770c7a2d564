import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lipschitzRNN, lstm } from '../src/index.js';
import { loadModel, ModelFileError, saveModel } from '../src/node.js';
import { useBackend } from './backends.js';

interface ModelFile {
  format: string;
  weightsManifest: { paths: string[]; weights: unknown[] }[] | undefined;
  userDefinedMetadata: object | undefined;
}

const build = (seed = 1): LayersModel =>
  sequential({
    layers: [
      lipschitzRNN({ units: 3, epsilon: 0.125, seed, returnSequences: true, inputShape: [4, 2] }),
      lstm({ units: 2, seed }),
      layers.dense({ units: 1 }),
    ],
  });

const x = () => tf.randomNormal([2, 4, 2], 0, 1, 'float32', 3);
const output = (model: LayersModel): number[] => Array.from((model.predict(x()) as tf.Tensor).dataSync());

describe('a model in files', () => {
  let folder: string;
  beforeEach(async () => {
    await useBackend('cpu');
    folder = await mkdtemp(join(tmpdir(), 'hurwitz-model-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const change = async (edit: (json: ModelFile) => void): Promise<void> => {
    const path = join(folder, 'model.json');
    const json = JSON.parse(await readFile(path, 'utf8'));
    edit(json);
    await writeFile(path, JSON.stringify(json));
  };
  const weightsFile = async () =>
    join(folder, (await readdir(folder)).find((name) => name.endsWith('.bin'))!);

  test('comes back with the same outputs, bit for bit, from the folder or the model.json', async () => {
    const model = build();
    const path = await saveModel(model, join(folder, 'new', 'deep'));
    expect(path).toBe(join(folder, 'new', 'deep', 'model.json'));
    expect(output(await loadModel(path))).toEqual(output(model));
    expect(output(await loadModel(join(folder, 'new', 'deep')))).toEqual(output(model));
  });

  test('is replaced as a whole: the new model, one file of weights, no temporary file', async () => {
    await saveModel(build(1), folder);
    const second = build(2);
    await saveModel(second, folder);
    const names = await readdir(folder);
    expect(names.filter((name) => /^weights\.[0-9a-f]{16}\.bin$/.test(name))).toHaveLength(1);
    expect(names).toHaveLength(2);
    expect(output(await loadModel(folder))).toEqual(output(second));
  });

  test('stays as it was where the new model.json was never written', async () => {
    const first = build(1);
    await saveModel(first, folder);
    const before = await readFile(join(folder, 'model.json'));
    const old = await readFile(await weightsFile());
    const oldName = await weightsFile();
    await saveModel(build(2), folder);
    // As after a crash between the weights and model.json.
    await writeFile(join(folder, 'model.json'), before);
    await writeFile(oldName, old);
    expect(output(await loadModel(folder))).toEqual(output(first));
  });

  test('keeps what the user noted, and can be saved again after loading', async () => {
    const model = build();
    model.setUserDefinedMetadata({ note: 'mine' });
    await saveModel(model, folder);
    const loaded = await loadModel(folder);
    expect(loaded.getUserDefinedMetadata()).toMatchObject({ note: 'mine' });
    await saveModel(loaded, folder);
    expect(output(await loadModel(folder))).toEqual(output(model));
  });

  test('is what tf.loadLayersModel reads: a manifest whose bytes are the weights in order', async () => {
    const model = build();
    await saveModel(model, folder);
    const json = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'));
    expect(json.format).toBe('layers-model');
    const bytes = await readFile(await weightsFile());
    const flat = model.getWeights().flatMap((weight) => Array.from(weight.dataSync()));
    expect(Array.from(new Float32Array(new Uint8Array(bytes).buffer))).toEqual(flat);
  });

  test('any flipped bit is refused, or changes nothing', async () => {
    const model = build();
    await saveModel(model, folder);
    const wanted = output(model);
    for (const path of [join(folder, 'model.json'), await weightsFile()]) {
      const whole = await readFile(path);
      await fc.assert(
        fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(7), async (at, bit) => {
          const damaged = Uint8Array.from(whole);
          damaged[at]! ^= 1 << bit;
          await writeFile(path, damaged);
          const loaded = await loadModel(folder).catch((error: unknown) => error as Error);
          if (loaded instanceof Error) expect(loaded).toBeInstanceOf(ModelFileError);
          else expect(output(loaded)).toEqual(wanted);
        }),
        { numRuns: 60 },
      );
      await writeFile(path, whole);
    }
  });

  test('with a byte order mark is read', async () => {
    await saveModel(build(), folder);
    const path = join(folder, 'model.json');
    await writeFile(path, `\uFEFF${await readFile(path, 'utf8')}`);
    await loadModel(folder);
  });

  const naming = (path: string) => (json: ModelFile) => {
    json.weightsManifest = [{ paths: [path], weights: json.weightsManifest![0]!.weights }];
  };
  test.each<[string, (json: ModelFile) => void, RegExp]>([
    ['weights outside its folder', naming('../x.bin'), /leaves its folder, '\.\.\/x\.bin'/],
    ['weights at an absolute path', naming('/dev/zero'), /leaves its folder/],
    ['weights that are missing', naming('none.bin'), /ENOENT/],
    ['weights in a folder', naming('.'), /no regular file/],
    [
      'no manifest',
      (json) => {
        json.weightsManifest = undefined;
      },
      /a modelTopology and a weightsManifest/,
    ],
    [
      'a graph model',
      (json) => {
        json.format = 'graph-model';
      },
      /got a graph model/,
    ],
  ])('refuses %s', async (_, edit, message) => {
    await saveModel(build(), folder);
    await change(edit);
    const error = await loadModel(folder).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ModelFileError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).toMatch(/^loadModel: expected .*, got .*\. \S+/);
  });

  test('refuses weights that are too short or too long, also without checksums', async () => {
    await saveModel(build(), folder);
    await change((json) => {
      json.userDefinedMetadata = undefined;
    });
    const path = await weightsFile();
    const whole = await readFile(path);
    for (const bytes of [whole.subarray(4), Buffer.concat([whole, whole])]) {
      await writeFile(path, bytes);
      await expect(loadModel(folder)).rejects.toThrow(ModelFileError);
    }
    await writeFile(path, whole);
    await loadModel(folder);
  });

  test('refuses what is no path, no model and no folder, by a ModelFileError', async () => {
    for (const odd of [undefined, null, 5, '', {}, []] as never[]) {
      await expect(loadModel(odd)).rejects.toThrow(ModelFileError);
      await expect(saveModel(build(), odd)).rejects.toThrow(ModelFileError);
      await expect(saveModel(odd, folder)).rejects.toThrow(ModelFileError);
    }
    await writeFile(join(folder, 'file'), '{}');
    await expect(saveModel(build(), join(folder, 'file', 'below'))).rejects.toThrow(ModelFileError);
    await expect(loadModel(join(folder, 'file'))).rejects.toThrow(ModelFileError);
    await expect(loadModel(join(folder, 'nothing'))).rejects.toThrow(ModelFileError);
  });
});
