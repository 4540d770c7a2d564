import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DatasetError, type DatasetSource, DownloadError } from '../src/index.js';
import { type FetchOptions, fetchDataset } from '../src/node.js';
import { keyedGenerator } from '../src/random.js';
import { type Answer, breakAt, dropAfter, serve, startMirror } from './loopback.js';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const generator = keyedGenerator('noise', 3);
const plain = Uint8Array.from({ length: 300_000 }, () => generator.next());
const packed = gzipSync(plain);

let folder: string;
const mirrors: Awaited<ReturnType<typeof startMirror>>[] = [];
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hurwitz-hostile-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(mirrors.splice(0).map((mirror) => mirror.close()));
  await rm(folder, { recursive: true });
});

async function mirror(...answers: Answer[]) {
  const started = await startMirror({ data: plain, 'data.gz': packed, elsewhere: plain }, ...answers);
  mirrors.push(started);
  return started;
}

const file = { name: 'data', size: plain.length, sha256: sha256(plain) };
const source = (urls: { url: string }[], files: DatasetSource['files'] = [file]): DatasetSource => ({
  name: 'test',
  mirrors: urls.map(({ url }) => url),
  files,
});
const repackable = {
  name: 'data.gz',
  size: packed.length,
  sha256: sha256(packed),
  unpackedSha256: sha256(plain),
  unpackedSize: plain.length,
};
const fetchHere = (data: DatasetSource, options: Partial<FetchOptions> = {}) =>
  fetchDataset(data, { folder, retryDelay: 1, attempts: 2, ...options });
