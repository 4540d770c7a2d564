import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DamagedFileError } from '../errors.js';
import { explainFileError } from '../files/file-error.js';
import { readRegularFile } from '../files/read-regular-file.js';
import { checksum, openSealed, readSealed } from '../files/sealed-file.js';
import type { Metrics } from '../loop/learner.js';

export const modelFile = 'model.json';
export const weightsFile = 'weights.bin';

/** What the model.json of a run says beside the model, in its entry `hurwitz`. */
export interface ModelRecord {
  /** Of the run. */
  config: object;
  /** Metrics on the test data. */
  test: Metrics;
  /** Checksum of the file with the weights. */
  weights: string;
}

/** The stages whose model is saved in a folder of models. */
export function savedStages(models: string): string[] {
  try {
    return readdirSync(models).filter((stage) => existsSync(join(models, stage, modelFile)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw explainFileError(error, models, { doing: 'read' });
  }
}

/**
 * The record of a model in the folder of a stage.
 * `advice` has sentences on what to do about a damaged file.
 *
 * @throws DamagedFileError when model.json or the weights are not what was written.
 */
export function readModelRecord(folder: string, { advice }: { advice: string }): ModelRecord {
  const { hurwitz } = readSealed(join(folder, modelFile), { advice });
  const record = Object(hurwitz) as ModelRecord;
  const weights = join(folder, weightsFile);
  if (checksum(readRegularFile(weights)) === record.weights) return record;
  throw new DamagedFileError(`${weights} is damaged: its checksum does not fit its content. ${advice}`);
}

/** The configuration in a model.json of the folder of a stage; undefined when it was changed. */
export function configOfModel(folder: string): object | undefined {
  const { whole, content } = openSealed(join(folder, modelFile));
  return whole ? Object(content!['hurwitz']).config : undefined;
}

/** @throws DamagedFileError when a file is the model.json of a run, or a copy, and it or its weights were changed. */
export function requireUnchanged(path: string): void {
  const { content, checksum } = openSealed(path);
  if (checksum === undefined && content?.['hurwitz'] === undefined) return;
  readModelRecord(dirname(path), {
    advice:
      'Copy the model anew, or take "hurwitz" and "checksum" out of model.json if it was changed on purpose.',
  });
}

/** Whether a model.json has the checksums that `saveModel` of `@hurwitz/cells/node` writes. */
export function isOfPackage(path: string): boolean {
  const metadata = openSealed(path).content?.['userDefinedMetadata'];
  return Object(metadata).hurwitz !== undefined;
}
