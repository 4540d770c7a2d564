import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import { readRegularFile } from '../files/read-regular-file.js';
import { isCount, isName, isObject, type Json } from './json-value.js';
import { quote, refuse } from './refusal.js';

/** Of all weights of a model together. */
const mostBytes = 2 ** 31;

const bytesOfType = { float32: 4, int32: 4, bool: 1 } as const;
const bytesOfQuantised = { uint8: 1, uint16: 2, float16: 2 } as const;
const largestFloat32 = 3.4028234663852886e38;

interface Group {
  files: string[];
  weights: (io.WeightsManifestEntry & { bytes: number })[];
}

/** The weights that a manifest lists, and how many numbers they hold. */
export interface CheckedManifest {
  groups: Group[];
  numbers: number;
}

/**
 * Checks a `weightsManifest`, and opens no file.
 *
 * @throws UserError when it is not one, names a weight twice, has weights of unknown types or sizes, or names a file
 *   outside the folder of the model.
 */
export function checkManifest(manifest: unknown, file: string): CheckedManifest {
  if (!Array.isArray(manifest))
    return refuse(`${file}: expected a list as weightsManifest, got ${quote(manifest)}.`);
  const groups = manifest.map((group: Json): Group => {
    if (!isObject(group) || !Array.isArray(group.paths) || !Array.isArray(group.weights)) {
      return refuse(
        `${file}: expected paths and weights in each entry of weightsManifest, got ${quote(group)}.`,
      );
    }
    return {
      files: group.paths.map((path) => insideFolder(path, file)),
      weights: group.weights.map((weight) => checkWeight(weight, file)),
    };
  });
  const weights = groups.flatMap((group) => group.weights);
  const names = new Set<string>();
  for (const { name } of weights) {
    if (names.has(name)) refuse(`${file} lists the weight ${quote(name)} twice.`);
    names.add(name);
  }
  const bytes = weights.reduce((sum, weight) => sum + weight.bytes, 0);
  if (bytes > mostBytes)
    refuse(`${file} describes ${bytes} bytes of weights; at most ${mostBytes} are read.`);
  return { groups, numbers: weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0) };
}

/**
 * Reads the weights of a checked manifest, files beside the model's.
 *
 * @throws UserError when a file is missing, is no regular file, or has fewer or more bytes than its weights, or a weight is
 *   not finite.
 */
export function readWeights({ groups }: CheckedManifest, file: string): io.ModelArtifacts {
  const parts = groups.map(({ files, weights }) => {
    const bytes = weights.reduce((sum, weight) => sum + weight.bytes, 0);
    const read = readGroup(files, bytes, file);
    checkFinite(read, weights, file);
    return read;
  });
  return {
    weightSpecs: groups.flatMap(({ weights }) => weights.map(({ bytes: _, ...weight }) => weight)),
    weightData: new Uint8Array(Buffer.concat(parts)).buffer,
  };
}

function readGroup(files: readonly string[], bytes: number, file: string): Buffer {
  const folder = dirname(file);
  const paths = files.map((name) => join(folder, name));
  for (const path of paths) refuseLinkOutside(path, folder, file);
  if (paths.length === 1) return readRegularFile(paths[0]!, { size: bytes });
  const parts: Buffer[] = [];
  let left = bytes;
  for (const path of paths) {
    const part = readRegularFile(path, { limit: left });
    left -= part.length;
    parts.push(part);
  }
  if (left > 0) refuse(`${file}: its weight files hold ${bytes - left} bytes, where it describes ${bytes}.`);
  return Buffer.concat(parts);
}

function insideFolder(path: Json, file: string): string {
  const parts = typeof path === 'string' ? path.split(/[\\/]/) : [];
  if (
    parts.length > 0 &&
    path !== '' &&
    !parts.includes('..') &&
    !isAbsolute(path as string) &&
    !`${path}`.includes('\0')
  ) {
    return path as string;
  }
  return refuse(
    `${file} names the weight file ${quote(path)}, which is not a file beside it or in a folder below.`,
  );
}