const failureOf = async (
  data: DatasetSource,
  options: Partial<FetchOptions> = {},
): Promise<DownloadError> => {
  const error = await fetchHere(data, options).then(
    () => 'no error',
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(DownloadError);
  return error as DownloadError;
};

/** Sends without end, until the connection breaks; counts what it could send. */
function endless(headers: Record<string, string | number> = {}) {
  const sent = { bytes: 0 };
  const answer: Answer = (_request, response) => {
    response.writeHead(200, headers);
    const piece = Buffer.alloc(65_536, 1);
    const more = (): void => {
      // 64 MiB: a test that fails stops too.
      while (!response.destroyed && sent.bytes < 2 ** 26) {
        sent.bytes += piece.length;
        if (!response.write(piece)) {
          response.once('drain', more);
          return;
        }
      }
      response.end();
    };
    more();
  };
  return { sent, answer };
}

const redirect =
  (to: string): Answer =>
  (_request, response) => {
    response.writeHead(302, { Location: to }).end();
  };

describe('fetchDataset from a mirror that lies', () => {
  it('stops an endless response at the published size, and keeps nothing of it', async () => {
    const { answer } = endless();
    const most: number[] = [];
    const error = await failureOf(source([await mirror(answer)]), {
      onProgress: ({ received }) => most.push(received),
    });
    expect(error.failures[0]!.reason).toMatch(
      /^\d+ bytes and no end, more than the 300000 that this file can have$/,
    );
    expect(Math.max(...most)).toBeLessThanOrEqual(plain.length);
    expect(await readdir(folder)).toEqual([]);
  });

  it('stops a copy packed anew at twice the published size and 64 KiB', async () => {
    const { answer } = endless();
    const error = await failureOf(source([await mirror(answer)], [repackable]));
    expect(error.failures[0]!.reason).toContain(`more than the ${2 * packed.length + 65_536} that`);
  });

  it('reads nothing where the announced length is too large, and asks such a mirror once', async () => {
    const { answer } = endless({ 'Content-Length': 2 ** 40 });
    const lying = await mirror(answer);
    const received: number[] = [];
    const error = await failureOf(source([lying]), {
      onProgress: (progress) => received.push(progress.received),
    });
    expect(error.failures[0]!.reason).toBe(
      '1099511627776 bytes announced, more than the 300000 that this file can have',
    );
    expect(received).toEqual([]);
    expect(lying.requests.length).toBe(1);
  });

  it('stops an endless response behind a redirect, behind a resumed part, and inside a compressed one', async () => {
    const behind = await mirror(endless().answer);
    const failures = await failureOf(source([await mirror(redirect(`${behind.url}elsewhere`))]));
    expect(failures.failures[0]!.reason).toContain('bytes and no end');

    const { answer } = endless();
    const resumed: Answer = (request, response, body, etag) => {
      response.writeHead = ((_status: number) =>
        Object.getPrototypeOf(response).writeHead.call(response, 206, {
          'Content-Range': 'bytes 100000-*/*'.replace('*/', '299999/'),
        })) as typeof response.writeHead;
      answer(request, response, body, etag);
    };
    const part = await mirror(dropAfter(100_000), resumed);
    const error = await failureOf(source([part]), { onProgress: ({ received }) => breakAt(received) });
    expect(part.requests.at(-1)!.range).toBe('bytes=100000-');
    expect(error.failures[0]!.reason).toContain('bytes and no end');

    const bomb = gzipSync(new Uint8Array(2 ** 26));
    const compressed: Answer = (_request, response) =>
      response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': bomb.length }).end(bomb);
    const inside = await failureOf(source([await mirror(compressed)]));
    expect(inside.failures[0]!.reason).toContain('bytes and no end');
  });

  it('follows a redirect to the file, and gives up redirects without end', async () => {
    const target = await mirror(serve);
    await fetchHere(source([await mirror(redirect(`${target.url}elsewhere`))]));
    expect(sha256(await readFile(join(folder, 'data')))).toBe(file.sha256);
    await rm(join(folder, 'data'));
    const loop = await failureOf(source([await mirror(redirect('/data'))]), { attempts: 1 });
    expect(loop.failures[0]!.reason).not.toBe('');
    const local = await failureOf(source([await mirror(redirect('file:///etc/passwd'))]), { attempts: 1 });
    expect(local.failures[0]!.reason).not.toBe('');
  });

  it('gives up a mirror that sends a byte now and then', async () => {
    const trickle: Answer = (_request, response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    };
    const error = await failureOf(source([await mirror(trickle)]), { attempts: 1, timeout: 300 });
    expect(error.failures[0]!.reason).toBe('less than 16384 bytes in 300 ms');
  });

  it('takes its time for a slow mirror that keeps sending', async () => {
    const slow: Answer = (_request, response, body) => {
      let at = 0;
      const timer = setInterval(() => {
        response.write(body.subarray(at, at + 50_000));
        at += 50_000;
        if (at >= body.length) {
          clearInterval(timer);
          response.end();
        }
      }, 600);
    };
    // 3.6 s in all, in a timeout of 3 s: each 50,000 bytes begin it anew.
    await fetchHere(source([await mirror(slow)]), { timeout: 3000, attempts: 5 });
    expect(sha256(await readFile(join(folder, 'data')))).toBe(file.sha256);
  });

  it('refuses bodies that are shorter or longer than announced, or end without a length', async () => {
    const raw =
      (head: string, body: Uint8Array): Answer =>
      (_request, response) => {
        const socket = response.socket!;
        socket.write(`HTTP/1.1 200 OK\r\n${head}Connection: close\r\n\r\n`);
        socket.end(body);
      };
    for (const answer of [
      raw(`Content-Length: ${plain.length}\r\n`, plain.subarray(0, 1000)),
      raw('Content-Length: 1000\r\n', plain),
      raw('', plain.subarray(0, 1000)),
      raw('Transfer-Encoding: chunked\r\n', Buffer.from('3e8\r\nabc')),
      raw('Content-Length: many\r\n', plain),
      raw('Content-Length: -1\r\n', plain),
    ]) {
      const error = await failureOf(source([await mirror(answer)]), { attempts: 1 });
      expect(error.failures[0]!.reason).not.toBe('');
      expect((await readdir(folder)).includes('data')).toBe(false);
    }
  });

  it('unpacks no more than the published content to compare it', async () => {
    const bomb = gzipSync(new Uint8Array(2 ** 26));
    const answer: Answer = (_request, response) => response.end(bomb);
    const error = await failureOf(source([await mirror(answer)], [repackable]));
    expect(error.failures[0]!.reason).toContain('wrong content');
  });
});

describe('fetchDataset beside others', () => {
  it('begins anew, once, where the part that an earlier call left is damaged', async () => {
    const from = await mirror(dropAfter(100_000), serve);
    const stop = { attempts: 1, onProgress: ({ received }: { received: number }) => breakAt(received) };
    await failureOf(source([from]), stop);
    await writeFile(join(folder, 'data.part'), new Uint8Array(100_000));
    await fetchHere(source([from]));
    expect(from.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=100000-', undefined]);
    expect(await readdir(folder)).toEqual(['data']);
  });

  it('writes through no link that lies where a part would be', async () => {
    if (process.platform === 'win32') return;
    const precious = join(folder, 'precious');
    await writeFile(precious, 'precious');
    await symlink(precious, join(folder, 'data.part'));
    await fetchHere(source([await mirror(serve)]));
    expect(await readFile(precious, 'utf8')).toBe('precious');
    expect((await stat(join(folder, 'data'))).size).toBe(plain.length);
  });

  it('fetches five times at once into one folder: every call ends with the good file, and nothing else is left', async () => {
    const from = await mirror(serve);
    const fetched = await Promise.all(Array.from({ length: 5 }, () => fetchHere(source([from]))));
    expect(fetched.map(({ files }) => files.length)).toEqual([1, 1, 1, 1, 1]);
    expect(sha256(await readFile(join(folder, 'data')))).toBe(file.sha256);
    expect(await readdir(folder)).toEqual(['data']);
  });

  /** Another process that fetches into the folder, from what `npm run build` made. */
  async function elsewhere(data: DatasetSource) {
    const built = fileURLToPath(new URL('../dist/node.js', import.meta.url));
    const script = join(folder, '..', `${sha256(Buffer.from(folder)).slice(0, 8)}-fetch.mjs`);
    await writeFile(
      script,
      `import { fetchDataset } from ${JSON.stringify(pathToFileURL(built).href)};
       await fetchDataset(${JSON.stringify(data)}, { folder: ${JSON.stringify(folder)}, retryDelay: 1 });`,
    );
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'pipe'] });
    children.push(child);
    let errors = '';
    child.stderr!.on('data', (text) => {
      errors += text;
    });
    const ended = new Promise<string>((done) =>
      child.on('close', (code, signal) => {
        void rm(script, { force: true }).then(() => done(`${code ?? signal} ${errors}`));
      }),
    );
    return { child, ended };
  }

  it('fetches from two processes at once: both end well', async () => {
    const from = await mirror(serve);
    const processes = await Promise.all([elsewhere(source([from])), elsewhere(source([from]))]);
    expect(await Promise.all(processes.map(({ ended }) => ended))).toEqual(['0 ', '0 ']);
    expect(sha256(await readFile(join(folder, 'data')))).toBe(file.sha256);
    expect(await readdir(folder)).toEqual(['data']);
  });

  it('continues what a killed process left, but not what a living one still writes', async () => {
    const held = await mirror((_request, response, body, etag) => {
      response.setHeader('ETag', etag);
      response.setHeader('Content-Length', body.length);
      response.write(body.subarray(0, 100_000));
    });
    const { child, ended } = await elsewhere(source([held]));
    const parts = async () => (await readdir(folder)).filter((name) => name.endsWith('.part'));
    const size = async () =>
      Promise.all((await parts()).map(async (name) => (await stat(join(folder, name))).size));
    while ((await size())[0] !== 100_000) await new Promise((done) => setTimeout(done, 20));
    const [left] = await parts();

    const beside = await mirror(serve);
    await fetchHere({ ...source([beside]), files: [file] });
    expect(beside.requests.map(({ range }) => range)).toEqual([undefined]);
    expect(await parts()).toEqual([left]);

    child.kill('SIGKILL');
    await ended;
    await rm(join(folder, 'data'));
    const info = join(folder, `${left}.json`);
    await writeFile(info, (await readFile(info, 'utf8')).replace(held.url, beside.url));
    await fetchHere(source([beside]));
    expect(beside.requests.at(-1)!.range).toBe('bytes=100000-');
    expect(await readdir(folder)).toEqual(['data']);
  });
});

