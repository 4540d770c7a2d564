/**
 * Loaded before a command by `node --import`: counts what the process does to files, and at one of these operations kills
 * the process or lets the operation fail. The environment says which: `HURWITZ_FAULT`, a {@link Fault} as JSON.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

export interface Fault {
  /** The operation, counted from 1; 0 only counts. */
  at: number;
  /** Kill before the operation, after it, or with half of its bytes written; or let it fail with an error code. */
  how: 'before' | 'after' | 'half' | ErrorCode;
  /** Whether all later writes fail too, as on a full disk. */
  lasting?: boolean;
  /** Gets the number of operations, when the process ends by itself. */
  report?: string;
}

export type ErrorCode = 'ENOSPC' | 'EFBIG' | 'EIO' | 'EACCES' | 'EROFS' | 'EDQUOT';

const errnos = { ENOSPC: -28, EFBIG: -27, EIO: -5, EACCES: -13, EROFS: -30, EDQUOT: -122 };

/** What changes a file or a folder, and so what another process can find afterwards. */
const changing = [
  ...[
    'openSync',
    'writeSync',
    'writevSync',
    'writeFileSync',
    'appendFileSync',
    'ftruncateSync',
    'truncateSync',
  ],
  ...[
    'fsyncSync',
    'fdatasyncSync',
    'renameSync',
    'mkdirSync',
    'mkdtempSync',
    'linkSync',
    'symlinkSync',
    'copyFileSync',
  ],
  ...['cpSync', 'utimesSync', 'rmSync', 'rmdirSync', 'unlinkSync'],
] as const;
/** These need no room, so a full disk does not stop them. */
const freeing = ['rmSync', 'rmdirSync', 'unlinkSync', 'renameSync'];
/** These put bytes into a file; half of them can arrive. */
const writing = ['writeSync', 'writeFileSync', 'appendFileSync'];

const fault = JSON.parse(process.env['HURWITZ_FAULT'] ?? '{"at":0,"how":"before"}') as Fault;
const { how } = fault;
const original = { appendFileSync: fs.appendFileSync };
let count = 0;
let inside = false;

type Call = (...args: unknown[]) => unknown;
const methods = fs as unknown as Record<string, Call>;

function kill(): never {
  process.kill(process.pid, 'SIGKILL');
  // The signal arrives at once; nothing may happen meanwhile.
  for (;;);
}

function fail(name: string): never {
  const code = how as ErrorCode;
  const syscall = name.replace('Sync', '');
  throw Object.assign(new Error(`${code}: injected, ${syscall}`), { code, errno: errnos[code], syscall });
}

const kills = how === 'before' || how === 'after' || how === 'half';

/** Half of what a call would write, by the same call. */
function writeHalf(name: string, run: Call, args: unknown[]): unknown {
  const content = args[1];
  const bytes = typeof content === 'string' ? Buffer.from(content) : (content as Uint8Array);
  if (name !== 'writeSync') return run(args[0], bytes.subarray(0, bytes.length >> 1), args[2]);
  const offset = typeof args[2] === 'number' ? args[2] : 0;
  return run(args[0], bytes, offset, (bytes.length - offset) >> 1);
}

function isReading(name: string, args: readonly unknown[]): boolean {
  if (name === 'openSync') {
    const flags = args[1] ?? 'r';
    return typeof flags === 'number'
      ? (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) === 0
      : flags === 'r';
  }
  // Standard output and error.
  return writing.includes(name) && typeof args[0] === 'number' && args[0] <= 2;
}

function wrap(name: (typeof changing)[number]): void {
  const run = methods[name]!;
  methods[name] = (...args) => {
    if (inside || isReading(name, args)) return run(...args);
    inside = true;
    try {
      count += 1;
      const due = count === fault.at;
      const later = fault.lasting === true && count > fault.at && fault.at > 0;
      if (!due && !(later && !kills)) return run(...args);
      const room = !freeing.includes(name);
      if (!kills) {
        if (!room && (how === 'ENOSPC' || how === 'EDQUOT' || how === 'EFBIG')) return run(...args);
        if (due && writing.includes(name)) writeHalf(name, run, args);
        return fail(name);
      }
      if (how === 'before') kill();
      if (how === 'half' && writing.includes(name)) writeHalf(name, run, args);
      else run(...args);
      return kill();
    } finally {
      inside = false;
    }
  };
}

for (const name of changing) wrap(name);
syncBuiltinESMExports();

if (fault.report !== undefined) {
  process.on('exit', () => original.appendFileSync(fault.report!, `${count}\n`));
}
