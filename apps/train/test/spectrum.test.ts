import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeProgram } from '../src/cli.js';
import { isExplained } from '../src/failures/failure-text.js';
import { hurwitz, temporaryFolder } from './command.js';

const cwd = process.cwd();
let folder = '';
beforeAll(() => {
  folder = temporaryFolder();
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(cwd);
  rmSync(folder, { recursive: true });
});

interface Measured {
  name: string;
  exponents: number[];
  standardError: number[];
  mean: number;
  kaplanYorkeDimension: number;
  entropyBound: number;
  steps: number;
  warmup: number;
  sequences: number;
  history: number[][];
  inputs: string;
}

/** Runs `hurwitz spectrum` in this process and returns what it printed. */
async function spectrum(line: string): Promise<string> {
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((text: string) => lines.push(text));
  const error = vi.spyOn(console, 'error').mockImplementation((text: string) => lines.push(text));
  try {
    const program = makeProgram();
    for (const command of [program, ...program.commands])
      command.exitOverride().configureOutput({ writeErr: () => {} });
    await program.parseAsync(['node', 'hurwitz', 'spectrum', ...line.split(' '), '--backend', 'cpu']);
  } finally {
    log.mockRestore();
    error.mockRestore();
  }
  return lines.join(' ').replace(/\s+/g, ' ');
}

const models = (out: string): Measured[] =>
  JSON.parse(readFileSync(join(folder, out, 'spectrum.json'), 'utf8')).models;

