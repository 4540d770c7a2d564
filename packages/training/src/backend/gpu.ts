import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { buildCommand, cudaAdvice, missingLibrary } from './load-failure.js';
import type { LoadedTfjsNode } from './tfjs-node.js';

export interface Gpu {
  name: string;
  memory: string;
  driver: string;
}

/** NVIDIA's GPUs in this machine, as its driver lists them; none without a driver. */
export function nvidiaGpus(): Gpu[] {
  const query = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'];
  const { status, stdout } = spawnSync('nvidia-smi', query, { encoding: 'utf8', timeout: 10_000 });
  if (status !== 0) return [];
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', memory = '', driver = ''] = line.split(', ');
      return { name, memory, driver };
    });
}

/** What TensorFlow opens for a GPU beside the driver's libcuda.so.1. */
const cuda12 = [
  'cudart.so.12',
  'cublas.so.12',
  'cufft.so.11',
  'cusolver.so.11',
  'cusparse.so.12',
  'cudnn.so.8',
];
const cuda11 = [
  'cudart.so.11.0',
  'cublas.so.11',
  'cufft.so.10',
  'cusolver.so.11',
  'cusparse.so.11',
  'cudnn.so.8',
];

/** Why TensorFlow computes on the CPU although the package is the one for GPUs, and what to do. */
export function whyNoGpu({ name, folder, tensorflow }: LoadedTfjsNode): string {
  const without = libraryWithoutCuda(folder);
  if (without !== undefined) {
    return `Its library ${without} knows no GPU. For one that does, run: ${buildCommand({ name, folder }, '--cuda')}`;
  }
  const missing = process.platform === 'linux' ? missingLibraries(tensorflow) : [];
  if (missing.length === 0) return 'TensorFlow finds no GPU that it can use.';
  const driver = missing.includes('libcuda.so.1') ? ' (of which libcuda.so.1 is the driver)' : '';
  return `TensorFlow ${tensorflow} finds no ${missing.join(', ')}${driver}. ${cudaAdvice}`;
}

/** The library that our build script took from the wheel for CPUs, if that is the one in use. */
function libraryWithoutCuda(folder: string): string | undefined {
  const deps = join(folder, 'deps');
  const library = existsSync(deps) ? realpathSync(deps) : '';
  return /\.tensorflow[/\\][^/\\]+$/.test(library) && !library.endsWith('-cuda') ? library : undefined;
}

function missingLibraries(tensorflow: string): string[] {
  const [major = 0, minor = 0] = tensorflow.split('.').map(Number);
  const libraries = major > 2 || (major === 2 && minor >= 15) ? cuda12 : cuda11;
  return ['cuda.so.1', ...libraries].map((name) => `lib${name}`).filter((library) => !opens(library));
}

/** Asks the dynamic loader itself: a library that it opens is refused only afterwards, for not being an addon. */
function opens(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library);
    return true;
  } catch (error) {
    return missingLibrary((error as Error).message) === undefined;
  }
}
