import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { explainLoadFailure } from './load-failure.js';

/** The packages that register the backend `tensorflow`, the one for GPUs first. */
export const tfjsNodePackages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;
export type TfjsNodeName = (typeof tfjsNodePackages)[number];

/** A native TensorFlow package on this machine, and how loading it went. */
export type TfjsNode =
  | { name: TfjsNodeName; state: 'absent' }
  | { name: TfjsNodeName; state: 'broken'; folder: string; version: string; reason: string }
  | {
      name: TfjsNodeName;
      state: 'loaded';
      folder: string;
      version: string;
      tensorflow: string;
      device: 'GPU' | 'CPU';
    };

export type LoadedTfjsNode = Extract<TfjsNode, { state: 'loaded' }>;

/** What tfjs-node's backend has beside the members that every backend has. */
type NativeBackend = tf.KernelBackend & { isUsingGpuDevice: boolean; binding: { TF_Version: string } };

const loads = new Map<TfjsNodeName, TfjsNode>();

/**
 * Loads @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node, which registers the backend `tensorflow` and makes it active.
 *
 * It is looked for where this app is installed, then where the command was started, or else only in the folder
 * that the environment variable HURWITZ_TFJS_NODE names.
 */
export function loadTfjsNode(name: TfjsNodeName): TfjsNode {
  const load = loads.get(name) ?? firstLoad(name);
  loads.set(name, load);
  return load;
}

function firstLoad(name: TfjsNodeName): TfjsNode {
  const found = find(name);
  if (found === undefined) return { name, state: 'absent' };
  const { folder, require } = found;
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  restoreRemovedUtil();
  try {
    withoutChatter(() => require(name));
    const backend = tf.findBackend('tensorflow') as NativeBackend | null | undefined;
    if (!backend) throw new Error(`${name} registered no backend.`);
    const { isUsingGpuDevice, binding } = backend;
    const device = isUsingGpuDevice ? 'GPU' : 'CPU';
    return { name, state: 'loaded', folder, version, tensorflow: binding.TF_Version, device };
  } catch (error) {
    return { name, state: 'broken', folder, version, reason: explainLoadFailure(error, { name, folder }) };
  }
}

function find(name: string): { folder: string; require: NodeJS.Require } | undefined {
  const given = process.env['HURWITZ_TFJS_NODE'];
  const places = given
    ? [join(resolve(given), 'package.json')]
    : [import.meta.url, join(process.cwd(), 'package.json')];
  for (const place of places) {
    const require = createRequire(place);
    for (const modules of require.resolve.paths(name) ?? []) {
      const manifest = join(modules, name, 'package.json');
      if (existsSync(manifest)) return { folder: dirname(realpathSync(manifest)), require };
    }
  }
  return undefined;
}

/** tfjs-node 4.22 calls `util.isNullOrUndefined`, which Node 23 removed, and `util.isArray`, which Node 22 warns about. */
function restoreRemovedUtil(): void {
  Object.assign(util, {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  });
}

/**
 * Runs something without what tfjs says about itself: that a native backend could be installed, and, where a native
 * package was installed apart from this app and brings a second copy of tfjs, that every kernel is registered already.
 */
export function withoutChatter<T>(run: () => T): T {
  const { warn } = console;
  const chatter = /already registered|has already been set|running TensorFlow\.js in Node\.js/;
  console.warn = (...message: unknown[]) => {
    if (!chatter.test(String(message[0]))) warn(...message);
  };
  try {
    return run();
  } finally {
    console.warn = warn;
  }
}
