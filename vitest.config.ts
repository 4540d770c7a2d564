import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** A package's tests see the sources of the others, so that a change needs no build; what follows is Vite's default. */
const conditions = ['@hurwitz/source', 'module', 'node', 'development|production'];

/** The one test setup of every package; each is run from its own folder with `--root .`. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: [fileURLToPath(new URL('scripts/fast-check-seed.ts', import.meta.url))],
    pool: 'forks',
    // Guards against tests that hang, long enough for a machine that is busy with other things.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    teardownTimeout: 600_000,
    reporters: ['default', ['json', { outputFile: 'test-results.json' }]],
  },
});
