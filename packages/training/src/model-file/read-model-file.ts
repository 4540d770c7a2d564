import type { io } from '@tensorflow/tfjs-core';
import { UserError } from '../errors.js';
import { readTextFile } from '../files/read-regular-file.js';
import { checkTopology, savedAsLayers } from './check-topology.js';
import { checkManifest, readWeights } from './check-weights.js';
import { isObject } from './json-value.js';
import { reason, refuse } from './refusal.js';

/** Of a model.json, which holds no weights itself. */
const mostBytes = 2 ** 26;

/**
 * Reads a `model.json` of tf.layers with its weight files, and checks all of it before tfjs builds the model: the file may
 * come from anywhere.
 *
 * @throws UserError in one sentence for everything else than a whole layers model.
 */
export function readModelFile(file: string): io.ModelArtifacts {
  const json = parse(readTextFile(file, { limit: mostBytes }), file);
  if (!isObject(json)) return refuse(`${file} is no model: it has no modelTopology and weightsManifest.`);
  if (json.format !== undefined && json.format !== null && json.format !== 'layers-model') {
    return refuse(
      `${file} is a ${json.format === 'graph-model' ? 'graph model of TensorFlow.js' : 'model of another format'}. ${savedAsLayers}`,
    );
  }
  if (json.modelTopology === undefined || json.weightsManifest === undefined) {
    return refuse(`${file} is no model: it has no modelTopology and weightsManifest.`);
  }
  const manifest = checkManifest(json.weightsManifest, file);
  const modelTopology = checkTopology(json.modelTopology, { file, numbers: manifest.numbers });
  return { ...readWeights(manifest, file), modelTopology };
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${file} is not JSON: ${reason(error)}.`, { cause: error });
  }
}
