import { copyFile } from 'node:fs/promises';
import { defineConfig } from 'tsup';
import shared from '../../tsup.config.js';

export default defineConfig({
  ...shared,
  entry: ['src/index.ts', 'src/files.ts', 'src/backends.ts'],
  // One class of each error, whichever entry it comes from.
  splitting: true,
  // The folder of this module is where the script below lies.
  shims: true,
  // For people without a clone: what cannot load TensorFlow names the copy's path.
  onSuccess: () =>
    copyFile('../../scripts/build-tfjs-node-from-wheel.mjs', 'dist/build-tfjs-node-from-wheel.mjs').then(
      () => {},
    ),
});
