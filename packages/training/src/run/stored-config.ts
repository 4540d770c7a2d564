import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Difference, differences } from '../config/differences.js';
import { resumableKeys } from '../config/flags.js';
import { type Config, configVersion } from '../config/schema.js';
import { flagOf, validateStoredConfig } from '../config/validate.js';
import { DamagedFileError, UserError } from '../errors.js';
import { writeFileAtomic } from '../files/atomic-file.js';
import { openSealed, type Sealed, seal } from '../files/sealed-file.js';
import { newestCheckpoint } from './checkpoints.js';
import { configOfModel, savedStages } from './model-record.js';

/** config.json: everything that decides a run's numbers. Checkpoints and saved models hold a copy, to hold it against. */
export const configFile = 'config.json';

export const configText = (config: object): string => seal(`${JSON.stringify(config, null, 2)}\n`);

/**
 * Reads config.json of a run folder.
 *
 * @throws UserError when a value is not the one that the run began with, naming it; or there is no such file.
 */
export function readConfig(folder: string): Config {
  const path = join(folder, configFile);
  if (!existsSync(path)) {
    throw new UserError(
      `${folder} is not a run folder: it has no ${configFile}. Give the folder that \`hurwitz train\` printed.`,
    );
  }
  const sealed = openSealed(path);
  if (!sealed.whole) throw changed(folder, sealed);
  return validateStoredConfig(sealed.content, path);
}

/**
 * Holds the configuration that a file of a run was made with against that of config.json.
 *
 * @throws DamagedFileError when a value differs.
 */
export function requireSameConfig(
  folder: string,
  config: object,
  made: { with: unknown; file: string },
): void {
  const different = differences(made.with as object, config);
  if (different.length > 0) {
    throw new DamagedFileError(
      `${join(folder, configFile)} is not what ${made.file} was made with: ${listing(different)}. ${advice(different)}`,
    );
  }
}

/** Writes a config.json that is missing, as the run began, where a checkpoint or a model holds it. */
export function restoreConfig(folder: string, warn: (message: string) => void): void {
  const path = join(folder, configFile);
  const config = existsSync(path) ? undefined : witness(folder);
  if (config === undefined) return;
  writeFileAtomic(path, configText(config));
  warn(`${path} was missing. It is written anew, as the run began.`);
}

/** The error for a config.json with another checksum than it should have. */
function changed(folder: string, { content, checksum }: Sealed): UserError {
  const path = join(folder, configFile);
  const began = witness(folder);
  const again =
    began === undefined
      ? 'Put back what was changed, or start a new run.'
      : `Delete it and give: hurwitz train --resume ${folder}, which writes it anew as the run began.`;
  if (content === undefined) return new DamagedFileError(`Cannot read ${path}: it is not JSON. ${again}`);
  const different = began === undefined ? [] : differences(began, content);
  if (different.length > 0) {
    return new DamagedFileError(
      `${path} was changed after the run began: ${listing(different)}. ${advice(different)}`,
    );
  }
  // Of another version, most likely, and not damaged.
  if (content['version'] !== configVersion) validateStoredConfig(content, path);
  const what =
    checksum === undefined
      ? 'has no checksum: it was changed, or an earlier release of hurwitz made the run'
      : 'was changed after the run began: its checksum does not fit its values';
  return new DamagedFileError(`${path} ${what}. ${again}`);
}

/** The configuration that a run began with, from its newest whole checkpoint or a saved model. */
function witness(folder: string): object | undefined {
  const checkpoint = newestCheckpoint<{ config: object }>(join(folder, 'checkpoints'));
  if (checkpoint !== undefined) return checkpoint.header.config;
  const models = join(folder, 'models');
  const configs = savedStages(models).map((stage) => configOfModel(join(models, stage)));
  return configs.find((config) => config !== undefined);
}

const listing = (different: readonly Difference[]): string =>
  different.map(({ key, before, after }) => `${key} is ${after} and was ${before}`).join(', ');

function advice(different: readonly Difference[]): string {
  const machine = different.filter(({ key }) => resumableKeys.some((each) => each === key));
  return machine.length === different.length
    ? `Put that back, and give ${machine.map(({ key }) => flagOf(key)).join(', ')} with the command instead.`
    : 'Put that back; other settings need a new run.';
}
