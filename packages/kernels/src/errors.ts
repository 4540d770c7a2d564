import { InputError } from '@hurwitz/input';

/** Bad input to the kernels, or to what chooses among them: says what was expected, what came and what to do. */
export class KernelsError extends InputError {
  override readonly name = 'KernelsError';
}

/** What a caller says in the errors of its memory and its threads. */
export interface Wording {
  /** What the user called. */
  where: string;
  /** What there is too little of, and what to do then. */
  memory: string;
  fix: string;
}

/** A thread of the kernels died. The next call starts new ones. */
export class ThreadError extends Error {
  override readonly name = 'ThreadError';

  constructor(
    where: string,
    readonly reason: string,
  ) {
    super(
      `${where}: expected its worker thread to run to the end, but ${reason}. Call again to start new threads, or setThreads(1) to do without.`,
    );
  }

  /** Errors of another copy of this package in the same process are of this class too. */
  static override [Symbol.hasInstance](error: unknown): boolean {
    return error instanceof Error && error.name === 'ThreadError';
  }
}

/** The kernels need more memory than can be addressed, or than the host gives. Nothing was allocated. */
export class MemoryError extends Error {
  override readonly name = 'MemoryError';

  constructor(
    { where, memory, fix }: Wording,
    readonly neededBytes: number,
    readonly availableBytes: number,
  ) {
    const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;
    super(
      `${where}: expected at most ${mebibytes(availableBytes)} of ${memory}, needed ${mebibytes(neededBytes)}. ${fix}`,
    );
  }

  /** Errors of another copy of this package in the same process are of this class too. */
  static override [Symbol.hasInstance](error: unknown): boolean {
    return error instanceof Error && error.name === 'MemoryError';
  }
}
