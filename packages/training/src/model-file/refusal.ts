import { UserError } from '../errors.js';

/** What a message may quote of a file that somebody else wrote. */
const quotedLength = 60;
const reasonLength = 240;

/** A value of a file as it stands in a message: JSON on one line, cut where it is long. */
export function quote(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // Nested too deeply for JSON.stringify.
    text = Array.isArray(value) ? '[…]' : '{…}';
  }
  return clip(text ?? String(value), quotedLength);
}

/** The first line of another library's message, without control characters. */
export function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return clip(message.split('\n', 1)[0]!.trim(), reasonLength);
}

function clip(text: string, length: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal obeys them, so they are not printed.
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '�');
  return plain.length <= length ? plain : `${plain.slice(0, length)}…`;
}

/** Refuses a model file, or one of its weight files. */
export function refuse(what: string): never {
  throw new UserError(what);
}
