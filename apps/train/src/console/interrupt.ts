/** Does some work that Ctrl-C stops through a signal; a second one ends the process at once. */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const handler = (): void => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  };
  const names = ['SIGINT', 'SIGTERM'] as const;
  for (const name of names) process.on(name, handler);
  try {
    return await work(stop.signal);
  } finally {
    for (const name of names) process.off(name, handler);
  }
}
