import { getSystemErrorMap } from 'node:util';
import { UserError } from '../errors.js';

/** What a file was touched for, and the flag that named it, if one did. */
interface Attempt {
  doing?: 'write' | 'read';
  flag?: string;
}

interface Cause {
  what: string;
  /** What to do; without one, another place is to be chosen, or the path to be checked. */
  advice?: string;
}

const permissions = 'change its permissions, or choose a place of your own';
const wait = 'wait until that has ended';

const causes: Record<string, Cause> = {
  EACCES: { what: 'permission is denied', advice: permissions },
  EPERM: { what: 'the system does not permit it', advice: permissions },
  EROFS: { what: 'the disk is read-only', advice: 'choose a place on another disk' },
  ENOSPC: {
    what: 'the disk is full',
    advice: 'free some space and give the command again; an interrupted training goes on with --resume',
  },
  EDQUOT: { what: 'your quota of the disk is used up', advice: 'free some space and give the command again' },
  EFBIG: {
    what: 'the file would be larger than the system allows',
    advice: 'raise that limit (ulimit -f), or choose a place on another disk',
  },
  ENOENT: { what: 'there is no such file or folder' },
  ENOTDIR: { what: 'a part of the path is a file, not a folder' },
  EISDIR: { what: 'it is a folder, not a file' },
  EEXIST: { what: 'something else of that name is there already' },
  ENOTEMPTY: { what: 'the folder holds other files' },
  ENAMETOOLONG: { what: 'the name is longer than the file system allows', advice: 'choose a shorter one' },
  ELOOP: { what: 'its links lead in a circle' },
  EMFILE: { what: 'this process has too many files open', advice: 'raise that limit (ulimit -n)' },
  ENFILE: { what: 'the machine has too many files open', advice: 'close some programs' },
  EIO: { what: 'the disk reports a fault', advice: 'try again, or choose a place on another disk' },
  EBUSY: { what: 'another process uses it', advice: wait },
  ETXTBSY: { what: 'another process runs it', advice: wait },
  ENOMEM: { what: 'the machine has no memory left', advice: 'close some programs' },
  ENODEV: { what: 'there is no such device' },
  ENXIO: { what: 'there is no such device' },
  EINVAL: { what: 'the file system refuses such a name or file' },
  ESTALE: { what: 'the network disk has lost it', advice: 'try again' },
  ERR_FS_EISDIR: { what: 'it is a folder, not a file' },
  ERR_FS_FILE_TOO_LARGE: { what: 'it is larger than 2 GiB', advice: 'give a smaller file' },
  ERR_STRING_TOO_LONG: { what: 'it is longer than a text may be', advice: 'give a smaller file' },
  ERR_INVALID_ARG_VALUE: { what: 'the path holds a zero byte' },
};

/**
 * Turns an error of the file system into one sentence: what was attempted on which path, why it failed and what to do.
 * Errors of another kind pass unchanged.
 */
export function explainFileError(error: unknown, path: string, attempt: Attempt = {}): unknown {
  const cause = causeOf(error);
  if (cause === undefined) return error;
  return cannot(path, cause, { ...attempt, error });
}

/** The sentence on a path that cannot be read or written. */
export function cannot(
  path: string,
  { what, advice }: Cause,
  { doing = 'write', flag, error }: Attempt & { error?: unknown } = {},
): UserError {
  const check = flag === undefined ? 'check the path' : `check ${flag}`;
  const todo = advice ?? (doing === 'write' ? 'choose another place' : check);
  const where = flag !== undefined && /choose a[^;]*$/.test(todo) ? ` with ${flag}` : '';
  return new UserError(`Cannot ${doing} ${showPath(path)}: ${what}; ${todo}${where}.`, { cause: error });
}

function causeOf(error: unknown): Cause | undefined {
  if (!(error instanceof Error) || error instanceof UserError) return undefined;
  const { code, errno } = error as NodeJS.ErrnoException;
  if (code === undefined) return undefined;
  const known = causes[code];
  if (known !== undefined) return known;
  if (errno === undefined || !/^E[A-Z0-9]+$/.test(code)) return undefined;
  const [, meaning = 'the system refuses it'] = getSystemErrorMap().get(errno) ?? [];
  return { what: `${meaning} (${code})` };
}

/** A path for people: control characters escaped, and a very long one cut in the middle. */
export function showPath(path: string): string {
  const [most, kept] = [160, 70];
  const whole = path.length <= most ? path : `${path.slice(0, kept)}…${path.slice(-kept)}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  return path === '' || /[\u0000-\u001f\u007f]/.test(whole) ? JSON.stringify(whole) : whole;
}
