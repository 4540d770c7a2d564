import { defineConfig } from 'tsup';

/** The one build of every package: ES module, CommonJS and types for both, from its list of public names. */
export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  dts: true,
  clean: true,
  sourcemap: true,
  splitting: false,
  target: 'es2022',
});
