import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from './lab.js';
import { notOneSentence, notRefused, runProcess } from './processes.js';
import { Random } from './random.js';
import { noteWrong, type Setting, type Tally, tally } from './tally.js';

// biome-ignore lint/suspicious/noExplicitAny: any JSON, to be spoilt anywhere.
type Json = any;

const hostile: Json[] = [
  ...[null, true, 0, -1, 0.5, 1e9, 2 ** 31, 2 ** 53, 1e308, -1e308],
  ...[
    '',
    'x',
    '../../etc/passwd',
    '/dev/zero',
    '__proto__',
    'constructor',
    'toString',
    '\u0000\u001b[2J',
    'a'.repeat(5000),
  ],
  ...['NaN', 'Infinity', 'tanh', 'Lambda', 'LSTM', 'Sequential', 'glorot_uniform'],
  ...[
    [],
    [[]],
    [[[]]],
    {},
    [null],
    [1e9, 1e9],
    [-1],
    [0],
    { class_name: 'LSTM' },
    { class_name: 'Model', config: {} },
  ],
];

/** Structure-aware changes of a model.json; each gives the text to write. */
const changes: Record<string, (json: Json, random: Random, folder: string) => string | undefined> = {
  'a value in place of another': (json, random) => {
    const [at, key] = place(json, random);
    at[key] = structuredClone(random.pick(hostile));
    return undefined;
  },
  'a key gone': (json, random) => {
    const [at, key] = place(json, random);
    if (Array.isArray(at)) at.splice(Number(key), 1);
    else delete at[key];
    return undefined;
  },
  'a part somewhere else': (json, random) => {
    const [[from, key], [to, other]] = [place(json, random), place(json, random)];
    to[other] = structuredClone(from[key]);
    return undefined;
  },
  'a list entry twice': (json, random) => {
    const [at, key] = place(json, random);
    if (Array.isArray(at)) at.push(structuredClone(at[Number(key)]));
    else at[`${key}_`] = structuredClone(at[key]);
    return undefined;
  },
  'inbound nodes crossed': (json, random) => {
    const layers =
      json.modelTopology?.config?.layers ?? json.modelTopology?.model_config?.config?.layers ?? [];
    const names = layers.map((layer: Json) => layer?.name ?? layer?.config?.name);
    for (const layer of layers) {
      for (const node of layer?.inbound_nodes ?? []) {
        for (const reference of node)
          if (random.below(2) === 0) reference[random.below(3)] = random.pick([...names, 'gone', 1, 7]);
      }
    }
    return undefined;
  },
  'a size that is huge': (json, random) => {
    const found = numbersIn(json);
    const [at, key] = random.pick(found);
    at[key] = random.pick([2 ** 20, 2 ** 28, 2 ** 31, 2 ** 40, 1e15]);
    return undefined;
  },
  'weight files elsewhere': (json, random, folder) => {
    const path = random.pick([
      '/dev/zero',
      '../model.json',
      '.',
      'gone',
      'link',
      '/proc/self/mem',
      'model.json',
      '\u0000',
    ]);
    if (path === 'link' && !existsSync(join(folder, 'link'))) symlinkSync('/dev/zero', join(folder, 'link'));
    json.weightsManifest[0].paths = random.below(2) === 0 ? [path] : ['weights.bin', path];
    return undefined;
  },
  'keys of every object': (json, random) => {
    const [at, key] = place(json, random);
    const name = random.pick(['__proto__', 'constructor', 'toString', 'hasOwnProperty']);
    return JSON.stringify(json).replace(JSON.stringify(at[key]), `{"${name}":${JSON.stringify(at[key])}}`);
  },
  'text cut or doubled': (json, random) => {
    const text = JSON.stringify(json);
    const at = random.below(text.length);
    return random.below(2) === 0 ? text.slice(0, at) : text.slice(0, at) + text;
  },
  'deep nesting': (json, random) => {
    const depth = random.pick([10, 200, 5000, 100_000]);
    const [at, key] = place(json, random);
    at[key] = 'DEEP';
    return JSON.stringify(json).replace('"DEEP"', '['.repeat(depth) + ']'.repeat(depth));
  },
  'spoilt weight bytes': (_json, random, folder) => {
    const path = join(folder, 'weights.bin');
    const bytes = readFileSync(path);
    const bad = Buffer.from([0, 0, random.pick([0xc0, 0x80]), 0x7f]);
    const spoilt = random.pick([
      bytes.subarray(1),
      Buffer.concat([bytes, bytes]),
      Buffer.concat([bytes.subarray(4), bad]),
      Buffer.alloc(0),
    ]);
    writeFileSync(path, spoilt);
    return undefined;
  },
};

