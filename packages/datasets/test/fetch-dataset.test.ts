import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  DataFileError,
  DatasetError,
  type DatasetSource,
  DownloadError,
  datasetSources,
} from '../src/index.js';
import { type DownloadProgress, type FetchOptions, fetchDataset } from '../src/node.js';
import { keyedGenerator } from '../src/random.js';
import { type Answer, breakAt, dropAfter, sendUpTo, serve, startMirror, status } from './loopback.js';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const noise = (length: number, seed: number) => {
  const generator = keyedGenerator('noise', seed);
  return Uint8Array.from({ length }, () => generator.next());
};

const content = { 'big.gz': noise(300_000, 1), 'small.gz': noise(500, 2) };
const published = { 'big.gz': gzipSync(content['big.gz']), 'small.gz': gzipSync(content['small.gz']) };
const size = published['big.gz'].length;

let folder: string;
const mirrors: Awaited<ReturnType<typeof startMirror>>[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hurwitz-fetch-'));
});
afterEach(async () => {
  await Promise.all(mirrors.splice(0).map((mirror) => mirror.close()));
  await rm(folder, { recursive: true });
});

async function mirror(...answers: Answer[]) {
  const started = await startMirror(published, ...answers);
  mirrors.push(started);
  return started;
}

/** A data set on these mirrors; of one big file unless told otherwise. */
function source(urls: { url: string }[], names: (keyof typeof published)[] = ['big.gz']): DatasetSource {
  const files = names.map((name) => ({
    name,
    size: published[name].length,
    sha256: sha256(published[name]),
    unpackedSha256: sha256(content[name]),
  }));
  return { name: 'test', mirrors: urls.map(({ url }) => url), files };
}

/** Fetches into the test's folder; connections that wait there break when their bytes have arrived. */
const fetchHere = (data: DatasetSource, { onProgress, ...options }: Partial<FetchOptions> = {}) =>
  fetchDataset(data, {
    folder,
    retryDelay: 1,
    onProgress: (progress) => {
      onProgress?.(progress);
      breakAt(progress.received);
    },
    ...options,
  });
const here = (name: string) => readFile(join(folder, name));

/** By checksum: comparing large arrays element by element takes seconds. */
async function expectPublished(name: keyof typeof published) {
  expect(sha256(await here(name))).toBe(sha256(published[name]));
}

