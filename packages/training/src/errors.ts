import { InputError } from '@hurwitz/input';

/** Bad input to a function: says which one, what it expected, what came and what to do. */
export class TrainingError extends InputError {
  override readonly name = 'TrainingError';
}

/** A problem that the user can mend: printed as one message, without a stack. */
export class UserError extends Error {
  override readonly name: string = 'UserError';
}

/** Training left the numbers that it can go on from. */
export class DivergenceError extends UserError {
  override readonly name = 'DivergenceError';
}

/** A file whose content is not what was written. */
export class DamagedFileError extends UserError {
  override readonly name = 'DamagedFileError';
}

/** A run folder that was to be made is there already. */
export class FolderExistsError extends UserError {
  override readonly name = 'FolderExistsError';

  constructor(path: string) {
    super(
      `The run folder ${path} exists already. Choose another name with --out, or go on with that run: --resume ${path}`,
    );
  }
}

/** Training stopped because the user asked for it, at a checkpoint. */
export class Interrupted extends UserError {
  override readonly name = 'Interrupted';
}