/** A link may lead to another file of the folder, not out of it: the folder may come from somebody else. */
function refuseLinkOutside(path: string, folder: string, file: string): void {
  let there: string;
  try {
    there = relative(realpathSync(folder), realpathSync(path));
  } catch {
    // Reading says what is wrong with it.
    return;
  }
  if (there === '..' || /^\.\.[\\/]/.test(there) || isAbsolute(there)) {
    refuse(
      `${file} names the weight file ${path}, a link to a file outside its folder; copy that file into it.`,
    );
  }
}

function checkWeight(weight: Json, file: string): Group['weights'][number] {
  if (!isObject(weight) || !isName(weight.name))
    return refuse(`${file} has a weight without a name: ${quote(weight)}.`);
  const { name, shape, dtype, quantization, group } = weight;
  const of = `${file}: the weight ${quote(name)}`;
  if (!Array.isArray(shape) || !shape.every(isCount) || !Number.isSafeInteger(sizeOf(shape) * 4)) {
    return refuse(`${of} has the shape ${quote(shape)}; expected a list of whole numbers.`);
  }
  if (typeof dtype !== 'string' || !Object.hasOwn(bytesOfType, dtype)) {
    return refuse(`${of} is of type ${quote(dtype)}; expected float32, int32 or bool.`);
  }
  const type = dtype as keyof typeof bytesOfType;
  const spec = {
    name,
    shape: shape as number[],
    dtype: type,
    ...(group === 'optimizer' && { group: 'optimizer' as const }),
  };
  if (quantization === undefined) return { ...spec, bytes: sizeOf(spec.shape) * bytesOfType[type] };
  const kind = isObject(quantization) ? quantization.dtype : undefined;
  if (!isObject(quantization) || typeof kind !== 'string' || !Object.hasOwn(bytesOfQuantised, kind)) {
    return refuse(`${of} is quantised as ${quote(quantization)}; expected uint8, uint16 or float16.`);
  }
  const bytes = sizeOf(spec.shape) * bytesOfQuantised[kind as keyof typeof bytesOfQuantised];
  if (kind === 'float16') {
    if (type !== 'float32') refuse(`${of} is quantised as float16, which is for float32, not ${type}.`);
    return { ...spec, quantization: { dtype: 'float16' }, bytes };
  }
  const { min, scale } = quantization;
  const inRange = (value: Json | undefined): value is number =>
    typeof value === 'number' && Math.abs(value) * 2 ** 17 < largestFloat32;
  if (type === 'bool' || !inRange(min) || !inRange(scale)) {
    return refuse(
      `${of} is quantised with min ${quote(min)} and scale ${quote(scale)}; expected two numbers.`,
    );
  }
  return { ...spec, quantization: { dtype: kind as 'uint8' | 'uint16', min, scale }, bytes };
}

function sizeOf(shape: readonly unknown[]): number {
  return shape.reduce((product: number, length) => product * (length as number), 1);
}

function checkFinite(bytes: Buffer, weights: Group['weights'], file: string): void {
  let start = 0;
  for (const { name, shape, dtype, quantization, bytes: length } of weights) {
    const words = new DataView(bytes.buffer, bytes.byteOffset + start, length);
    const size = sizeOf(shape);
    const bad =
      quantization?.dtype === 'float16'
        ? some(size, (i) => (words.getUint16(2 * i, true) & 0x7c00) === 0x7c00)
        : dtype === 'float32' && quantization === undefined
          ? some(size, (i) => !Number.isFinite(words.getFloat32(4 * i, true)))
          : false;
    if (bad) refuse(`${file}: the weight ${quote(name)} holds a number that is not finite.`);
    start += length;
  }
}

function some(size: number, test: (i: number) => boolean): boolean {
  for (let i = 0; i < size; i++) if (test(i)) return true;
  return false;
}
