import { copyFile } from 'node:fs/promises';
import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm'],
  clean: true,
  sourcemap: true,
  target: 'node20',
  // For people without a clone: `hurwitz doctor` names the copy's path.
  onSuccess: () =>
    copyFile('../../scripts/build-tfjs-node-from-wheel.mjs', 'dist/build-tfjs-node-from-wheel.mjs'),
});
