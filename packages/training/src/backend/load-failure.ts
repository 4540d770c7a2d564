import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Package {
  name: string;
  /** Where it is installed. */
  folder: string;
}

/** Why a native TensorFlow package does not load: which file is missing or wrong, and what to run. */
export function explainLoadFailure(error: unknown, { name, folder }: Package): string {
  const text = error instanceof Error ? error.message : String(error);
  const build = `Run: ${buildCommand({ name, folder })}`;

  const addon = text.match(/can not be found at path: (.+tfjs_binding\.node)/)?.[1];
  if (addon !== undefined) return `Its native addon is missing: ${addon}. ${build}`;

  const [built, needed] = [...text.matchAll(/NODE_MODULE_VERSION (\d+)/g)].map(([, version]) => version);
  if (built !== undefined) {
    const versions = `NODE_MODULE_VERSION ${built}, and Node ${process.versions.node} needs ${needed}`;
    return `Its native addon was built for another Node: it has ${versions}. ${build}`;
  }

  const library = missingLibrary(text);
  if (library !== undefined && isCuda(library))
    return `The CUDA library ${library} is missing. ${cudaAdvice}`;
  if (library !== undefined) {
    const expected = library.startsWith('libtensorflow') ? ` in ${join(folder, 'deps', 'lib')}` : '';
    return `The library ${library} is missing${expected}. ${build}`;
  }

  if (/invalid ELF header|wrong ELF class|incompatible architecture|not a valid Win32/.test(text)) {
    const host = `${process.platform}-${process.arch}`;
    return `Its native addon is for another kind of machine than ${host}: ${firstLine(text)} ${build}`;
  }

  const symbol = text.match(/version `([^']+)' not found/)?.[1];
  if (symbol !== undefined)
    return `This system is too old for its native addon: it has no ${symbol}. ${build}`;

  const module = text.match(/Cannot find module '([^']+)'/)?.[1];
  if (module !== undefined) {
    return `It is not whole: there is no ${module}. Run: npm install ${name}, in ${projectOf(folder)}`;
  }
  return `${firstLine(text)} ${build}`;
}

export const cudaAdvice =
  'Install CUDA and cuDNN, and name the folder of their libraries in LD_LIBRARY_PATH.';

/** The file that the dynamic loader did not find, by what it says on glibc, musl and macOS. */
export function missingLibrary(text: string): string | undefined {
  const patterns = [
    /(\S+?): cannot open shared object file/,
    /Error loading shared library (\S+?):/,
    /Library not loaded: (\S+)/,
  ];
  const path = patterns.map((pattern) => text.match(pattern)?.[1]).find((found) => found !== undefined);
  return path === undefined ? undefined : basename(path);
}

function isCuda(file: string): boolean {
  return /^lib(cuda|cublas|cufft|curand|cusolver|cusparse|cudnn|nvrtc|nvinfer|nvJitLink)/.test(file);
}

/** What to run for a native addon that works with this Node. */
export function buildCommand({ name, folder }: Package, flag?: '--cuda'): string {
  const script = join(dirname(fileURLToPath(import.meta.url)), 'build-tfjs-node-from-wheel.mjs');
  if (process.platform !== 'linux' || !existsSync(script))
    return `npm rebuild ${name}, in ${projectOf(folder)}`;
  return ['node', script, '--target', projectOf(folder), ...(flag === undefined ? [] : [flag])].join(' ');
}

/** The folder that has the node_modules in which a scoped package is. */
function projectOf(folder: string): string {
  return dirname(dirname(dirname(folder)));
}

function firstLine(text: string): string {
  const line = text.split('\n')[0] ?? '';
  return line.endsWith('.') ? line : `${line}.`;
}
