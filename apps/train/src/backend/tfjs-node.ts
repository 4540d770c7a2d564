import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';

/** How loading a native TensorFlow package went. */
export type NativeLoad =
  | { name: string; loaded: true }
  | { name: string; loaded: false; installed: boolean; reason: string };

const reinstall = (name: string): string =>
  `Rebuild it for this Node with \`npm rebuild ${name} --build-from-source\`, or use a Node version it has binaries for (18 to 20).`;

/**
 * Loads @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node, which registers the backend `tensorflow`.
 *
 * Version 4.22 of both calls `util.isNullOrUndefined`, which Node 23 removed; it is put back first.
 * The package is looked for where this app is installed, then where the command was started.
 */
export function loadTfjsNode(name: '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu'): NativeLoad {
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    const require = createRequire(from);
    try {
      require.resolve(name);
    } catch {
      continue;
    }
    try {
      require(name);
      return { name, loaded: true };
    } catch (error) {
      return { name, loaded: false, installed: true, reason: `${firstLine(error)} ${advice(name, error)}` };
    }
  }
  return { name, loaded: false, installed: false, reason: `It is not installed: \`npm install ${name}\`.` };
}

function firstLine(error: unknown): string {
  const line = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  return line.endsWith('.') ? line : `${line}.`;
}

function advice(name: string, error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (/NODE_MODULE_VERSION|was compiled against a different/.test(text)) return reinstall(name);
  if (/libcud|libcublas|libnv/i.test(text))
    return 'The CUDA libraries of TensorFlow 2.9 (CUDA 11.2, cuDNN 8.1) must be on LD_LIBRARY_PATH.';
  if (/libtensorflow/i.test(text))
    return `The TensorFlow C library is missing: reinstall with \`npm install ${name}\` where its download host can be reached.`;
  if (/tfjs_binding|Cannot find module/.test(text)) return `Its native addon is missing. ${reinstall(name)}`;
  return reinstall(name);
}
