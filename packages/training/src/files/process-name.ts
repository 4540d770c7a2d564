import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process as the name of a file tells it. */
export interface NamedProcess {
  host: string;
  pid: number;
  /** When the process started, in clock ticks since the machine did; 0 where that is not known. */
  started: number;
}

let own: string | undefined;

/** `<host>-<pid>-<started>` of this process, fit for the name of a file. */
export function ownProcessName(): string {
  own ??= `${encodeURIComponent(hostname())}-${process.pid}-${startOf(process.pid)?.started ?? 0}`;
  return own;
}

/** The process that a name tells; undefined for a name that {@link ownProcessName} did not give. */
export function parseProcessName(name: string): NamedProcess | undefined {
  const [, host, pid, started] = /^(.+)-(\d+)-(\d+)$/.exec(name) ?? [];
  if (host === undefined) return undefined;
  try {
    return { host: decodeURIComponent(host), pid: Number(pid), started: Number(started) };
  } catch {
    return undefined;
  }
}

export const isOfThisMachine = ({ host }: NamedProcess): boolean => host === hostname();

/** False only for a process that has surely ended: those of other machines cannot be asked. */
export function mayBeAlive(named: NamedProcess): boolean {
  if (!isOfThisMachine(named)) return true;
  try {
    process.kill(named.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const now = startOf(named.pid);
  if (now === undefined) return true;
  // A number is given again, after a restart of a container often the same one.
  return !now.ended && (named.started === 0 || named.started === now.started);
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
