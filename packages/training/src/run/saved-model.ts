import { join } from 'node:path';
import { loadModel as loadPackageModel } from '@hurwitz/cells/node';
import { isInputError } from '@hurwitz/input';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { UserError } from '../errors.js';
import { writeFileAtomic } from '../files/atomic-file.js';
import { checksum, seal } from '../files/sealed-file.js';
import { readModelFile } from '../model-file/read-model-file.js';
import { reason } from '../model-file/refusal.js';
import { isOfPackage, type ModelRecord, modelFile, requireUnchanged, weightsFile } from './model-record.js';

/**
 * Writes a model as `model.json` and `weights.bin`, the files that `tf.loadLayersModel` reads anywhere. The first has a
 * checksum too, and the configuration and the test metrics of the run.
 */
export async function saveModel(
  model: LayersModel,
  folder: string,
  { config, test }: Omit<ModelRecord, 'weights'>,
): Promise<void> {
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    const { modelTopology, weightSpecs, weightData, format, generatedBy } = artifacts;
    const bytes = new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData));
    writeFileAtomic(join(folder, weightsFile), bytes);
    const weightsManifest = [{ paths: [weightsFile], weights: weightSpecs }];
    const hurwitz: ModelRecord = { config, test, weights: checksum(bytes) };
    const json = { format, generatedBy, convertedBy: null, modelTopology, weightsManifest, hurwitz };
    writeFileAtomic(join(folder, modelFile), seal(JSON.stringify(json)));
    return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
  });
  await model.save(handler);
}

/**
 * Reads a model that {@link saveModel} wrote.
 *
 * @throws UserError when the folder holds none.
 */
export function loadModel(folder: string): Promise<LayersModel> {
  return loadModelFile(join(folder, modelFile));
}

/**
 * Reads a `model.json` of any tf.layers model with the weight files that it names, without tfjs-node.
 *
 * @throws UserError when it is not one, a file is missing, or it has layers that are not known here; DamagedFileError and
 * ModelFileError when it has checksums, of a run or of `saveModel` in `@hurwitz/cells/node`, that its content does not fit.
 */
export async function loadModelFile(path: string): Promise<LayersModel> {
  const artifacts = readModelFile(path);
  requireUnchanged(path);
  const backend = tf.getBackend();
  try {
    // Plain memory refuses sizes that it lacks; that of WebAssembly ends the process.
    await tf.setBackend('cpu');
    // What the package saved has checksums of its own, which its reader compares.
    if (isOfPackage(path)) return await loadPackageModel(path);
    return await loadLayersModel(tf.io.fromMemory(artifacts));
  } catch (error) {
    if (isInputError(error)) throw error;
    throw new UserError(`${path} does not load as a tf.layers model: ${reason(error)}`, { cause: error });
  } finally {
    await tf.setBackend(backend);
  }
}
