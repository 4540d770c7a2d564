import { mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { requireSource } from './check-source.js';
import {
  describe,
  readOptions,
  requireChoice,
  requireFolder,
  requireFunction,
  requireInteger,
  requirePositive,
} from './checks.js';
import { checksumProblem, mostBytes } from './checksum.js';
import { onDisk } from './disk.js';
import { DatasetError, DownloadError, type FailedDownload } from './errors.js';
import {
  claimPartial,
  discard,
  discardAbandoned,
  finishPartial,
  releasePartial,
  sizeOf,
} from './partial-file.js';
import { type DatasetName, type DatasetSource, datasetSources, type SourceFile } from './sources.js';
import { TransferError, type TransferOptions, transfer } from './transfer.js';

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
  /** Milliseconds before the second attempt; doubled for each further one, up to a minute. */
  retryDelay?: number;
  /** Milliseconds in which 16 KiB must arrive (or the rest of the file), else a connection counts as dead. */
  timeout?: number;
}

/** Where the files of a data set are now. */
export interface FetchedDataset {
  readonly folder: string;
  readonly files: readonly { readonly path: string; readonly status: 'present' | 'downloaded' }[];
}

/**
 * Downloads a data set into a folder. Files that are there with the right checksum are left alone. Every other file
 * is written under a temporary name that ends in `.part`, continued where an earlier call was interrupted, verified by
 * its SHA-256 and only then given its name, so a file with its name is always complete. Several calls may fetch into
 * one folder at once, also of several processes: each downloads for itself.
 *
 * A download stops when there is more than the published size; where `unpackedSha256` makes known what the file holds, so
 * that a copy packed anew is as good, when there is more than twice that and 64 KiB.
 *
 * @param source - A name in `datasetSources`, or a source of your own.
 * @throws {DatasetError} if the name is unknown, the source incomplete, a file's name not a plain one or an option out of
 *   range.
 * @throws {DownloadError} if no mirror gives a file, offline for example: it names the files, the addresses that
 *   were tried and the folder where the files belong.
 * @throws {DataFileError} if the folder cannot be written. Aborting throws the signal's reason.
 */
export async function fetchDataset(
  source: DatasetName | DatasetSource,
  options: FetchOptions,
): Promise<FetchedDataset> {
  const names = ['folder', 'onProgress', 'signal', 'attempts', 'retryDelay', 'timeout'] as const;
  const {
    folder,
    onProgress = () => {},
    signal,
    attempts = 4,
    retryDelay = 1000,
    timeout = 30_000,
  } = readOptions(where, options, names);
  requireFolder(where, folder);
  requireFunction(where, 'onProgress', onProgress);
  requireSignal(signal);
  requireInteger(where, 'attempts', attempts, 1);
  requireMilliseconds('retryDelay', retryDelay, true);
  requireMilliseconds('timeout', timeout);
  const { mirrors, files } = typeof source === 'string' ? namedSource(source) : requireSource(where, source);
  const target = resolve(folder);
  await onDisk(where, target, mkdir(target, { recursive: true }));

  const fetched: FetchedDataset['files'][number][] = [];
  for (const [i, file] of files.entries()) {
    const path = join(target, file.name);
    const present = await findPresent(target, file);
    if (present !== undefined) {
      await discardAbandoned(where, path);
      fetched.push({ path: present, status: 'present' });
      continue;
    }
    const onBytes = (received: number) =>
      onProgress({ file: file.name, received, total: file.size, index: i + 1, count: files.length });
    const limit = mostBytes(file);
    const policy = { attempts, retryDelay, transfer: { where, signal, timeout, limit, onBytes } };
    const failures = await fetchFile(path, file, mirrors, policy);
    if (failures !== undefined) {
      const rest = await missingFiles(target, files.slice(i + 1));
      throw new DownloadError(where, [file.name, ...rest], target, failures, mirrors);
    }
    fetched.push({ path, status: 'downloaded' });
  }
  return { folder: target, files: fetched };
}

