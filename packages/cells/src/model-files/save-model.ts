import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { ModelFileError } from '../errors.js';
import { modelChecksum, sha256 } from './checksums.js';

const WHERE = 'saveModel';
const WEIGHTS = /^weights\.[0-9a-f]{16}\.bin$/;

/**
 * Writes a model into a folder, which it makes: `model.json` and one file of weights that it names. `loadModel` reads them, and so
 * does every `tf.loadLayersModel`, in browsers too.
 *
 * Each file is written to a temporary name, flushed and renamed, model.json last. The weights are named by their content, so a
 * crash at any moment leaves the model that was there before or the new one.
 *
 * @returns the path of `model.json`.
 * @throws ModelFileError for what is no model, or a folder that cannot be written to.
 */
export async function saveModel(model: LayersModel, folder: string): Promise<string> {
  if (typeof model?.save !== 'function') {
    throw new ModelFileError(WHERE, 'a model of tf.layers', String(model), 'Pass the model itself.');
  }
  if (typeof folder !== 'string' || folder === '') {
    throw new ModelFileError(WHERE, 'the path of a folder', `'${folder}'`, 'Pass it after the model.');
  }
  const path = join(folder, 'model.json');
  const write = async (artifacts: io.ModelArtifacts): Promise<io.SaveResult> => {
    const { modelTopology, trainingConfig, weightSpecs, weightData, format, generatedBy } = artifacts;
    const bytes = new Uint8Array(io.CompositeArrayBuffer.join(weightData));
    const weights = sha256(bytes);
    const file = `weights.${weights.slice(0, 16)}.bin`;
    const own = {
      modelTopology,
      trainingConfig,
      weightsManifest: [{ paths: [file], weights: weightSpecs ?? [] }],
    };
    const checksums = { weights, model: modelChecksum(own) };
    const userDefinedMetadata = { ...artifacts.userDefinedMetadata, hurwitz: checksums };
    await mkdir(folder, { recursive: true });
    await replaceFile(join(folder, file), bytes);
    await replaceFile(
      path,
      JSON.stringify({ format, generatedBy, convertedBy: null, ...own, userDefinedMetadata }),
    );
    for (const other of await readdir(folder)) {
      if (WEIGHTS.test(other) && other !== file) await rm(join(folder, other), { force: true });
    }
    return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
  };
  try {
    await model.save(io.withSaveHandler(write));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new ModelFileError(
      WHERE,
      `a folder that can be written to, ${folder}`,
      message,
      'Choose another folder.',
    );
  }
  return path;
}

/** Writes to a temporary name beside it, flushed to the disk, then renames: a reader sees the old content or the new. */
async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}
