import { readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { explainFileError, showPath } from '../failures/file-error.js';
import { makeFolder } from '../files/make-folder.js';

interface Holder {
  host: string;
  pid: number;
  /** When the process started, in clock ticks since the machine did; 0 where that is not known. */
  started: number;
}

/**
 * Does some work while this process alone holds a folder: an empty file `<host>-<pid>-<started>.lock` lies in it
 * meanwhile. The folder is made when there is none, and goes when the work leaves nothing in it. Locks of processes of
 * this machine that have ended, killed ones too, are cleared away.
 *
 * Each process puts its file there first and then looks for others, so that no two go on together, in whatever order they
 * come; of two that come in the same instant, both may be refused. Nothing has to be renewed, which a long computation
 * would keep this process from.
 *
 * @throws UserError when another process holds the folder, or it cannot be written to.
 */
export async function withFolderLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const release = lock(folder);
  // A second Ctrl-C ends the process from within the work.
  process.on('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function lock(folder: string): () => void {
  const own = nameOf({ host: hostname(), pid: process.pid, started: startOf(process.pid)?.started ?? 0 });
  try {
    makeFolder(folder);
    writeFileSync(join(folder, own), '');
  } catch (error) {
    throw explainFileError(error, folder);
  }
  const release = (): void => {
    rmSync(join(folder, own), { force: true });
    removeIfEmpty(folder);
  };
  for (const name of readdirSync(folder)) {
    const holder = name === own ? undefined : holderOf(name);
    if (holder === undefined) continue;
    if (mayBeAlive(holder)) {
      release();
      throw inUse(join(folder, name), { folder, holder });
    }
    rmSync(join(folder, name), { force: true });
  }
  return release;
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It holds files, as a run folder does.
  }
}

const pattern = /^(.+)-(\d+)-(\d+)\.lock$/;

/** Whether a file of this name is a process's lock on its folder. */
export function isLock(name: string): boolean {
  return holderOf(name) !== undefined;
}

function nameOf({ host, pid, started }: Holder): string {
  return `${encodeURIComponent(host)}-${pid}-${started}.lock`;
}

/** Who put the lock there; undefined for a file that no process of this program named. */
function holderOf(name: string): Holder | undefined {
  const [, host, pid, started] = pattern.exec(name) ?? [];
  if (host === undefined) return undefined;
  try {
    return { host: decodeURIComponent(host), pid: Number(pid), started: Number(started) };
  } catch {
    // Not written by encodeURIComponent.
    return undefined;
  }
}

/** False only for a process that has surely ended: those of other machines cannot be asked. */
function mayBeAlive({ host, pid, started }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
  const now = startOf(pid);
  if (now === undefined) return true;
  // A number is given again, after a restart of a container often the same one.
  return !now.ended && (started === 0 || started === now.started);
}

/** What Linux says of a process in /proc; undefined on other systems, where a number given again looks alive. */
function startOf(pid: number): { started: number; ended: boolean } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the program's name, which stands in parentheses and may hold any character: state, ..., start time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { started: Number(fields[19]), ended: fields[0] === 'Z' || fields[0] === 'X' };
  } catch {
    return undefined;
  }
}

function inUse(
  file: string,
  { folder, holder: { host, pid } }: { folder: string; holder: Holder },
): UserError {
  const where = host === hostname() ? 'of this machine' : `of the machine ${host}`;
  const since = statSync(file, { throwIfNoEntry: false })?.mtime.toISOString().slice(0, 16).replace('T', ' ');
  return new UserError(
    `${showPath(folder)} is in use by process ${pid} ${where}${since === undefined ? '' : ` since ${since} UTC`}. ` +
      `Wait until that ends, or stop it; if there is no such process any more, delete ${file}`,
  );
}
