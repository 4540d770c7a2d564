import { mkdir, rename, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { requireChoice, requireInteger, requirePositive } from './checks.js';
import { checksumProblem } from './checksum.js';
import { onDisk } from './disk.js';
import { DownloadError, type FailedDownload } from './errors.js';
import { type DatasetName, type DatasetSource, datasetSources, type SourceFile } from './sources.js';
import { discard, TransferError, transfer } from './transfer.js';

/** How far a download is. */
export interface DownloadProgress {
  readonly file: string;
  /** Bytes of this file so far; falls back when a mirror has to start the file again. */
  readonly received: number;
  /** Bytes of this file as published. */
  readonly total: number;
  /** Which of the files this is, from 1, and how many there are. */
  readonly index: number;
  readonly count: number;
}

/** What `fetchDataset` takes. */
export interface FetchOptions {
  /** Where the files go; made if it does not exist. */
  folder: string;
  onProgress?: (progress: DownloadProgress) => void;
  /** Stops the download; what has arrived stays, and the next call continues there. */
  signal?: AbortSignal;
  /** How often a mirror is tried before the next one. */
  attempts?: number;
  /** Milliseconds before the second attempt; doubled for each further one. */
  retryDelay?: number;
  /** Milliseconds without a byte after which a connection counts as dead. */
  timeout?: number;
}

/** Where the files of a data set are now. */
export interface FetchedDataset {
  readonly folder: string;
  readonly files: readonly { readonly path: string; readonly status: 'present' | 'downloaded' }[];
}

/**
 * Downloads a data set into a folder. Files that are there with the right checksum are left alone. Every other file
 * is written under a temporary name (`.part`), continued where an earlier call was interrupted, verified by its
 * SHA-256 and only then given its name, so a file with its name is always complete.
 *
 * @param source - A name in `datasetSources`, or a source of your own.
 * @throws {DatasetError} if the name is unknown or an option out of range.
 * @throws {DownloadError} if no mirror gives a file, offline for example: it names the files, the addresses that
 *   were tried and the folder where the files belong.
 * @throws {DataFileError} if the folder cannot be written. Aborting throws the signal's reason.
 */
export async function fetchDataset(
  source: DatasetName | DatasetSource,
  { folder, onProgress = () => {}, signal, attempts = 4, retryDelay = 1000, timeout = 30_000 }: FetchOptions,
): Promise<FetchedDataset> {
  const where = 'fetchDataset';
  requireInteger(where, 'attempts', attempts, 1);
  requirePositive(where, 'retryDelay', retryDelay, true);
  requirePositive(where, 'timeout', timeout);
  const { mirrors, files } = typeof source === 'string' ? namedSource(where, source) : source;
  const target = resolve(folder);
  await onDisk(where, target, mkdir(target, { recursive: true }));

  const fetched: FetchedDataset['files'][number][] = [];
  for (const [i, file] of files.entries()) {
    const present = await findPresent(target, file);
    if (present !== undefined) {
      fetched.push({ path: present, status: 'present' });
      continue;
    }
    const path = join(target, file.name);
    const onBytes = (received: number) =>
      onProgress({ file: file.name, received, total: file.size, index: i + 1, count: files.length });
    const policy = { where, attempts, retryDelay, transfer: { where, signal, timeout, onBytes } };
    const failures = await fetchFile(path, file, mirrors, policy);
    if (failures !== undefined) {
      const rest = await missingFiles(target, files.slice(i + 1));
      throw new DownloadError(where, [file.name, ...rest], target, failures, mirrors);
    }
    fetched.push({ path, status: 'downloaded' });
  }
  return { folder: target, files: fetched };
}

function namedSource(where: string, name: string): DatasetSource {
  requireChoice(where, 'the data set', name, Object.keys(datasetSources) as DatasetName[]);
  return datasetSources[name];
}

/** The path of a file that is already in the folder, packed or unpacked, with the right content. */
async function findPresent(folder: string, file: SourceFile): Promise<string | undefined> {
  for (const name of new Set([file.name, file.name.replace(/\.gz$/, '')])) {
    const path = join(folder, name);
    if ((await fileSize(path)) !== undefined && (await checksumProblem(path, file)) === undefined)
      return path;
  }
  return undefined;
}

async function fileSize(path: string): Promise<number | undefined> {
  const entry = await stat(path).catch(() => undefined);
  return entry?.isFile() ? entry.size : undefined;
}

async function missingFiles(folder: string, files: readonly SourceFile[]): Promise<string[]> {
  const missing: string[] = [];
  for (const file of files) {
    if ((await findPresent(folder, file)) === undefined) missing.push(file.name);
  }
  return missing;
}

interface Policy {
  where: string;
  attempts: number;
  retryDelay: number;
  transfer: Parameters<typeof transfer>[2];
}

/** Tries the mirrors in turn; undefined when the file is in place, else why each of them failed. */
async function fetchFile(
  path: string,
  file: SourceFile,
  mirrors: readonly string[],
  policy: Policy,
): Promise<FailedDownload[] | undefined> {
  const part = `${path}.part`;
  const failures: FailedDownload[] = [];
  // A part of full size is a download that was interrupted just before it got its name.
  let complete = (await fileSize(part)) === file.size && (await checksumProblem(part, file)) === undefined;
  for (const mirror of mirrors) {
    if (complete) break;
    const url = `${mirror}${file.name}`;
    let reason = await transferPersistently(url, part, policy);
    if (reason === undefined) {
      reason = await checksumProblem(part, file);
      if (reason !== undefined) await onDisk(policy.where, part, discard(part));
    }
    complete = reason === undefined;
    if (reason !== undefined) failures.push({ url, reason });
  }
  if (!complete) return failures;
  await onDisk(policy.where, path, rename(part, path));
  await onDisk(policy.where, path, discard(part));
  return undefined;
}

/** Tries one address up to `attempts` times, each continuing the one before; undefined when it is all there. */
async function transferPersistently(url: string, part: string, policy: Policy): Promise<string | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      await transfer(url, part, policy.transfer);
      return undefined;
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      if (!error.retry || attempt >= policy.attempts) return error.message;
      const { signal } = policy.transfer;
      await delay(policy.retryDelay * 2 ** (attempt - 1), undefined, { signal }).catch(() =>
        signal?.throwIfAborted(),
      );
    }
  }
}
