// Compiles the kernels twice and writes them, as base64, into a module that tsup bundles: no file to find at run time.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
await mkdir('build', { recursive: true });
const lines = [];
for (const target of ['plain', 'relaxed']) {
  const { error, stderr } = await main(['--target', target]);
  const messages = stderr.toString();
  if (error || messages) throw error ?? new Error(messages);
  const binary = await readFile(`build/${target}.wasm`);
  lines.push(`export const ${target} = '${binary.toString('base64')}';\n`);
}
await writeFile('build/kernels.js', lines.join(''));
