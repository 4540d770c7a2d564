import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import shared from '../../vitest.config.js';

/*
 * The package's own tests, and the tests of scan's fused recurrence against float64 and plain operations, once more for each
 * instruction set that this machine has.
 */

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const binary = path('build/local.node');
const instructionSets: string[] = existsSync(binary)
  ? createRequire(import.meta.url)(binary).instructionSets()
  : [];
const { test, ...rest } = shared;
const { reporters, setupFiles, ...one } = test!;

export default {
  test: {
    reporters,
    projects: [
      { ...rest, test: { ...one, name: 'own', root: path('.'), setupFiles } },
      ...instructionSets.map((set) => ({
        ...rest,
        test: {
          ...one,
          name: `scan on ${set}`,
          root: path('../scan'),
          include: ['test/fused-accuracy.test.ts', 'test/fused-reference.test.ts'],
          setupFiles: [setupFiles, path('test/use-native.ts')].flat(),
          env: { HURWITZ_KERNELS: 'native', HURWITZ_NATIVE: set },
        },
      })),
    ],
  },
};
