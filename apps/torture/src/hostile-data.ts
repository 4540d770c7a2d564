import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Lab } from './lab.js';
import { notOneSentence, notRefused, runProcess } from './processes.js';
import { Random } from './random.js';
import { noteWrong, type Setting, type Tally, tally } from './tally.js';

const mnist = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
];

function idx(shape: number[], data: Uint8Array, { code = 8, rank = shape.length } = {}): Buffer {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.set([0, 0, code, rank]);
  for (const [i, length] of shape.entries()) head.writeUInt32BE(length, 4 + 4 * i);
  return Buffer.concat([head, data]);
}

/** 256 MB of zeros in 250 kB, and so often. */
const bomb = (times: number): Buffer => {
  const member = gzipSync(Buffer.alloc(2 ** 28), { level: 9 });
  return Buffer.concat(Array.from({ length: times }, () => member));
};

type Files = Record<string, Uint8Array | string>;

/** Four files of two images, with one of them spoilt. */
function images(random: Random, spoilt: (whole: Buffer) => Uint8Array): Files {
  const bad = random.below(4);
  return Object.fromEntries(
    mnist.map((name, i) => {
      const whole =
        i % 2 === 0 ? idx([2, 28, 28], new Uint8Array(2 * 784).fill(9)) : idx([2], Uint8Array.of(1, 2));
      return i === bad ? [`${name}.gz`, spoilt(whole)] : [name, whole];
    }),
  );
}

/** Three texts, one of them spoilt. */
function texts(random: Random, spoilt: Uint8Array | string): Files {
  const bad = random.below(3);
  return Object.fromEntries(
    ['train', 'valid', 'test'].map((part, i) => [
      `ptb.${part}.txt`,
      i === bad ? spoilt : 'the sea is a blue land\n'.repeat(8),
    ]),
  );
}

interface Kind {
  what: string;
  task: 'pixel-mnist' | 'ptb';
  make: (random: Random) => Files;
}

const length = (random: Random): number => random.pick([0, 1, 3, 2 ** 16, 2 ** 24, 2 ** 31, 2 ** 32 - 1]);

const kinds: Kind[] = [
  { what: 'gzip that unpacks to gigabytes', task: 'pixel-mnist', make: (r) => images(r, () => bomb(12)) },
  { what: 'gzip cut short', task: 'pixel-mnist', make: (r) => images(r, (whole) => cut(gzipSync(whole), r)) },
  {
    what: 'gzip with a flipped bit',
    task: 'pixel-mnist',
    make: (r) => images(r, (whole) => flip(gzipSync(whole), r)),
  },
  {
    what: 'IDX with sizes that lie',
    task: 'pixel-mnist',
    make: (r) => images(r, () => gzipSync(idx([length(r), length(r), length(r)], new Uint8Array(784)))),
  },
  {
    what: 'IDX with a header that lies',
    task: 'pixel-mnist',
    make: (r) =>
      images(r, () =>
        gzipSync(idx([2, 28, 28], new Uint8Array(r.below(2000)), { code: r.below(256), rank: r.below(256) })),
      ),
  },
  {
    what: 'random bytes as IDX',
    task: 'pixel-mnist',
    make: (r) => images(r, () => gzipSync(noise(r, r.below(300)))),
  },
  { what: 'text with NULs', task: 'ptb', make: (r) => texts(r, '\u0000'.repeat(1 + r.below(1000))) },
  { what: 'text that is not UTF-8', task: 'ptb', make: (r) => texts(r, noise(r, 500)) },
  {
    what: 'text without a word',
    task: 'ptb',
    make: (r) => texts(r, r.pick(['', '\n\n\n', '   \n', '\uFEFF'])),
  },
  { what: 'one word of a million letters', task: 'ptb', make: (r) => texts(r, `${'a'.repeat(1e6)}\n`) },
  {
    what: 'text with marks of all kinds',
    task: 'ptb',
    make: (r) => texts(r, '\uFEFFthe\u2028sea\u0085\r\n\t\u001b[2J is\n'.repeat(9)),
  },
];

function noise(random: Random, size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, () => random.below(256)));
}

function cut(bytes: Buffer, random: Random): Buffer {
  return bytes.subarray(0, random.below(bytes.length));
}

function flip(bytes: Buffer, random: Random): Buffer {
  bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
  return bytes;
}

/** Trains on hostile data: each must be refused in one sentence, or trained on, in bounded time and memory. */
export async function hostileData(
  count: number,
  { scratch, seed, print, expired, lab, processEvery = 40 }: Setting & { lab: Lab; processEvery?: number },
): Promise<Tally[]> {
  const random = new Random(seed);
  const rows = kinds.map(({ what }) => tally('hostile data', what));
  for (let i = 0; i < count && !expired(); i++) {
    const kind = kinds[i % kinds.length]!;
    const row = rows[i % kinds.length]!;
    // Once is enough for what takes seconds to unpack.
    if (kind.what.startsWith('gzip that') && row.tried >= 4) continue;
    const [data, out] = [join(scratch, 'data'), join(scratch, 'out')];
    for (const folder of [data, out]) rmSync(folder, { recursive: true, force: true });
    mkdirSync(data, { recursive: true });
    for (const [name, content] of Object.entries(kind.make(random))) writeFileSync(join(data, name), content);
    const flags = '--epochs 1 --units 1 --batch-size 2 --backend cpu --threads 1'.split(' ');
    const size = kind.task === 'ptb' ? ['--length', '3'] : ['--pixels-per-step', '392'];
    const args = ['train', kind.task, '--data-dir', data, '--out', out, ...flags, ...size];
    row.tried += 1;
    let why: string | undefined;
    if (i % processEvery === 0) {
      const ended = await runProcess('hurwitz', args, { cwd: scratch });
      if (ended.code === 0) row.same += 1;
      else row.refused += 1;
      why = ended.code === 0 ? undefined : notRefused(ended);
    } else {
      const { outcome, text } = await lab.run({ kind: 'command', args });
      if (outcome === 'done') row.same += 1;
      else row.refused += 1;
      why =
        outcome === 'done' ? undefined : outcome === 'refused' ? notOneSentence(text) : `${outcome}: ${text}`;
    }
    if (why !== undefined) noteWrong(row, { how: `${i}`, why });
    if (i % 100 === 99) print(`${i + 1} hostile data sets`);
  }
  return rows;
}
