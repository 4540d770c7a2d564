/** How the addon is compiled: one object file per instruction set, and one for each of the other sources. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { include_dir as headers } from 'node-api-headers';

const sources = fileURLToPath(new URL('../native', import.meta.url));

const flags = [
  '-std=gnu11',
  '-O3',
  '-fPIC',
  '-fvisibility=hidden',
  '-fno-math-errno',
  '-fno-trapping-math',
  // One rounding for a product and a sum, in every compiler.
  '-ffp-contract=fast',
  '-Wall',
  '-Wextra',
  // Vectors are passed to inlined functions only.
  '-Wno-psabi',
  '-DNAPI_VERSION=8',
  `-I${headers}`,
];

/** The instruction sets of each architecture, with the compiler's flags for them. */
const instructionSets = {
  x64: {
    plain: [],
    avx2: ['-mavx2', '-mfma'],
    avx512: ['-mavx2', '-mfma', '-mavx512f', '-mavx512dq', '-mavx512bw', '-mavx512vl'],
  },
  arm64: { neon: [] },
};

const linkFlags = {
  linux: ['-shared', '-pthread', '-s'],
  darwin: ['-shared', '-undefined', 'dynamic_lookup'],
  win32: ['-shared', '-s'],
};

/**
 * Compiles the addon to `file`. `compiler` is a command with its first arguments, `libraries` what is linked besides. Returns what
 * went wrong, or undefined.
 */
export function compile({ compiler, platform, arch, file, libraries = [] }) {
  const sets = instructionSets[arch] ?? { plain: [] };
  const objects = `${file}.objects`;
  mkdirSync(objects, { recursive: true });
  try {
    const files = [];
    const compileOne = (source, name, more) => {
      files.push(join(objects, `${name}.o`));
      return run(compiler, [...flags, ...more, '-c', join(sources, source), '-o', files.at(-1)]);
    };
    for (const [set, more] of Object.entries(sets)) {
      const names = [`-DKERNELS=kernels_${set}`, `-DINSTRUCTION_SET=${set}`];
      const failure = compileOne('kernels.c', `kernels-${set}`, [...names, ...more]);
      if (failure) return failure;
    }
    for (const source of readdirSync(sources)) {
      if (!source.endsWith('.c') || source === 'kernels.c') continue;
      const failure = compileOne(source, source.slice(0, -2), []);
      if (failure) return failure;
    }
    return run(compiler, [...linkFlags[platform], '-o', file, ...files, ...libraries]);
  } finally {
    rmSync(objects, { recursive: true, force: true });
  }
}

/** Runs a command; what it said if it failed. */
export function run([command, ...first], rest) {
  const { status, error, stderr, stdout } = spawnSync(command, [...first, ...rest], { encoding: 'utf8' });
  if (error) return String(error);
  return status === 0 ? undefined : `${command} ended with ${status}:\n${stderr}${stdout}`;
}
