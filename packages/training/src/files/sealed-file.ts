import { createHash } from 'node:crypto';
import { DamagedFileError } from '../errors.js';
import { readRegularFile } from './read-regular-file.js';

/** The first 32 hexadecimal digits of the SHA-256 of bytes, or of a text in UTF-8. */
export function checksum(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

/**
 * The JSON text of an object, which has entries, with one more at its end: `checksum`, that of the others as compact JSON.
 * So every value is protected, and spaces and line ends are free. A file that counts only beside another one takes the
 * other's checksum as `belongsTo`.
 */
export function seal(text: string, belongsTo = ''): string {
  const [, gap = ''] = /^\{(\s*)/.exec(text) ?? [];
  const head = text.slice(0, text.lastIndexOf('}')).trimEnd();
  const entry = `"checksum":${gap && ' '}"${contentChecksum(JSON.parse(text), belongsTo)}"`;
  return `${head},${gap}${entry}${text.slice(head.length)}`;
}

/** A file that was sealed, as it is now. */
export interface Sealed {
  /** Without the checksum; undefined when the file is no JSON object any more. */
  content: Record<string, unknown> | undefined;
  checksum: unknown;
  /** Whether every value is the one that was written. */
  whole: boolean;
}

/** @throws UserError when there is no such file, or it cannot be read. */
export function openSealed(path: string, belongsTo = ''): Sealed {
  const text = readRegularFile(path).toString('utf8');
  try {
    // Editors of Windows put a byte order mark first.
    const { checksum, ...content } = JSON.parse(text.replace(/^\uFEFF/, ''));
    return { content, checksum, whole: checksum === contentChecksum(content, belongsTo) };
  } catch {
    return { content: undefined, checksum: undefined, whole: false };
  }
}

/**
 * The content of a file that was sealed.
 * `advice` has sentences on what to do about a damaged file.
 *
 * @throws DamagedFileError when a value is not the one that was written, UserError when the file cannot be read.
 */
export function readSealed(
  path: string,
  { belongsTo, advice }: { belongsTo?: string; advice: string },
): Record<string, unknown> {
  const { content, whole, checksum } = openSealed(path, belongsTo);
  if (whole) return content!;
  throw new DamagedFileError(`${path} ${damage(content, checksum)}. ${advice}`);
}

function damage(content: Sealed['content'], checksum: unknown): string {
  if (content === undefined) return 'is damaged: it is not JSON';
  return checksum === undefined
    ? 'has no checksum: it is damaged, or an earlier release of hurwitz wrote it'
    : 'is damaged: its checksum does not fit its content';
}

/** That of plain data as compact JSON, and of what they belong to. */
export function contentChecksum(content: unknown, belongsTo = ''): string {
  return checksum(belongsTo + JSON.stringify(content));
}
