/** Bad input to the recurrence: says who noticed, what was expected, what came and what to do. */
export class RecurrenceError extends Error {
  override readonly name = 'RecurrenceError';

  constructor(
    readonly where: string,
    readonly expected: string,
    readonly got: string,
    readonly fix: string,
  ) {
    super(`${where}: expected ${expected}, got ${got}. ${fix}`);
  }
}

/** A worker thread of the fused recurrence died. The next call starts new ones. */
export class ThreadError extends Error {
  override readonly name = 'ThreadError';

  constructor(readonly reason: string) {
    super(
      `recurrence: expected its worker thread to run to the end, but ${reason}. Call again to start new threads, or setThreads(1) to do without.`,
    );
  }
}

/** The recurrence needs more memory than WebAssembly can address, or than the host gives. Nothing was allocated. */
export class MemoryError extends Error {
  override readonly name = 'MemoryError';

  constructor(
    readonly neededBytes: number,
    readonly availableBytes: number,
  ) {
    const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;
    super(
      `recurrence: expected at most ${mebibytes(availableBytes)} of working memory, needed ${mebibytes(neededBytes)}. Use a smaller batch or a shorter sequence, or lower setMaxTapeBytes.`,
    );
  }
}
