import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { UserError } from '../errors.js';
import { writeFileAtomic } from './atomic-file.js';

const weightsFile = 'weights.bin';

/** Writes a model as `model.json` and `weights.bin`, the files that `tf.loadLayersModel` reads anywhere. */
export async function saveModel(model: LayersModel, folder: string): Promise<void> {
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    const { modelTopology, weightSpecs, weightData, format, generatedBy } = artifacts;
    const bytes = new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData));
    writeFileAtomic(join(folder, weightsFile), bytes);
    const weightsManifest = [{ paths: [weightsFile], weights: weightSpecs }];
    const json = { format, generatedBy, convertedBy: null, modelTopology, weightsManifest };
    writeFileAtomic(join(folder, 'model.json'), JSON.stringify(json));
    return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
  });
  await model.save(handler);
}

/**
 * Reads a model that {@link saveModel} wrote.
 *
 * @throws UserError when the folder holds none.
 */
export async function loadModel(folder: string): Promise<LayersModel> {
  let json: tf.io.ModelJSON;
  let weightData: Buffer;
  try {
    json = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as tf.io.ModelJSON;
    weightData = readFileSync(join(folder, weightsFile));
  } catch (error) {
    throw new UserError(`${folder} holds no trained model: ${(error as Error).message}`, { cause: error });
  }
  const artifacts: tf.io.ModelArtifacts = {
    modelTopology: json.modelTopology,
    weightSpecs: json.weightsManifest.flatMap((group) => group.weights),
    weightData: new Uint8Array(weightData).buffer,
  };
  return loadLayersModel(tf.io.fromMemory(artifacts));
}
