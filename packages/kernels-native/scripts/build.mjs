#!/usr/bin/env node
/**
 * Builds the addon of this machine into build/local.node, where a C compiler is found: `CC`, cc, gcc or clang. Without one the
 * package says that it is absent, and WebAssembly serves.
 */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compile, run } from './compile.mjs';

const file = fileURLToPath(new URL('../build/local.node', import.meta.url));
mkdirSync(fileURLToPath(new URL('../build', import.meta.url)), { recursive: true });

const { platform, arch, env } = process;
const candidates = env.CC === undefined ? ['cc', 'gcc', 'clang'] : [env.CC];
const compiler =
  platform === 'win32' ? undefined : candidates.find((name) => run([name], ['--version']) === undefined);

if (compiler === undefined) {
  rmSync(file, { force: true });
  console.log(`No C compiler (${candidates.join(', ')}): the native kernels are left out.`);
} else {
  const fresh = `${file}.new`;
  const failure = compile({ compiler: [compiler], platform, arch, file: fresh });
  if (failure === undefined) {
    renameSync(fresh, file);
    console.log(`Built by ${compiler} for ${platform}-${arch}.`);
  } else {
    rmSync(file, { force: true });
    console.log(`The native kernels are left out, because ${compiler} failed.\n${failure}`);
    if (env.CI) process.exitCode = 1;
  }
}
