/** Runs the small problems over a build of the kernels with assertions and source maps, and puts the usual build back. */
import { spawnSync } from 'node:child_process';

const run = (...command) =>
  spawnSync('npx', command, { stdio: 'inherit', shell: process.platform === 'win32' }).status;
const compile = (...flags) =>
  spawnSync(process.execPath, ['assembly/compile.mjs', ...flags], { stdio: 'inherit' }).status;

let failed = compile('--debug');
failed ||= run(
  'vitest',
  'run',
  '--config',
  '../../vitest.config.ts',
  '--root',
  '.',
  'test/small-problems.test.ts',
);
process.exit(compile() || failed);
