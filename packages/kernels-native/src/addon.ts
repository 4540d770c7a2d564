/*
 * The native addon: a binary of its own for each platform, from the package of that platform or from this clone. Node's modules
 * are reached without an import, so that bundlers for browsers have nothing to resolve.
 */
import { KernelsError } from '@hurwitz/kernels';
import type { AddonArray } from './codes.js';

declare const tapeBrand: unique symbol;
/** A handle of a tape in the addon's memory. */
export interface TapeHandle {
  readonly [tapeBrand]: true;
}

/** What native/addon.c exports. What returns a number of bytes was refused as many. */
export interface Addon {
  forward(
    settings: Float64Array,
    arrays: AddonArray[],
    results: AddonArray[],
    maxTapeBytes: number,
  ): TapeHandle | number | undefined;
  backward(
    settings: Float64Array,
    arrays: AddonArray[],
    tape: TapeHandle,
    cotangents: AddonArray[],
    gradients: AddonArray[],
  ): number | undefined;
  release(tape: TapeHandle): void;
  tapeBytes(tape: TapeHandle): number;
  /** Bytes in use, bytes reserved, and the most that may be in use. */
  memory(): [number, number, number];
  setMemoryLimit(bytes: number): void;
  /** Frees what is reserved and not in use. */
  trimMemory(): void;
  setThreads(count: number): number;
  /** Whether the system refused to start a thread. */
  threadsRefused(): boolean;
  /** Names of the instruction sets that this processor has, the fastest first. */
  instructionSets(): string[];
  /** The one that computes. */
  instructionSet(): string;
  useInstructionSet(index: number): void;
  /** Applies an activation in place, for tests. */
  apply(activation: number, values: Float32Array): void;
  /** Multiply-adds on registers alone; the number of operations done. */
  multiplyAdd(rounds: number): number;
}

/** The addon, or why there is none. */
export type Loaded = { addon: Addon } | { absence: string };

interface Host {
  versions?: { node?: string };
  platform: string;
  arch: string;
  env: Record<string, string | undefined>;
  getBuiltinModule?(name: string): unknown;
  constrainedMemory?(): number | undefined;
}

interface Builtins {
  module: { createRequire(from: string): (id: string) => unknown };
  os: { totalmem(): number };
}

/** In the CommonJS build there is no import.meta. */
const here = (): string => (typeof __filename === 'string' ? __filename : import.meta.url);

let loaded: Loaded | undefined;

export function theAddon(): Loaded {
  loaded ??= load();
  return loaded;
}

function load(): Loaded {
  const { process } = globalThis as { process?: Host };
  if (process?.versions?.node === undefined) return { absence: 'browsers load no native code' };
  const builtin = <Name extends keyof Builtins>(name: Name) =>
    process.getBuiltinModule?.(`node:${name}`) as Builtins[Name] | undefined;
  const require = builtin('module')?.createRequire(here());
  if (require === undefined)
    return { absence: 'process.getBuiltinModule is missing: it needs Node 20.16 or later' };
  const failures: string[] = [];
  for (const binary of binaries(process)) {
    let addon: Addon;
    try {
      addon = require(binary) as Addon;
    } catch (error) {
      const { code, message } = error as { code?: string; message?: string };
      if (code !== 'MODULE_NOT_FOUND') failures.push(`${binary}: ${message ?? error}`);
      continue;
    }
    setUp(addon, process, builtin('os'));
    return { addon };
  }
  const reason = failures.length > 0 ? failures.join('; ') : 'none is installed';
  return { absence: `it has no binary for ${process.platform}-${process.arch} that loads (${reason})` };
}

/** Where a binary may be: built in this clone, or in the package of the platform. npm installs that of the right C library. */
function binaries({ platform, arch }: Host): string[] {
  const name = `@hurwitz/kernels-native-${platform}-${arch}`;
  const packages = platform === 'linux' ? [`${name}-gnu`, `${name}-musl`] : [name];
  return ['../build/local.node', ...packages];
}

function setUp(addon: Addon, process: Host, os: Builtins['os'] | undefined): void {
  const limits = [os?.totalmem(), process.constrainedMemory?.()].filter(
    (bytes) => bytes !== undefined && bytes > 0,
  );
  if (limits.length > 0) addon.setMemoryLimit(Math.min(...(limits as number[])));
  const asked = process.env.HURWITZ_NATIVE;
  if (asked) chooseInstructionSet(addon, asked);
}

/** Makes the addon use an instruction set; throws a KernelsError where the processor lacks it. */
export function chooseInstructionSet(addon: Addon, name: string): void {
  const names = addon.instructionSets();
  if (!names.includes(name)) {
    throw new KernelsError(
      'HURWITZ_NATIVE',
      `an instruction set of this processor (${names.join(', ')})`,
      name,
      'Change or unset the variable.',
    );
  }
  addon.useInstructionSet(names.indexOf(name));
}