const where = 'fetchDataset';

function namedSource(name: string): DatasetSource {
  requireChoice(where, 'the data set', name, Object.keys(datasetSources) as DatasetName[]);
  return datasetSources[name];
}

function requireSignal(signal: AbortSignal | undefined): void {
  if (signal === undefined || signal instanceof AbortSignal) return;
  throw new DatasetError(
    where,
    'signal to be an AbortSignal',
    describe(signal),
    'Take it from an AbortController',
  );
}

/** What timers can count. */
function requireMilliseconds(name: string, value: number, orZero = false): void {
  requirePositive(where, name, value, orZero);
  if (value <= 2 ** 31 - 1) return;
  throw new DatasetError(where, `${name} to be below 2^31 ms`, describe(value), 'That is 24 days already');
}

/** The path of a file that is already in the folder, packed or unpacked, with the right content. */
async function findPresent(folder: string, file: SourceFile): Promise<string | undefined> {
  for (const name of new Set([file.name, file.name.replace(/\.gz$/, '')])) {
    const path = join(folder, name);
    const entry = await stat(path).catch(() => undefined);
    if (entry?.isFile() && (await checksumProblem(where, path, file)) === undefined) return path;
  }
  return undefined;
}

async function missingFiles(folder: string, files: readonly SourceFile[]): Promise<string[]> {
  const missing: string[] = [];
  for (const file of files) {
    if ((await findPresent(folder, file)) === undefined) missing.push(file.name);
  }
  return missing;
}

interface Policy {
  attempts: number;
  retryDelay: number;
  transfer: TransferOptions;
}

/** Tries the mirrors in turn; undefined when the file is in place, else why each of them failed. */
async function fetchFile(
  path: string,
  file: SourceFile,
  mirrors: readonly string[],
  policy: Policy,
): Promise<FailedDownload[] | undefined> {
  const part = await claimPartial(where, path);
  try {
    const failures: FailedDownload[] = [];
    // A part of full size is a download that was interrupted just before it got its name.
    const whole = (await sizeOf(part)) === file.size;
    let complete = whole && (await checksumProblem(where, part, file)) === undefined;
    for (const mirror of mirrors) {
      if (complete) break;
      const url = `${mirror}${file.name}`;
      const reason = await fetchFrom(url, part, { file, policy });
      complete = reason === undefined;
      if (reason !== undefined) failures.push({ url, reason });
    }
    if (!complete) return failures;
    await onDisk(where, path, finishPartial(part, path));
    return undefined;
  } finally {
    await releasePartial(part, path);
  }
}

/** Transfers and verifies; undefined when `part` is the file, else the reason why not. */
async function fetchFrom(
  url: string,
  part: string,
  { file, policy }: { file: SourceFile; policy: Policy },
): Promise<string | undefined> {
  let problem: string | undefined;
  for (const again of [true, false]) {
    const outcome = await transferPersistently(url, part, policy);
    if (typeof outcome === 'string') return outcome;
    problem = await checksumProblem(where, part, file);
    if (problem === undefined) break;
    await onDisk(where, part, discard(part));
    // What an earlier call left can be what is wrong: once more without it.
    if (outcome.fresh || !again) break;
  }
  return problem;
}

/** Tries one address up to `attempts` times, each continuing the one before; a text says why all failed. */
async function transferPersistently(
  url: string,
  part: string,
  { attempts, retryDelay, transfer: options }: Policy,
): Promise<{ fresh: boolean } | string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transfer(url, part, options);
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      if (!error.retry || attempt >= attempts) return error.message;
      const { signal } = options;
      const pause = Math.max(retryDelay, Math.min(60_000, retryDelay * 2 ** (attempt - 1)));
      await delay(pause, undefined, { signal }).catch(() => signal?.throwIfAborted());
    }
  }
}
