#!/usr/bin/env node
/**
 * Makes @tensorflow/tfjs-node-gpu and @tensorflow/tfjs-node work where their own install step cannot: behind a wall that
 * hides its download host, on Node versions without a prebuilt addon, on 64-bit Arm, with a newer CUDA.
 *
 * TensorFlow's C library is also inside its Python wheels. This takes one from PyPI (no Python package is installed),
 * puts it where the npm package expects libtensorflow, and builds the addon from the package's own sources.
 *
 * Needs Linux, npm, and what node-gyp needs: a C++ compiler, make and python3.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';

const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];
const version = '2.15.1';
const host = 'https://files.pythonhosted.org/packages';

/** Wheels of TensorFlow 2.15.1, the version that all three flavours have. Before 2.12 the C library was not in the wheels. */
const wheels = {
  'linux-x64': {
    path: '5b/00/af89cb211fc96ffdebb52a687dad7f83b0b1d82bc057f65309fa03a89911/tensorflow_cpu-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
    megabytes: 207,
  },
  'linux-arm64': {
    path: '06/d5/05cd02db299821fd68ef5f8857506c21aeeddd024daf519d8643f0260952/tensorflow_cpu_aws-2.15.1-cp311-cp311-manylinux_2_17_aarch64.manylinux2014_aarch64.whl',
    sha256: 'd4c3a3a9363bf42999adedbbd514e3a133be2d62f61fee9cfa46aaefb087c09e',
    megabytes: 230,
  },
  'linux-x64-cuda': {
    path: 'c1/2d/636471492d93b6c1bf5375b81be7105a313a8c91a07c37e43625b00ca5c3/tensorflow-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    sha256: 'bb0edd69103c154245c5f209f0507355cc68ba7e4de350084bc31edc562478e4',
    megabytes: 475,
  },
};

const usage = `Usage: node build-tfjs-node-from-wheel.mjs --target <folder> [--cuda] [--wheel <file>]

  --target <folder>  has a node_modules with ${packages.join(' or ')},
                     installed with: npm install --ignore-scripts ${packages[0]}
  --cuda             the library that uses NVIDIA GPUs (475 MB; wants CUDA 12.2 and cuDNN 8.9 on the machine)
  --wheel <file>     a wheel of TensorFlow ${version} that is already here, in place of the download`;

class Refusal extends Error {}

async function main() {
  const options = readOptions();
  const found = installedPackages(options.target);
  const flavour = `${process.platform}-${process.arch}${options.cuda ? '-cuda' : ''}`;
  const wheel = wheels[flavour];
  if (wheel === undefined) {
    throw new Refusal(
      `There is no library for ${flavour}; there is for ${Object.keys(wheels).join(', ')}.\n` +
        'Elsewhere, --backend wasm needs no native library.',
    );
  }
  requireTools();
  const library = join(nodeModulesOf(found[0].folder), '.tensorflow', `${version}-${flavour}`);
  if (existsSync(library)) console.log(`TensorFlow ${version} is already in ${library}`);
  else await unpackLibrary(options.wheel, { wheel, library, require: found[0].require });
  for (const { name, folder, require } of found) {
    linkDeps(folder, library);
    const addon = require('@mapbox/node-pre-gyp').find(join(folder, 'package.json'));
    buildAddon({ name, folder, addon });
    console.log(`${name}: ${tryAddon(folder)}`);
  }
}

function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        target: { type: 'string' },
        cuda: { type: 'boolean', default: false },
        wheel: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new Refusal(`${error.message}\n\n${usage}`);
  }
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  if (values.target === undefined) throw new Refusal(`--target is missing.\n\n${usage}`);
  return values;
}

/** The TensorFlow packages that a program in the target folder would load. */
function installedPackages(target) {
  const from = createRequire(join(resolve(target), 'package.json'));
  const found = packages.flatMap((name) => {
    const places = from.resolve.paths(name) ?? [];
    const place = places
      .map((path) => join(path, name))
      .find((path) => existsSync(join(path, 'package.json')));
    if (place === undefined) return [];
    const folder = realpathSync(place);
    return [{ name, folder, require: createRequire(join(folder, 'package.json')) }];
  });
  if (found.length > 0) return found;
  throw new Refusal(
    `${resolve(target)} has neither ${packages.join(' nor ')}. Install one there first:\n` +
      `  npm install --ignore-scripts ${packages[0]}`,
  );
}

function nodeModulesOf(folder) {
  return dirname(dirname(folder));
}

function requireTools() {
  const missing = ['make', 'python3', 'g++'].filter(
    (tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).status !== 0,
  );
  if (missing.length === 0) return;
  throw new Refusal(
    `The addon is built here, for which ${missing.join(', ')} must be installed.\n` +
      'On Debian or Ubuntu: apt-get install build-essential python3',
  );
}