/**
 * Spoils saved models and measures their exponents. Each must be refused in one sentence, or measured, in bounded time; some
 * run as a process of their own.
 */
export async function hostileModels(
  count: number,
  { scratch, seed, print, expired, lab, processEvery = 40 }: Setting & { lab: Lab; processEvery?: number },
): Promise<Tally[]> {
  const random = new Random(seed);
  const models = join(scratch, 'saved');
  mkdirSync(models, { recursive: true });
  const made = await lab.run({ kind: 'models', folder: models });
  if (made.outcome !== 'done') throw new Error(`models: ${made.text}`);
  const names = ['functional', 'branches', 'own', 'nested'];
  for (const name of names) {
    withoutChecksum(join(models, name, 'model.json'));
    const { outcome, text } = await lab.run({ kind: 'exponents', path: join(models, name, 'model.json') });
    if (outcome !== 'done') throw new Error(`${name}, unspoilt: ${text}`);
  }
  const rows = Object.keys(changes).map((what) => tally('hostile model.json', what));
  const work = join(scratch, 'model');
  for (let i = 0; i < count && !expired(); i++) {
    const row = rows[i % rows.length]!;
    const name = random.pick(names);
    rmSync(work, { recursive: true, force: true });
    cpSync(join(models, name), work, { recursive: true });
    const path = join(work, 'model.json');
    const json = JSON.parse(readFileSync(path, 'utf8'));
    const text = changes[row.what]!(json, random, work) ?? JSON.stringify(json);
    writeFileSync(path, text);
    row.tried += 1;
    const why = i % processEvery === 0 ? await asProcess(path, scratch, row) : await inLab(path, lab, row);
    if (why !== undefined) noteWrong(row, { how: `${name} ${i}: ${text.slice(0, 1500)}`, why });
    if (i % 250 === 249) print(`${i + 1} hostile models`);
  }
  return rows;
}

async function inLab(path: string, lab: Lab, row: Tally): Promise<string | undefined> {
  const { outcome, text } = await lab.run({ kind: 'exponents', path });
  if (outcome === 'done') {
    row.same += 1;
    return text.includes('NaN') ? `exponents ${text}` : undefined;
  }
  row.refused += 1;
  return outcome === 'refused' ? notOneSentence(text) : `${outcome}: ${text}`;
}

async function asProcess(path: string, cwd: string, row: Tally): Promise<string | undefined> {
  const ended = await runProcess(
    'hurwitz',
    ['spectrum', path, '--steps', '5', '--sequences', '2', '--backend', 'cpu'],
    { cwd },
  );
  if (ended.code === 0) row.same += 1;
  else row.refused += 1;
  return ended.code === 0 ? undefined : notRefused(ended);
}

/** A random place in a tree: its parent and its key. */
function place(json: Json, random: Random): [Json, string] {
  const places: [Json, string][] = [];
  walk(json, (at, key) => places.push([at, key]));
  return random.pick(places);
}

function numbersIn(json: Json): [Json, string][] {
  const places: [Json, string][] = [];
  walk(json, (at, key) => typeof at[key] === 'number' && places.push([at, key]));
  return places;
}

function walk(at: Json, visit: (at: Json, key: string) => void): void {
  if (typeof at !== 'object' || at === null) return;
  for (const key of Object.keys(at)) {
    visit(at, key);
    walk(at[key], visit);
  }
}

/** As somebody else's model: one that the command saved would be refused for its checksum already. */
function withoutChecksum(path: string): void {
  const { hurwitz: _, checksum: __, ...json } = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify(json));
}
