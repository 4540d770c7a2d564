import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The one test setup of every package; each is run from its own folder with `--root .`. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: [fileURLToPath(new URL('scripts/fast-check-seed.ts', import.meta.url))],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: 'test-results.json' }]],
  },
});
