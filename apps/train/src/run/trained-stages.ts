import { existsSync, readdirSync } from 'node:fs';
import { UserError } from '../errors.js';
import type { RunFolder } from './run-folder.js';

/**
 * The stages of a run whose model is saved.
 *
 * @throws UserError when there are none yet.
 */
export function trainedStages(folder: RunFolder): string[] {
  const models = folder.file('models');
  const names = existsSync(models) ? readdirSync(models) : [];
  if (names.length > 0) return names;
  throw new UserError(
    `${folder.path} has no trained model yet: a model is saved when its training ends. Go on with: hurwitz train --resume ${folder.path}`,
  );
}
