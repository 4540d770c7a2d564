#!/usr/bin/env node
/**
 * `npm run test:tensorflow`: installs @tensorflow/tfjs-node-gpu apart from the workspace, builds it around the C library of a
 * TensorFlow wheel, and runs the tests of everything that computes on tensors with it, beside cpu and wasm.
 * Where the library cannot be had, it says so and that nothing was tested.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = process.env.HURWITZ_TFJS_NODE ?? join(root, 'node_modules', '.cache', 'tfjs-node');
const tested = ['parameterisations', 'integrators', 'scan', 'cells'].map((name) => `@hurwitz/${name}`);

const run = (command, args, cwd) => {
  const env = { ...process.env, HURWITZ_TFJS_NODE: folder, TF_CPP_MIN_LOG_LEVEL: '2' };
  return spawnSync(command, args, { cwd, env, stdio: 'inherit' }).status ?? 1;
};

function prepare() {
  if (process.env.HURWITZ_TFJS_NODE !== undefined) return true;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const install = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '@tensorflow/tfjs-node-gpu@4.22.0',
  ];
  const build = [join(root, 'scripts', 'build-tfjs-node-from-wheel.mjs'), '--target', folder];
  return run('npm', install, folder) === 0 && run(process.execPath, build, folder) === 0;
}

if (!prepare()) {
  console.log('The backend tensorflow was NOT tested: its package or library cannot be had here, see above.');
  process.exit(0);
}
const filters = [...tested, 'hurwitz'].map((name) => `--filter=${name}`);
process.exit(run('npx', ['turbo', 'run', 'test', '--concurrency=1', ...filters], root));
