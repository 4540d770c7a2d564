import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';

/** A registry on this machine, for the packages of the workspace alone. */
export interface Registry {
  readonly url: string;
  /** Lines of .npmrc with which npm finds our packages here, may publish here, and takes all others as usual. */
  readonly npmrc: string;
  close(): void;
}

/** Everybody may publish here: it listens on the loopback only, and lives as long as the test. */
const config = (folder: string): string => `
storage: ${join(folder, 'storage')}
auth: { htpasswd: { file: ${join(folder, 'htpasswd')} } }
packages:
  '@hurwitz/*': { access: $all, publish: $all }
  hurwitz: { access: $all, publish: $all }
max_body_size: 100mb
web: { enable: false }
log: { type: stdout, format: pretty, level: warn }
`;

/** Starts a registry that keeps its files in an empty folder. */
export async function startRegistry(folder: string): Promise<Registry> {
  const file = join(folder, 'verdaccio.yaml');
  writeFileSync(file, config(folder));
  const verdaccio = createRequire(import.meta.url).resolve('verdaccio/bin/verdaccio');
  const port = await freePort();
  const child = spawn(process.execPath, [verdaccio, '--config', file, '--listen', `127.0.0.1:${port}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text;
    });
  }
  const url = `http://127.0.0.1:${port}/`;
  await answer(url, child).catch((error: Error) => {
    child.kill();
    throw new Error(`${error.message}\n${output}`);
  });
  // npm publishes nowhere without a token; this registry looks at none.
  const npmrc = `@hurwitz:registry=${url}\n//127.0.0.1:${port}/:_authToken=anybody\n`;
  return { url, npmrc, close: () => child.kill() };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** Waits until the registry answers, or its process has ended. */
async function answer(url: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The registry ended with ${child.exitCode}.`);
    const up = await fetch(`${url}-/ping`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) return;
    await new Promise((done) => setTimeout(done, 100));
  }
}
