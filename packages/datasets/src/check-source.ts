import { describe, requireInteger, requireList, requireObject, requireText } from './checks.js';
import { DatasetError } from './errors.js';
import type { DatasetSource, SourceFile } from './sources.js';

/** Names that Windows keeps for devices, whatever follows their first dot. */
const devices = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Letters, digits and `. _ + -`; a letter, digit or `_` first and no dot last, so neither `..` nor a hidden file. */
const plainName = /^[A-Za-z0-9_]([A-Za-z0-9._+-]{0,180}[A-Za-z0-9_+-])?$/;

/**
 * The source, if it is complete and its files can only go into the folder that was asked for.
 *
 * @throws {DatasetError} that says which part of the source is wrong.
 */
export function requireSource(where: string, source: DatasetSource): DatasetSource {
  const { name, mirrors, files } = requireObject(where, 'source', source);
  requireText(where, 'source.name', name);
  requireList(where, 'source.mirrors', mirrors);
  requireList(where, 'source.files', files);
  if (mirrors.length === 0) {
    throw new DatasetError(where, 'source.mirrors to have an address', 'none', 'Add where the files are');
  }
  for (const [i, mirror] of Array.from(mirrors).entries())
    requireAddress(where, `source.mirrors[${i}]`, mirror);
  const names = new Set<string>();
  for (const [i, file] of Array.from(files).entries()) {
    const what = `source.files[${i}]`;
    requireFile(where, what, file);
    // File systems that ignore case would store both in one file.
    const key = file.name.toLowerCase();
    if (names.has(key)) {
      throw new DatasetError(where, `${what}.name to be new`, describe(file.name), 'Give each file a name');
    }
    names.add(key);
  }
  return source;
}

function requireAddress(where: string, what: string, mirror: string): void {
  const url = typeof mirror === 'string' && URL.canParse(mirror) ? new URL(mirror) : undefined;
  const plain = url !== undefined && url.username === '' && url.password === '';
  if (plain && (url.protocol === 'https:' || url.protocol === 'http:')) return;
  const expected = `${what} to be an address that begins with https:// or http://, without a password`;
  throw new DatasetError(where, expected, describe(mirror), 'The name of a file is put behind it');
}

function requireFile(where: string, what: string, file: SourceFile): void {
  const { name, size, sha256, unpackedSize, unpackedSha256 } = requireObject(where, what, file);
  if (typeof name !== 'string' || !plainName.test(name) || devices.test(name) || name.endsWith('.part')) {
    throw new DatasetError(
      where,
      `${what}.name to be a plain file name`,
      describe(name),
      'Use letters, digits and . _ + - only, no folder, and none of the names that a system reserves',
    );
  }
  requireInteger(where, `${what}.size`, size, 1);
  if (unpackedSize !== undefined) requireInteger(where, `${what}.unpackedSize`, unpackedSize, 0);
  requireSha256(where, `${what}.sha256`, sha256);
  if (unpackedSha256 !== undefined) requireSha256(where, `${what}.unpackedSha256`, unpackedSha256);
}

function requireSha256(where: string, what: string, value: unknown): void {
  if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return;
  const fix = 'sha256sum prints them';
  throw new DatasetError(where, `${what} to be 64 digits 0-9 and a-f`, describe(value), fix);
}
