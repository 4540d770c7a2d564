import { version } from '../../package.json';

/*
 * A process may load this package twice: as an ES module and as CommonJS, or bundled into a worker's program and beside it.
 * The thread pool, the memory and the list of devices are kept under one symbol of the global object, so that there is
 * one of each; two versions of the package have each their own, because their kernels need not fit each other's jobs.
 */
const home = Symbol.for(`@hurwitz/kernels ${version}`);

/** What `make` gave the first time that any copy of this package asked for `name`. */
export function processWide<T>(name: string, make: () => T): T {
  const global = globalThis as { [home]?: Record<string, unknown> };
  const kept = global[home] ?? {};
  global[home] = kept;
  kept[name] ??= make();
  return kept[name] as T;
}
