/**
 * Does some work in which Ctrl-C asks for a stop, which `asked` tells; a second one ends the process at once.
 */
export async function untilInterrupted<T>(work: (asked: () => boolean) => Promise<T>): Promise<T> {
  let asked = false;
  const handler = (): void => {
    if (asked) process.exit(130);
    asked = true;
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, handler);
  try {
    return await work(() => asked);
  } finally {
    for (const signal of signals) process.off(signal, handler);
  }
}
