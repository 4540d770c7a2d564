import { CellError } from '@hurwitz/cells';
import { DatasetError } from '@hurwitz/datasets';
import { EquivalenceError } from '@hurwitz/equivalence';
import { FigureError } from '@hurwitz/figures';
import { IntegratorError } from '@hurwitz/integrators';
import { LyapunovError } from '@hurwitz/lyapunov';
import { RecurrenceError } from '@hurwitz/scan';
import { StabilityError } from '@hurwitz/stability';
import { TruncationError } from '@hurwitz/truncation';

/** A problem that the user can mend: printed as one message, without a stack. */
export class UserError extends Error {
  override readonly name: string = 'UserError';
}

/** Training left the numbers that it can go on from. */
export class DivergenceError extends UserError {
  override readonly name = 'DivergenceError';
}

/** A checkpoint file whose bytes are not those that were written. */
export class DamagedCheckpointError extends UserError {
  override readonly name = 'DamagedCheckpointError';
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

const causes: Record<string, string> = {
  EROFS: 'the disk is read-only; choose a folder on another disk with --out',
  EACCES: 'permission denied; choose a folder of your own with --out',
  EPERM: 'operation not permitted; choose a folder of your own with --out',
  ENOSPC: 'the disk is full; free some space, then go on with --resume',
  ENOTDIR: 'a part of the path is a file, not a folder; choose another --out',
};

/** Turns a file-system error into one that says what to do; other errors pass unchanged. */
export function explainFileError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException)?.code;
  const cause = code === undefined ? undefined : causes[code];
  return cause === undefined ? error : new UserError(`Cannot write ${path}: ${cause}.`, { cause: error });
}

const ownErrors = [
  UserError,
  CellError,
  DatasetError,
  EquivalenceError,
  FigureError,
  IntegratorError,
  LyapunovError,
  RecurrenceError,
  StabilityError,
  TruncationError,
];

/** Whether an error says what was expected and what to do, so that its message is all a user needs. */
export function isExplained(error: unknown): error is Error {
  return ownErrors.some((kind) => error instanceof kind);
}
