import { defineConfig } from 'tsup';

/** The harness with the whole command in one file: its processes then start in half the time. */
export default defineConfig({
  entry: ['src/torture.ts', 'src/hurwitz.ts', 'src/parts-process.ts', 'src/lab-worker.ts', 'src/fault.ts'],
  format: ['esm'],
  clean: true,
  splitting: false,
  target: 'node20',
  noExternal: [/^(?!@tensorflow\/tfjs-node)/],
  external: [/^@tensorflow\/tfjs-node/],
  banner: {
    js: [
      "import { createRequire as requireFrom } from 'node:module';",
      "import { fileURLToPath as pathOf } from 'node:url';",
      "import { dirname as folderOf } from 'node:path';",
      'const require = requireFrom(import.meta.url);',
      'const __filename = pathOf(import.meta.url);',
      'const __dirname = folderOf(__filename);',
    ].join('\n'),
  },
  esbuildOptions(options) {
    // The backends register themselves on import, which they do not announce.
    options.ignoreAnnotations = true;
    options.conditions = ['@hurwitz/source', 'module', 'import'];
  },
});
