/**
 * The tfjs backends that tests run on: cpu and wasm, and the native `tensorflow` where it can be had.
 *
 * HURWITZ_TFJS_NODE names a folder whose node_modules has a working @tensorflow/tfjs-node-gpu or tfjs-node;
 * `npm run test:tensorflow` makes one. HURWITZ_TEST_BACKENDS, for example `cpu,tensorflow`, chooses among the three.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';

const known = ['cpu', 'wasm', 'tensorflow'] as const;
export type TestBackend = (typeof known)[number];

const { HURWITZ_TFJS_NODE: folder, HURWITZ_TEST_BACKENDS: asked } = process.env;

/** The native package, which registers `tensorflow` as it loads; undefined where it was not asked for. */
export const tfjsNode: unknown = chosen().includes('tensorflow') ? loadTfjsNode() : undefined;

export const backends: readonly TestBackend[] = chosen().filter(
  (name) => name !== 'tensorflow' || tfjsNode !== undefined,
);

function chosen(): TestBackend[] {
  const names = asked?.split(',') ?? (folder ? known : known.slice(0, 2));
  const unknown = names.find((name) => !known.includes(name as TestBackend));
  if (unknown !== undefined) {
    throw new Error(`HURWITZ_TEST_BACKENDS: expected names among ${known.join(', ')}, got ${unknown}.`);
  }
  return names as TestBackend[];
}

function loadTfjsNode(): unknown {
  if (!folder) {
    console.warn('The backend tensorflow is not tested: HURWITZ_TFJS_NODE names no folder that has it.');
    return undefined;
  }
  // Node 23 removed the first, which tfjs-node 4.22 calls, and warns about the second.
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value == null, isArray: Array.isArray });
  // Only TensorFlow's errors, not what it says about itself.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  const require = createRequire(join(folder, 'package.json'));
  const { warn } = console;
  // Its copy of tfjs registers kernels that the workspace's copy has registered already.
  console.warn = () => {};
  try {
    try {
      return require('@tensorflow/tfjs-node-gpu');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
      return require('@tensorflow/tfjs-node');
    }
  } finally {
    console.warn = warn;
  }
}