describe('fetchDataset', () => {
  it('downloads every file, reports progress up to the full size, and leaves nothing else behind', async () => {
    const { url, requests } = await mirror(serve);
    const progress: DownloadProgress[] = [];
    const fetched = await fetchHere(source([{ url }], ['big.gz', 'small.gz']), {
      onProgress: (p) => progress.push(p),
    });
    await expectPublished('big.gz');
    await expectPublished('small.gz');
    expect((await readdir(folder)).sort()).toEqual(['big.gz', 'small.gz']);
    expect(fetched.folder).toBe(folder);
    expect(fetched.files.map((file) => file.status)).toEqual(['downloaded', 'downloaded']);
    expect(requests.map((request) => [request.path, request.range])).toEqual([
      ['big.gz', undefined],
      ['small.gz', undefined],
    ]);
    const big = progress.filter(({ index }) => index === 1).map(({ received }) => received);
    expect(big).toEqual([...big].sort((a, b) => a - b));
    expect([big[0], big.at(-1)]).toEqual([0, size]);
    expect(progress.at(-1)).toEqual({
      file: 'small.gz',
      received: published['small.gz'].length,
      total: published['small.gz'].length,
      index: 2,
      count: 2,
    });
  });

  it('asks no server for files that are there: as published, unpacked, or packed anew', async () => {
    const { url, requests } = await mirror(serve);
    const data = source([{ url }]);
    for (const [name, bytes] of [
      ['big.gz', published['big.gz']],
      ['big', content['big.gz']],
      ['big.gz', gzipSync(content['big.gz'], { level: 1 })],
    ] as const) {
      await writeFile(join(folder, name), bytes);
      const { files } = await fetchHere(data);
      expect(files).toEqual([{ path: join(folder, name), status: 'present' }]);
      await rm(join(folder, name));
    }
    expect(requests).toEqual([]);
  });

  it('replaces a damaged file', async () => {
    const { url } = await mirror(serve);
    await writeFile(join(folder, 'big.gz'), published['big.gz'].subarray(0, 1000));
    expect((await fetchHere(source([{ url }]))).files[0]!.status).toBe('downloaded');
    await expectPublished('big.gz');
  });

  it('continues a dropped connection where it stopped, asking for the same version', async () => {
    const { url, requests } = await mirror(dropAfter(100_000), dropAfter(50_000), serve);
    await fetchHere(source([{ url }]));
    await expectPublished('big.gz');
    expect(requests.map(({ range }) => range)).toEqual([undefined, 'bytes=100000-', 'bytes=150000-']);
    expect(requests.slice(1).map(({ ifRange }) => ifRange)).toEqual(['"big.gz-1"', '"big.gz-1"']);
  });

  it('continues in a later call what an earlier one was stopped in', async () => {
    const { url, requests } = await mirror(dropAfter(120_000), serve);
    const stop = new AbortController();
    const reason = new Error('stopped by the user');
    const onProgress = ({ received }: DownloadProgress) => {
      if (received === 120_000) stop.abort(reason);
    };
    await expect(fetchHere(source([{ url }]), { onProgress, signal: stop.signal })).rejects.toBe(reason);
    expect((await readdir(folder)).sort()).toEqual(['big.gz.part', 'big.gz.part.json']);
    await expect(fetchHere(source([{ url }]), { signal: stop.signal })).rejects.toBe(reason);
    await fetchHere(source([{ url }]));
    await expectPublished('big.gz');
    expect(await readdir(folder)).toEqual(['big.gz']);
    expect(requests.map(({ range }) => range)).toEqual([undefined, 'bytes=120000-']);
  });

  it('starts again when the file on the server has changed, knows no ranges, or no validator', async () => {
    const changed: Answer = (request, response, body) => serve(request, response, body, '"another"');
    const noRanges: Answer = (_request, response, body) => response.end(body);
    const noValidator: Answer = (_request, response, body) => {
      response.setHeader('ETag', 'W/"weak"');
      sendUpTo(response, body.subarray(0, 70_000), 70_000);
    };
    for (const answers of [
      [dropAfter(100_000), changed],
      [dropAfter(100_000), noRanges],
      [noValidator, serve],
    ]) {
      const { url, requests } = await mirror(...answers);
      await fetchHere(source([{ url }]));
      await expectPublished('big.gz');
      expect(requests.length).toBe(2);
      await rm(join(folder, 'big.gz'));
    }
  });

  it('starts again when the server sends another part than asked for, or has less than is there', async () => {
    const wrongPart: Answer = (_request, response, body) => {
      response.writeHead(206, { 'Content-Range': `bytes 0-${body.length - 1}/${body.length}` }).end(body);
    };
    for (const odd of [wrongPart, status(416)]) {
      const { url, requests } = await mirror(dropAfter(100_000), odd, serve);
      await fetchHere(source([{ url }]));
      await expectPublished('big.gz');
      expect(requests.map(({ range }) => range)).toEqual([undefined, 'bytes=100000-', undefined]);
      await rm(join(folder, 'big.gz'));
    }
  });

  it('takes a complete partial file of a call that was killed before it gave the name', async () => {
    await writeFile(join(folder, 'big.gz.part'), published['big.gz']);
    await fetchHere(source([{ url: 'http://127.0.0.1:1/' }]));
    expect(await readdir(folder)).toEqual(['big.gz']);
  });

  it('recovers from a damaged partial file by way of the next mirror', async () => {
    const first = await mirror(dropAfter(100_000), status(404), serve);
    const second = await mirror(serve);
    await fetchHere(source([first]), { attempts: 1 }).catch(() => {});
    await truncate(join(folder, 'big.gz.part'), 50_000);
    await truncate(join(folder, 'big.gz.part'), 100_000);
    await fetchHere(source([first, second]));
    await expectPublished('big.gz');
  });

  it('goes to the next mirror at once on 404, and on wrong bytes', async () => {
    const wrongBytes: Answer = (_request, response) =>
      response.end('<html>Please log in to the network</html>');
    for (const bad of [status(404), status(403), wrongBytes]) {
      const [first, second] = [await mirror(bad), await mirror(serve)];
      await fetchHere(source([first, second]));
      await expectPublished('big.gz');
      expect([first.requests.length, second.requests.length]).toEqual([1, 1]);
      await rm(join(folder, 'big.gz'));
    }
  });

  it('tries a busy server again, and gives it up after the attempts', async () => {
    const busy = await mirror(status(503), status(429), serve);
    await fetchHere(source([busy]));
    expect(busy.requests.length).toBe(3);
    await rm(join(folder, 'big.gz'));
    const [down, up] = [await mirror(status(500)), await mirror(serve)];
    await fetchHere(source([down, up]), { attempts: 2 });
    expect([down.requests.length, up.requests.length]).toEqual([2, 1]);
  });

  it('gives up a connection that stays silent', async () => {
    const silent: Answer = (_request, response, body) => {
      response.write(body.subarray(0, 10));
    };
    const [first, second] = [await mirror(silent), await mirror(serve)];
    await fetchHere(source([first, second]), { timeout: 1000, attempts: 3 });
    await expectPublished('big.gz');
  });

  it('accepts a mirror whose copy is packed anew', async () => {
    const repacked: Answer = (_request, response) => response.end(gzipSync(content['big.gz'], { level: 1 }));
    await fetchHere(source([await mirror(repacked)]));
    expect(sha256(gunzipSync(await here('big.gz')))).toBe(sha256(content['big.gz']));
  });

  it('never gives a wrong file its name, and says what was wrong at each address', async () => {
    const truncated: Answer = (_request, response, body) => response.end(body.subarray(0, 5000));
    const urls = [await mirror(truncated), await mirror(status(404)), await mirror(dropAfter(1000))];
    const error: DownloadError = await fetchHere(source(urls), { attempts: 1 }).catch((caught) => caught);
    expect(error).toBeInstanceOf(DownloadError);
    expect(error.failures.map(({ url }) => url)).toEqual(urls.map(({ url }) => `${url}big.gz`));
    expect(error.failures[0]!.reason).toMatch(/^wrong content \(SHA-256 [0-9a-f]{12}\.\.\. instead of/);
    expect(error.failures[1]!.reason).toBe('HTTP 404 Not Found');
    expect(error.failures[2]!.reason).not.toBe('');
    expect((await readdir(folder)).includes('big.gz')).toBe(false);
  });

  it('offline, names the missing files, the addresses, the reason and the folder', async () => {
    const { url, close } = await mirror(serve);
    await close();
    mirrors.pop();
    await writeFile(join(folder, 'small.gz'), published['small.gz']);
    const data = source([{ url }], ['big.gz', 'small.gz']);
    const error: DownloadError = await fetchHere(data, { attempts: 1 }).catch((caught) => caught);
    expect(error).toBeInstanceOf(DownloadError);
    expect(error.files).toEqual(['big.gz']);
    expect(error.folder).toBe(folder);
    expect(error.message).toContain(`${url}big.gz: connect ECONNREFUSED`);
    expect(error.message).toContain(
      `fetch big.gz elsewhere from ${url} and put what you have into ${folder}.`,
    );
  });

  it('passes on an error of the progress callback and a folder that cannot be written', async () => {
    const { url, requests } = await mirror(serve);
    const failure = new Error('progress bar broke');
    const onProgress = () => {
      throw failure;
    };
    await expect(fetchHere(source([{ url }]), { onProgress })).rejects.toBe(failure);
    expect(requests.length).toBe(1);
    await writeFile(join(folder, 'file'), '');
    const blocked = fetchHere(source([{ url }]), { folder: join(folder, 'file', 'data') });
    await expect(blocked).rejects.toBeInstanceOf(DataFileError);
    await expect(blocked).rejects.toThrow(
      `${join(folder, 'file', 'data')}: expected a file in a folder that can be written, got ENOTDIR`,
    );
  });

  it('refuses an unknown name and options out of range', async () => {
    const unknown = fetchDataset('mnst' as 'mnist', { folder });
    await expect(unknown).rejects.toBeInstanceOf(DatasetError);
    await expect(unknown).rejects.toThrow('one of "mnist", got "mnst"');
    await expect(fetchHere(source([]), { attempts: 0 })).rejects.toThrow('attempts to be an integer');
    await expect(fetchHere(source([]), { timeout: Number.NaN })).rejects.toThrow('timeout');
  });
});

describe('datasetSources', () => {
  it('describes every file by its size and two SHA-256 sums', () => {
    expect(datasetSources.mnist.files.map(({ name }) => name.slice(-12))).toEqual(
      ['idx3-ubyte.gz', 'idx1-ubyte.gz', 'idx3-ubyte.gz', 'idx1-ubyte.gz'].map((end) => end.slice(-12)),
    );
    for (const { size, sha256, unpackedSha256 } of datasetSources.mnist.files) {
      expect(size).toBeGreaterThan(4000);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(unpackedSha256).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(
      datasetSources.mnist.mirrors.every((mirror) => mirror.startsWith('https://') && mirror.endsWith('/')),
    ).toBe(true);
  });
});