describe('fetchDataset with a source of your own', () => {
  const from = [{ url: 'http://127.0.0.1:1/' }];
  const names = [
    '../data',
    '..',
    '.',
    '',
    '/etc/data',
    'a/b',
    'a\\b',
    'C:data',
    'a\0b',
    'a\nb',
    'data.',
    'data ',
  ]
    .concat('.hidden', '.gz', 'nul', 'CON.txt', 'com1.gz', 'LPT9', 'a:b', 'a*', 'a?b', 'a#b', '%2e%2e%2fdata')
    .concat('data.part', 'x'.repeat(300), '..\\data', '~', 'a|b', '\u202eatad');
  it.each(names)('refuses the file name %j and leaves no folder', async (name) => {
    const nowhere = join(folder, 'made');
    const attempt = fetchDataset(source(from, [{ ...file, name }]), { folder: nowhere });
    await expect(attempt).rejects.toThrow(DatasetError);
    await expect(attempt).rejects.toThrow('source.files[0].name to be a plain file name');
    expect(await readdir(folder)).toEqual([]);
  });

  it.each<[string, Partial<DatasetSource> | ((good: DatasetSource) => unknown), string]>([
    ['no mirror', { mirrors: [] }, 'source.mirrors to have an address, got none'],
    ['a mirror that is a path', { mirrors: ['/data/'] }, 'source.mirrors[0] to be an address'],
    ['a mirror that is a file', { mirrors: ['file:///etc/'] }, 'begins with https:// or http://'],
    ['a password', { mirrors: ['https://me:secret@host/'] }, 'without a password'],
    ['no size', { files: [{ ...file, size: undefined as unknown as number }] }, 'source.files[0].size'],
    ['a size without end', { files: [{ ...file, size: Infinity }] }, 'source.files[0].size to be an integer'],
    ['a short checksum', { files: [{ ...file, sha256: 'abc' }] }, 'sha256 to be 64 digits'],
    ['two files of one name', { files: [file, { ...file, name: 'DATA' }] }, 'source.files[1].name to be new'],
    ['nothing', () => ({}), 'source.name to be a text'],
    ['null', () => null, 'source to be an object, got null'],
  ])('refuses %s', async (_, change, message) => {
    const good = source(from);
    const bad = typeof change === 'function' ? change(good) : { ...good, ...change };
    const attempt = fetchHere(bad as DatasetSource);
    await expect(attempt).rejects.toThrow(DatasetError);
    await expect(attempt).rejects.toThrow(message);
  });
});