/** Puts libtensorflow and its C headers into the folder `library`, which appears only when all of it is there. */
async function unpackLibrary(given, { wheel, library, require }) {
  mkdirSync(dirname(library), { recursive: true });
  const work = mkdtempSync(join(dirname(library), 'unpacking-'));
  try {
    const file = given ?? join(work, 'tensorflow.whl');
    if (given === undefined) await download(wheel, file);
    await checkSum(file, wheel.sha256);
    console.log('Unpacking the C library and its headers');
    const made = join(work, 'deps');
    const AdmZip = require('adm-zip');
    for (const entry of new AdmZip(file).getEntries()) {
      const place = placeOf(entry.entryName);
      if (entry.isDirectory || place === undefined) continue;
      mkdirSync(dirname(join(made, place)), { recursive: true });
      writeFileSync(join(made, place), entry.getData());
    }
    // The linker asks for libtensorflow; from 2.12 on its C functions live in libtensorflow_cc.
    symlinkSync('libtensorflow_cc.so.2', join(made, 'lib', 'libtensorflow.so'));
    symlinkSync('libtensorflow_framework.so.2', join(made, 'lib', 'libtensorflow_framework.so'));
    renameSync(made, library);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function placeOf(entryName) {
  const [, file] = entryName.match(/^tensorflow\/(libtensorflow_(?:cc|framework)\.so\.2)$/) ?? [];
  if (file !== undefined) return join('lib', file);
  const [, header] =
    entryName.match(/^tensorflow\/include\/((?:tensorflow\/(?:c|core\/platform|tsl)|tsl)\/.*\.h)$/) ?? [];
  return header === undefined ? undefined : join('include', header);
}

async function download({ path, megabytes }, file) {
  const url = `${host}/${path}`;
  console.log(`Downloading ${basename(path)} (${megabytes} MB)`);
  const byHand = `Download it by other means and pass --wheel <file>:\n  ${url}`;
  let response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new Refusal(
      `Cannot reach ${new URL(url).host}: ${error.cause?.message ?? error.message}. ${byHand}`,
    );
  }
  if (!response.ok) throw new Refusal(`${new URL(url).host} answers ${response.status}. ${byHand}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
}

async function checkSum(file, expected) {
  if (!existsSync(file)) throw new Refusal(`There is no file ${file}.`);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  const got = hash.digest('hex');
  if (got === expected) return;
  throw new Refusal(
    `${file} is not the expected wheel: its SHA-256 is ${got}, not ${expected}. Download it again.`,
  );
}

/** The package looks for headers and libraries in its folder `deps`. */
function linkDeps(folder, library) {
  const deps = join(folder, 'deps');
  if (lstatSync(deps, { throwIfNoEntry: false }) !== undefined) rmSync(deps, { recursive: true });
  symlinkSync(relative(folder, library), deps);
}

/** Builds beside the place where the addon belongs, and moves it there when it is whole. */
function buildAddon({ name, folder, addon }) {
  console.log(`Building the addon of ${name} for Node ${process.versions.node}`);
  const staged = join(folder, 'build', 'staged');
  const [napi] = basename(dirname(addon)).match(/\d+$/) ?? ['8'];
  const flags = ['module_name=tfjs_binding', `module_path=${staged}`, `napi_build_version=${napi}`];
  const build = nodeGyp(folder, flags);
  const made = join(staged, 'tfjs_binding.node');
  if (build.status !== 0 || !existsSync(made)) {
    const log = `${build.stdout}${build.stderr}`.trimEnd().split('\n').slice(-30).join('\n');
    throw new Refusal(`node-gyp could not build the addon. The end of what it printed:\n${log}`);
  }
  mkdirSync(dirname(addon), { recursive: true });
  renameSync(made, addon);
  rmSync(join(folder, 'build'), { recursive: true });
}

/** Runs the node-gyp that npm carries, under npm's settings. Headers come from beside Node where it has them, else by download. */
function nodeGyp(folder, flags) {
  const prefix = dirname(dirname(realpathSync(process.execPath)));
  if (existsSync(join(prefix, 'include', 'node', 'node_api.h'))) flags.push(`nodedir=${prefix}`);
  const command = [
    '"$npm_node_execpath" "$npm_config_node_gyp" rebuild',
    ...flags.map((flag) => `'--${flag}'`),
  ];
  const options = { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 };
  return spawnSync('npm', ['exec', '-c', command.join(' ')], options);
}

/** Loads the package in a process of its own, computes with it, and says what it runs on. */
function tryAddon(folder) {
  const script = `
    require('node:util').isNullOrUndefined ??= (value) => value == null;
    const tf = require(${JSON.stringify(folder)});
    const product = tf.matMul([[1, 2], [3, 4]], [[5, 6], [7, 8]]).dataSync().join();
    if (product !== '19,22,43,50') throw new Error('a matrix product came out as ' + product);
    const { binding, isUsingGpuDevice } = tf.backend();
    console.log('works, with TensorFlow ' + binding.TF_Version + ' on the ' + (isUsingGpuDevice ? 'GPU' : 'CPU'));`;
  const env = { TF_CPP_MIN_LOG_LEVEL: '2', ...process.env };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8', env });
  if (status === 0) return stdout.trim().split('\n').at(-1);
  throw new Refusal(`The addon is built, but the package does not load:\n${stderr.trim()}`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
