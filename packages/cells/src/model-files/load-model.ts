import { readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { io, util } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { ModelFileError } from '../errors.js';
import { type Checksums, modelChecksum, sha256 } from './checksums.js';

const WHERE = 'loadModel';

/** Bytes of one element of a weight that is stored as it is. */
const BYTES: Partial<Record<string, number>> = { float32: 4, int32: 4, bool: 1, complex64: 8 };

/**
 * Reads a model of tf.layers from its `model.json` and the files of weights that it names, without `@tensorflow/tfjs-node`.
 *
 * What `saveModel` wrote is compared with its checksums; of any other model the lengths must fit.
 *
 * @param path of `model.json`, or of the folder that it is in.
 * @throws ModelFileError where a file is missing, damaged, outside the folder or no such model, or a layer is not known.
 */
export async function loadModel(path: string): Promise<LayersModel> {
  if (typeof path !== 'string' || path === '') {
    throw new ModelFileError(
      WHERE,
      'the path of a model.json or its folder',
      `'${path}'`,
      'Pass it as text.',
    );
  }
  const file = (await stat(path).catch(() => undefined))?.isDirectory() ? join(path, 'model.json') : path;
  const json = parsed(file, new TextDecoder().decode(await bytesOf(file)));
  const { modelTopology, weightsManifest, trainingConfig, userDefinedMetadata } = json;
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const parts: Uint8Array[] = [];
  for (const name of weightsManifest.flatMap(({ paths }) => paths)) {
    parts.push(await bytesOf(within(file, name), weightBytes(weightSpecs)));
  }
  const weights = new Uint8Array(Buffer.concat(parts));
  checkWeights(file, { json, weightSpecs, weights });
  const artifacts = {
    modelTopology,
    trainingConfig,
    weightSpecs,
    weightData: weights.buffer,
    userDefinedMetadata,
  };
  try {
    return await loadLayersModel(io.fromMemory(artifacts as io.ModelArtifacts));
  } catch (error) {
    const [reason] = String((error as Error).message).split('\n');
    const fix = 'Import the package that registers its layers before.';
    throw new ModelFileError(WHERE, `a model of known layers in ${file}`, reason!, fix);
  }
}

/** A model.json with the parts that are read here. */
interface ModelFile extends Omit<io.ModelJSON, 'userDefinedMetadata'> {
  modelTopology: object;
  userDefinedMetadata?: { hurwitz?: Partial<Checksums> };
}

function parsed(file: string, text: string): ModelFile {
  let json: Partial<ModelFile> | null;
  try {
    json = JSON.parse(text) as Partial<ModelFile> | null;
  } catch {
    throw refused(file, 'JSON', 'something else');
  }
  if (json?.format === 'graph-model')
    throw refused(file, 'a model of tf.layers', 'a graph model, whose layers are gone');
  const groups: unknown = json?.weightsManifest;
  const whole =
    typeof json?.modelTopology === 'object' &&
    json.modelTopology !== null &&
    Array.isArray(groups) &&
    groups.every(
      (group: Partial<io.WeightsManifestConfig[number]> | null) =>
        Array.isArray(group?.weights) &&
        Array.isArray(group.paths) &&
        group.paths.every((name) => typeof name === 'string') &&
        group.weights.every((spec) => typeof spec?.name === 'string' && isShape(spec.shape)),
    );
  if (!whole) throw refused(file, 'a modelTopology and a weightsManifest', 'a file without them');
  return json as ModelFile;
}

const isShape = (shape: unknown): boolean =>
  Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0);

const refused = (file: string, expected: string, got: string): ModelFileError =>
  new ModelFileError(WHERE, `${expected} in ${file}`, got, 'Pass the model.json of a model of tf.layers.');

/** The path of a file of weights, which must lie in the folder of the model.json. */
function within(file: string, name: string): string {
  const path = normalize(name);
  if (isAbsolute(path) || path === '..' || path.startsWith(`..${sep}`)) {
    throw refused(file, 'weights beside it', `a path that leaves its folder, '${name}'`);
  }
  return join(dirname(file), path);
}

async function bytesOf(file: string, most = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
  try {
    const status = await stat(file);
    if (!status.isFile()) throw new Error('it is no regular file');
    if (status.size > most) throw new Error(`it has ${status.size} bytes, and the weights take ${most}`);
    return await readFile(file);
  } catch (error) {
    const fix = 'Copy model.json together with the files that it names.';
    throw new ModelFileError(WHERE, `to read ${file}`, (error as Error).message, fix);
  }
}

/** The bytes that the weights take; infinity where they are compressed or text, whose size their shapes do not tell. */
function weightBytes(specs: io.WeightsManifestEntry[]): number {
  return specs.reduce((sum, { dtype, shape, quantization }) => {
    const each = quantization ? undefined : BYTES[dtype];
    return each === undefined ? Number.POSITIVE_INFINITY : sum + each * util.sizeFromShape(shape);
  }, 0);
}

function checkWeights(
  file: string,
  {
    json,
    weightSpecs,
    weights,
  }: { json: ModelFile; weightSpecs: io.WeightsManifestEntry[]; weights: Uint8Array },
): void {
  const damaged = (expected: string, got: string): ModelFileError =>
    new ModelFileError(
      WHERE,
      `${expected} of ${file}`,
      got,
      'It is damaged: take another copy, or save it again.',
    );
  const wanted = weightBytes(weightSpecs);
  if (Number.isFinite(wanted) && weights.length !== wanted) {
    throw damaged(`${wanted} bytes of weights`, `${weights.length}`);
  }
  const checksums = json.userDefinedMetadata?.hurwitz;
  if (checksums?.weights !== undefined && checksums.weights !== sha256(weights)) {
    throw damaged('the weights', 'others, by their checksum');
  }
  if (checksums?.model !== undefined && checksums.model !== modelChecksum(json)) {
    throw damaged('the layers', 'others, by their checksum');
  }
}
