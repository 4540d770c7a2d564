import { OptionDefaults } from 'typedoc';

/** The reference of every published package, from the names that its index lists. A warning fails it. */
export default {
  name: 'Hurwitz',
  entryPoints: [
    'packages/analysis/src/index.ts',
    'packages/cells/src/index.ts',
    'packages/datasets/src/index.ts',
    'packages/datasets/src/node.ts',
    'packages/equivalence/src/index.ts',
    'packages/figures/src/index.ts',
    'packages/integrators/src/index.ts',
    'packages/kernels/src/index.ts',
    'packages/kernels-native/src/index.ts',
    'packages/lyapunov/src/index.ts',
    'packages/lyapunov/src/flossing.ts',
    'packages/parameterisations/src/index.ts',
    'packages/scan/src/index.ts',
    'packages/stability/src/index.ts',
    'packages/training/src/index.ts',
    'packages/training/src/backends.ts',
    'packages/training/src/files.ts',
    'packages/truncation/src/index.ts',
    'packages/truncation/src/layers.ts',
  ],
  tsconfig: 'tsconfig.docs.json',
  out: 'docs/api',
  readme: 'none',
  excludePrivate: true,
  excludeInternal: true,
  githubPages: false,
  treatWarningsAsErrors: true,
  // Closure’s word for a static name that must stay, as in tfjs.
  blockTags: [...OptionDefaults.blockTags, '@nocollapse'],
};
