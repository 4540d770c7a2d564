#!/usr/bin/env node
/**
 * Compiles assembly/index.ts of the package in the working folder twice, without and with relaxed SIMD, and writes both in
 * base64 into build/kernels.js, which tsup bundles: no file has to be found at run time.
 *
 * With --debug: not optimised, with AssemblyScript's assertions (a failed one is a trap whose stack names the function), and
 * with source maps beside build/*.wasm.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { main } from 'assemblyscript/asc';

const release = ['--optimizeLevel=3', '--shrinkLevel=0', '--noAssert'];
const debug = ['--debug', '--sourceMap'];
const options = [
  ...(process.argv.includes('--debug') ? debug : release),
  '--runtime=stub',
  '--importMemory',
  '--sharedMemory',
  '--initialMemory=2',
  '--maximumMemory=65536',
  '--memoryBase=1024',
  '--use=abort=',
];
const features = { plain: 'simd,threads', relaxed: 'simd,threads,relaxed-simd' };

await mkdir('build', { recursive: true });
const lines = [];
for (const [name, enabled] of Object.entries(features)) {
  const file = `build/${name}.wasm`;
  const { error, stderr } = await main([
    'assembly/index.ts',
    ...options,
    `--enable=${enabled}`,
    `--outFile=${file}`,
  ]);
  const messages = stderr.toString();
  if (error || messages) throw new Error(messages || String(error));
  lines.push(`export const ${name} = '${(await readFile(file)).toString('base64')}';\n`);
}
await writeFile('build/kernels.js', lines.join(''));
