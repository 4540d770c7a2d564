#!/usr/bin/env node
/**
 * `npm start` and `npm test` for a machine that has only Node and npm: brings pnpm, installs, builds,
 * then runs the main job or every check. Further arguments go to the main job or to turbo.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const env = {
  ...process.env,
  PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
  TURBO_TELEMETRY_DISABLED: '1',
};

/** Runs a command in the workspace root and returns its exit status. */
function run(command, args) {
  const shell = process.platform === 'win32';
  const { status, error } = spawnSync(command, args, { cwd: root, env, stdio: 'inherit', shell });
  if (error) throw error;
  return status ?? 1;
}

function mustRun(command, args) {
  const status = run(command, args);
  if (status !== 0) process.exit(status);
}

function install() {
  mustRun('npx', ['--yes', packageManager, 'install', '--frozen-lockfile']);
}

/** Where each package leaves the report of its tests. */
function reportFiles() {
  const folders = ['packages', 'internal', 'apps'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(root, group, name)),
  );
  return [...folders, join(root, 'experiments')].map((folder) => join(folder, 'test-results.json'));
}

/** The numbers of passed, failed and skipped tests over all reports. */
function tally() {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const file of reportFiles().filter(existsSync)) {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    total.passed += report.numPassedTests;
    total.failed += report.numFailedTests;
    total.skipped += report.numPendingTests + report.numTodoTests;
    // A test file that cannot even be loaded lists no tests, yet it failed.
    const unloadable = report.testResults.filter(
      (t) => t.status === 'failed' && t.assertionResults.length === 0,
    );
    total.failed += unloadable.length;
  }
  return total;
}

const jobs = {
  start(args) {
    install();
    mustRun('turbo', ['run', 'build', '--filter=hurwitz...', '--output-logs=errors-only']);
    return run('node', [join('apps', 'train', 'dist', 'index.js'), 'train', 'pendulum', ...args]);
  },

  test(args) {
    install();
    for (const file of reportFiles()) rmSync(file, { force: true });
    const checks = ['build', 'lint', 'typecheck', 'test', 'check:package', 'check:workspace'];
    const status = run('turbo', [
      'run',
      ...checks,
      '--continue',
      '--concurrency=2',
      '--output-logs=new-only',
      ...args,
    ]);
    const { passed, failed, skipped } = tally();
    if (status !== 0 && failed === 0) console.log('A build, lint, type or package check failed: see above.');
    if (!process.env.HURWITZ_TFJS_NODE) {
      console.log('The native TensorFlow backend was not tested here: npm run test:tensorflow does.');
    }
    console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
    return status;
  },
};

const [name, ...args] = process.argv.slice(2);
if (!(name in jobs)) {
  console.error(`scripts/workspace.mjs: expected one of ${Object.keys(jobs).join(', ')}, got ${name}.`);
  process.exit(2);
}
process.exit(jobs[name](args));
