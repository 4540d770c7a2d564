import { type FlagKind, UserError } from '@hurwitz/training';

/**
 * Turns the text of a flag into its value; what is not a decimal number stays text, for the check to refuse.
 *
 * @throws UserError for a folder without a name.
 */
export function parseFlag(kind: FlagKind, text: string, flag: string): unknown {
  const number = (part: string): unknown => decimal(part) ?? part;
  if (kind === 'number') return number(text);
  if (kind === 'list') return text.split(',').map(number);
  return kind === 'folder' ? named(text, flag) : text;
}

/** The number that a text says in decimal digits; undefined for any other text, such as `0x10`. */
export function decimal(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : undefined;
}

/** @throws UserError when a file or folder is named by an empty text. */
export function named(path: string, flag: string): string {
  if (path !== '') return path;
  throw new UserError(`${flag}: expected the name of a file or folder, got an empty text.`);
}
