import { defineConfig } from 'tsup';

/** The types of what is not published are bundled as its code is; paths are seen from a package's folder. */
const unpublished = {
  '@hurwitz/input': ['../../internal/input/src/index.ts'],
  '@hurwitz/network': ['../../internal/network/src/index.ts'],
  '@hurwitz/random': ['../../internal/random/src/index.ts'],
};

/** The one build of every package: ES module, CommonJS and types for both, from its list of public names. */
export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  dts: { compilerOptions: { paths: unpublished } },
  clean: true,
  sourcemap: true,
  splitting: false,
  target: 'es2022',
});