/** A model.json of tf.layers as tfjs writes it, in two weight files, of one SimpleRNN with the given matrix and no input. */
function writeModel(
  name: string,
  W: number[][],
  { activation = 'linear', className = 'SimpleRNN' } = {},
): void {
  const units = W.length;
  mkdirSync(join(folder, name), { recursive: true });
  const layer = {
    class_name: className,
    config: {
      name: 'rnn',
      units,
      activation,
      use_bias: false,
      batch_input_shape: [null, null, 1],
      dtype: 'float32',
    },
  };
  const spec = (weight: string, shape: number[]) => ({ name: `rnn/${weight}`, shape, dtype: 'float32' });
  const weightsManifest = [
    { paths: ['kernel.bin'], weights: [spec('kernel', [1, units])] },
    { paths: ['recurrent.bin'], weights: [spec('recurrent_kernel', [units, units])] },
  ];
  const modelTopology = { class_name: 'Sequential', config: { name: 'plain', layers: [layer] } };
  const bytes = (values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
  writeFileSync(join(folder, name, 'model.json'), JSON.stringify({ modelTopology, weightsManifest }));
  writeFileSync(join(folder, name, 'kernel.bin'), bytes(new Array(units).fill(1)));
  // tf.layers multiplies rows.
  writeFileSync(join(folder, name, 'recurrent.bin'), bytes(W.flatMap((_, j) => W.map((row) => row[j]!))));
}

const turn = (scale: number, angle: number): number[][] => [
  [scale * Math.cos(angle), -scale * Math.sin(angle)],
  [scale * Math.sin(angle), scale * Math.cos(angle)],
];

describe('of a linear model.json', () => {
  it('a turn that shrinks by 0.8: both exponents ln 0.8 within 1e-7, dimension and entropy 0', async () => {
    writeModel('turn', turn(0.8, 0.7));
    const output = await spectrum('turn/model.json --steps 50 --sequences 3');
    const [measured] = models('turn') as [Measured];
    for (const value of measured.exponents) expect(Math.abs(value - Math.log(0.8))).toBeLessThan(1e-7);
    expect(measured).toMatchObject({
      kaplanYorkeDimension: 0,
      entropyBound: 0,
      steps: 50,
      warmup: 10,
      sequences: 3,
    });
    expect(Math.abs(measured.mean - Math.log(0.8))).toBeLessThan(1e-7);
    expect(measured.history).toHaveLength(50);
    expect(output).toContain('λ1 -0.2231');
    expect(output).toContain(
      'independent random inputs, N(0, 1), seed 1: 10 steps of warm-up, then 50 counted',
    );
    expect(output).toContain('It forgets its start along these inputs');
    expect(output).toContain('a small difference shrinks e-fold in 4.481 steps');
  });

  it('one direction that grows and one that shrinks: ln 1.25 and ln 0.5 within 1e-7, dimension 1 + ln 1.25 / ln 2', async () => {
    writeModel('saddle', [
      [1.25, 0],
      [0, 0.5],
    ]);
    // Bounded for a while: the state itself grows with the first exponent.
    const output = await spectrum('saddle/model.json --steps 40 --warmup 0 --out there');
    const [{ exponents, kaplanYorkeDimension, entropyBound }] = models('there') as [Measured];
    expect(Math.abs(exponents[0]! - Math.log(1.25))).toBeLessThan(1e-7);
    expect(Math.abs(exponents[1]! - Math.log(0.5))).toBeLessThan(1e-7);
    expect(kaplanYorkeDimension).toBeCloseTo(1 + Math.log(1.25) / Math.log(2), 6);
    expect(entropyBound).toBeCloseTo(Math.log(1.25), 6);
    expect(output).toContain('Chaotic along these inputs');
  });

  it('at the edge counts no positive exponent and gives no dimension: a rotation by 0.3', async () => {
    writeModel('edge', turn(1, 0.3));
    const output = await spectrum('edge/model.json --steps 60 --warmup 0');
    expect(output).toContain('At the edge as far as this tells');
    expect(output).toContain('positive exponents ? not told from zero');
    expect(output).toContain('Kaplan–Yorke dimension ? not told from zero');
    expect(models('edge')[0]).toMatchObject({ kaplanYorkeDimension: null, entropyBound: null });
  });

  it('from 24 steps of a chaotic network speaks of finite-time growth, not of chaos', async () => {
    const W = Array.from({ length: 12 }, (_, i) =>
      Array.from({ length: 12 }, (_, j) => 2.5 * Math.sin(17 * i * i + 5 * j * j + 3 * i * j + 1)),
    );
    writeModel('wild', W, { activation: 'tanh' });
    const output = await spectrum('wild/model.json --steps 24 --warmup 10');
    expect(models('wild')[0]!.exponents[0]).toBeGreaterThan(0);
    expect(output).toContain('Finite-time growth: over the 24 counted steps');
    expect(output).not.toContain('Chaotic');
    expect(await spectrum('wild/model.json --steps 2000 --exponents 3')).toContain(
      'Chaotic along these inputs',
    );
  });

  it('a direction that is lost has -∞, and no point in the figure', async () => {
    writeModel('lost', [
      [0.8, 0],
      [0, 0],
    ]);
    const output = await spectrum('lost/model.json --steps 20');
    expect(output).toContain('λ2 -∞');
    expect(models('lost')[0]!.exponents[1]).toBe('-Infinity');
    expect(readFileSync(join(folder, 'lost', 'spectrum.svg'), 'utf8')).toContain('<svg');
  });

  it('the inputs of a file, CSV or JSON, give the same numbers', async () => {
    writeModel('driven', turn(0.9, 0.3), { activation: 'tanh' });
    const values = Array.from({ length: 40 }, (_, t) => Math.sin(t));
    const halves = [values.slice(0, 20), values.slice(20)];
    writeFileSync(join(folder, 'x.csv'), `force\n${halves.map((half) => half.join('\n')).join('\n\n')}\n`);
    writeFileSync(join(folder, 'x.json'), JSON.stringify(halves.map((half) => half.map((x) => [x]))));
    const found = [];
    for (const file of ['x.csv', 'x.json']) {
      await spectrum(`driven/model.json --inputs ${file} --warmup 5`);
      const [measured] = models('driven') as [Measured];
      expect(measured).toMatchObject({ inputs: file, sequences: 2, warmup: 5, steps: 15 });
      found.push(measured.exponents);
    }
    expect(found[0]).toEqual(found[1]);
    expect(found[0]![0]).toBeLessThan(Math.log(0.9));
  });
});

describe('of a run', () => {
  it('every stage along the test data, the hidden state alone on demand, longer than it was trained on', async () => {
    const line =
      'train adding --cell lstm --units 3 --length 12 --epochs 1 --batch-size 1000 --backend cpu --out run';
    expect((await hurwitz(line.split(' '), folder)).code).toBe(0);
    const full = await spectrum('run');
    expect(full).toContain(
      'All 6 exponents, in nats per step, over 10 sequences of the test data of adding: 2 steps of warm-up, then 10 counted',
    );
    const [whole] = models('run') as [Measured];
    expect(whole.exponents).toHaveLength(6);
    const longer = await spectrum(
      'run --hidden only --steps 30 --sequences 2 --exponents 2 --qr-interval 3 --out only',
    );
    expect(longer).toContain('The 2 largest of 3 exponents');
    expect(models('only')[0]!.mean).toBeNull();
    expect(longer).toContain('6 steps of warm-up, then 30 counted, a QR at least every 3.');
    // The cell remembers; h at a fixed cell does not.
    expect(models('only')[0]!.exponents[0]).toBeLessThan(whole.exponents[0]!);
  });

  it('the mean of all exponents, also where only some are followed, within 1e-9', async () => {
    await spectrum('run --sequences 3');
    const [{ mean }] = models('run') as [Measured];
    await spectrum('run --sequences 3 --exponents 1');
    expect(Math.abs(models('run')[0]!.mean - mean)).toBeLessThan(1e-9);
  });

  it('several stages, each with its initial states', async () => {
    const line = 'train pendulum --epochs 1 --length 8 --backend cpu --out pendulum';
    expect((await hurwitz(line.split(' '), folder)).code).toBe(0);
    await spectrum('pendulum --sequences 4');
    const found = models('pendulum');
    expect(found.length).toBeGreaterThan(1);
    for (const { exponents } of found) expect(exponents).toHaveLength(2);
    await spectrum(`pendulum --stage ${found[1]!.name} --sequences 4 --out one`);
    expect(models('one')[0]!.exponents).toEqual(found[1]!.exponents);
  });
});

describe('train --spectrum', () => {
  const logged = (run: string): Record<string, number>[] =>
    readFileSync(join(folder, run, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const train = async (line: string): Promise<string> => {
    const flags = '--units 3 --length 50 --batch-size 1000 --backend cpu --spectrum';
    const { code, output } = await hurwitz(`train adding ${flags} ${line}`.split(' '), folder);
    expect(code, output).toBe(0);
    return output;
  };

  it.each(['lstm', 'gru', 'lipschitz'])(
    '%s: logs what the whole spectra of the first 10 and the first 2 sequences have, within 1e-9',
    async (cell) => {
      const output = await train(`--cell ${cell} --epochs 1 --out ${cell}`);
      expect(output).toMatch(/epoch 1\/1: .*lyapunov_max -[\d.e-]+, lyapunov_mean -/);
      expect(output).toMatch(/Lyapunov exponents took [\d.]+ s of [\d.]+ s of training \([\d.]+%\)/);
      const [{ lyapunov_max, lyapunov_mean }] = logged(cell) as [Record<string, number>];
      await spectrum(`${cell} --exponents 1`);
      expect(Math.abs(models(cell)[0]!.exponents[0]! - lyapunov_max!)).toBeLessThan(1e-9);
      await spectrum(`${cell} --sequences 2`);
      expect(Math.abs(models(cell)[0]!.mean - lyapunov_mean!)).toBeLessThan(1e-9);
      expect(readFileSync(join(folder, cell, 'report.html'), 'utf8')).toContain(
        'Lyapunov exponents during training',
      );
    },
  );

  it('--spectrum-every 2: after the second epoch, and after the last', async () => {
    await train('--epochs 3 --spectrum-every 2 --out every');
    expect(logged('every').map((entry) => 'lyapunov_max' in entry)).toEqual([false, true, true]);
  });
});

describe('refuses', () => {
  beforeAll(() => {
    writeModel('fine', turn(0.8, 0.7));
    writeModel('strange', turn(0.8, 0.7), { className: 'Unheard' });
    writeModel('steep', turn(0.8, 0.7), { activation: 'gelu' });
    writeModel('huge', turn(1e30, 0.1));
    writeFileSync(join(folder, 'text.json'), '{"a": 1}');
    writeFileSync(join(folder, 'letters.csv'), '1\n2\nthree\n');
    writeFileSync(join(folder, 'wide.csv'), '1,2\n3,4\n');
    writeFileSync(join(folder, 'ragged.json'), '[[[1],[2]],[[1]]]');
    writeFileSync(join(folder, 'empty.csv'), '');
  });

  it.each([
    ['nothing there', 'absent', 'absent does not exist. Give a run folder, or the model.json'],
    ['a folder without a run', '.', 'is not a run folder'],
    [
      'JSON that is no model',
      'text.json',
      'text.json is no model: it has no modelTopology and weightsManifest',
    ],
    [
      'an unknown layer',
      'strange/model.json',
      'strange/model.json has a layer or part of the class "Unheard", which is not known here.',
    ],
    ['an unknown activation', 'steep/model.json', "the activation of 'rnn', one of"],
    ['a misspelt option', 'fine/model.json --hidden onyl', 'Unknown --hidden onyl. Did you mean only?'],
    [
      'another precision',
      'fine/model.json --precision float16',
      'Unknown --precision float16. Did you mean float',
    ],
    ['a stage of a model', 'fine/model.json --stage lstm', '--stage belongs to a run folder'],
    [
      'half a step',
      'fine/model.json --steps 1.5',
      'It must be a whole number from 0 to 9007199254740991, got 1.5.',
    ],
    [
      'no step',
      'fine/model.json --steps 0',
      "'--steps <number>' argument '0' is invalid. It must be at least 1.",
    ],
    ['no QR', 'fine/model.json --qr-interval 0', 'It must be at least 1.'],
    ['too many exponents', 'fine/model.json --exponents 3', '--exponents 3: this system has 2.'],
    ['no inputs file', 'fine/model.json --inputs nowhere.csv', '--inputs: there is no file nowhere.csv.'],
    [
      'letters',
      'fine/model.json --inputs letters.csv',
      'letters.csv, line 3: expected numbers between commas, got "three"',
    ],
    [
      'two columns for one',
      'fine/model.json --inputs wide.csv',
      'the model reads 1 numbers at each step, got 2',
    ],
    [
      'ragged sequences',
      'fine/model.json --inputs ragged.json',
      'sequences of one length, got 2 and 1 steps',
    ],
    ['JSON of something else', 'fine/model.json --inputs text.json', 'expected numbers as [time][numbers]'],
    ['an empty file', 'fine/model.json --inputs empty.csv', 'empty.csv holds no time step'],
    [
      'more steps than inputs',
      'fine/model.json --inputs x.csv --steps 100',
      'need sequences of 100 steps; those of x.csv have 20',
    ],
    [
      'a warm-up as long as the inputs',
      'fine/model.json --inputs x.csv --warmup 20',
      '--warmup 20 and a counted step need sequences of 21 steps; those of x.csv have 20',
    ],
    ['states that explode', 'huge/model.json --steps 50', 'a finite state at every step'],
  ])('%s', async (_, line, message) => {
    const failure = await spectrum(line).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(isExplained(failure) || failure instanceof CommanderError, String(failure)).toBe(true);
    expect((failure as Error).message.replace(/\s+/g, ' ')).toContain(message);
  });
});
