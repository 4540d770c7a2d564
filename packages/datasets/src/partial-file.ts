import { createHash, randomBytes } from 'node:crypto';
import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { onDisk } from './disk.js';

/**
 * Partial files. Each download writes one of its own, `<file>.<host>-<process>-<random>.part`, so that downloads of one
 * file that run at once, in one process or several, never share one. One that stops, failed or aborted, leaves its
 * partial file as `<file>.part` for whoever comes next; that of a killed process is recognised by its dead owner. Taking
 * one over is a rename, which only one of several can win.
 */
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
const started = Date.now() - 1000 * process.uptime();

/** Where the description of a partial file is kept. */
export const partialInfo = (part: string): string => `${part}.json`;

/** Removes a partial file and its description. */
export async function discard(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(partialInfo(part), { force: true });
}

/** A partial file of `path` for this call alone: the largest that somebody left behind, or a new name. */
export async function claimPartial(where: string, path: string): Promise<string> {
  const own = `${path}.${host}-${process.pid}-${randomBytes(4).toString('hex')}.part`;
  const [largest, ...others] = await abandoned(path);
  if (largest !== undefined) await move(largest, own);
  for (const part of others) await onDisk(where, part, discard(part));
  return own;
}

/** Removes the partial files of `path` that stopped or killed downloads left, when the file itself is there. */
export async function discardAbandoned(where: string, path: string): Promise<void> {
  for (const part of await abandoned(path)) await onDisk(where, part, discard(part));
}

/** Leaves a partial file of a download that stopped for the next call; an empty one is removed. */
export async function releasePartial(part: string, path: string): Promise<void> {
  const bytes = await sizeOf(part);
  if (bytes !== undefined && bytes > 0 && (await move(part, `${path}.part`))) return;
  // A folder that has gone, or cannot be written any more, is reported by what went on in it.
  await discard(part).catch(() => {});
}

/** Gives a complete partial file its name. */
export async function finishPartial(part: string, path: string): Promise<void> {
  await rename(part, path);
  await discard(part);
}

async function move(from: string, to: string): Promise<boolean> {
  const moved = await rename(from, to).then(
    () => true,
    () => false,
  );
  // Without its description, a partial file is downloaded anew.
  if (moved)
    await rename(partialInfo(from), partialInfo(to)).catch(() => rm(partialInfo(to), { force: true }));
  return moved;
}

/** Partial files that no running download owns, the largest first. Links and folders are not ours. */
async function abandoned(path: string): Promise<string[]> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.`;
  const found: { part: string; size: number }[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(prefix)) continue;
    const part = join(folder, name);
    const entry = await lstat(part).catch(() => undefined);
    if (entry?.isFile() && isAbandoned(name.slice(prefix.length), entry.mtimeMs)) {
      found.push({ part, size: entry.size });
    }
  }
  return found.sort((a, b) => b.size - a.size).map(({ part }) => part);
}

function isAbandoned(suffix: string, changed: number): boolean {
  if (suffix === 'part') return true;
  const [, owner, pid] = /^([0-9a-f]{8})-(\d+)-[0-9a-f]{8}\.part$/.exec(suffix) ?? [];
  // Whether a process of another machine still runs cannot be seen from here.
  if (owner !== host) return false;
  // An earlier process can have had the number of this one.
  return Number(pid) === process.pid ? changed < started : !isRunning(Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Bytes of a regular file; undefined if there is none. A link is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  const entry = await lstat(path).catch(() => undefined);
  return entry?.isFile() ? entry.size : undefined;
}
