/** What a package says in its errors. */
export interface Wording {
  /** What the user called. */
  where: string;
  /** What there is too little of, and what to do then. */
  memory: string;
  fix: string;
}

/** A worker thread of the WebAssembly kernels died. The next call starts new ones. */
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
}

/** The WebAssembly kernels need more memory than can be addressed, or than the host gives. Nothing was allocated. */
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
}
