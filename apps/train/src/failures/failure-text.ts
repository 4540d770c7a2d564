import { isAllocationFailure, UserError } from '@hurwitz/training';
import { explainFileError } from '@hurwitz/training/files';
import { isPackageError, wordsForCommand } from './package-error.js';
import { readable } from './readable.js';

/** The variable that makes a failed command print where it failed. */
export const debugVariable = 'HURWITZ_DEBUG';

/**
 * What is printed of the error that ended a command: a sentence that says what was attempted and what to do, without a
 * stack. An error of no known kind is a fault of this program, and the text asks for a report.
 */
export function failureText(
  error: unknown,
  { debug = (process.env[debugVariable] ?? '') !== '' }: { debug?: boolean } = {},
): string {
  return debug ? `${sentence(error)}\n${stackOf(error)}` : sentence(error);
}

/** Whether an error is one that the user can mend. */
export function isExplained(error: unknown): error is Error {
  return error instanceof UserError || isPackageError(error);
}

function sentence(error: unknown): string {
  if (error instanceof UserError) return readable(error.message);
  if (isPackageError(error)) return readable(wordsForCommand(error));
  if (isAllocationFailure(error)) {
    return `There is not enough memory for these sizes (${messageOf(error)}). Make the model, its sequences or its batches smaller.`;
  }
  const { path, dest, syscall } = (error ?? {}) as NodeJS.ErrnoException & { dest?: string };
  const doing = /^(open|read|scandir|stat|lstat|readlink|opendir)$/.test(syscall ?? '') ? 'read' : 'write';
  const explained = explainFileError(error, dest ?? path ?? 'a file', { doing });
  if (explained instanceof UserError) return readable(explained.message);
  if (isFromTensorFlow(error)) {
    return `TensorFlow.js cannot compute with these sizes: ${messageOf(error)}`;
  }
  return (
    `hurwitz failed by a fault of its own: ${messageOf(error)}\n` +
    `Please report it, with the command that you gave and what ${debugVariable}=1 before it prints.`
  );
}

/** The first line of what an error says. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return readable(text.split('\n', 1)[0]!.slice(0, 300));
}

/** Whether tfjs itself refused: what it was asked for has a shape that it cannot have. */
function isFromTensorFlow(error: unknown): boolean {
  const frame = (error instanceof Error ? error.stack : undefined)
    ?.split('\n')
    .find((line) => line.startsWith('    at '));
  return frame?.includes('@tensorflow') ?? false;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\nCaused by: ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
