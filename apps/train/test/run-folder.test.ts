import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MetricsLog } from '../src/run/metrics-log.js';
import { RunFolder } from '../src/run/run-folder.js';

let parent = '';
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'hurwitz-runs-'));
});
afterAll(() => rmSync(parent, { recursive: true }));

const noWarning = (message: string): never => {
  throw new Error(`unexpected warning: ${message}`);
};

describe('a run folder', () => {
  it('is refused when it exists, and names --resume', () => {
    const path = join(parent, 'twice');
    RunFolder.create(path);
    expect(() => RunFolder.create(path)).toThrow(`The run folder ${path} exists already`);
    expect(() => RunFolder.create(path)).toThrow(`--resume ${path}`);
  });

  it('says that a path below a file cannot be written', () => {
    const file = join(parent, 'file');
    writeFileSync(file, '');
    expect(() => RunFolder.create(join(file, 'run'))).toThrow('a part of the path is a file');
  });

  it.runIf(process.platform === 'linux')('says that a place where nothing can be written is that', () => {
    expect(() => RunFolder.create('/sys/hurwitz-run')).toThrow(/Cannot write .*--out/);
  });

  it('is told from any other folder', () => {
    expect(() => RunFolder.open(parent)).toThrow('is not a run folder');
  });

  it('keeps the newest three checkpoints and takes the one before a damaged one', () => {
    const folder = RunFolder.create(join(parent, 'checkpoints'));
    for (let step = 1; step <= 5; step++) folder.saveCheckpoint(step, { header: { step }, arrays: [] });
    const names = readdirSync(folder.file('checkpoints')).sort();
    expect(names).toEqual([3, 4, 5].map((step) => `step-00000000${step}.checkpoint`));
    expect(folder.latestCheckpoint(noWarning)?.header).toEqual({ step: 5 });

    const newest = folder.file('checkpoints', names[2] as string);
    writeFileSync(newest, readFileSync(newest).subarray(0, 60));
    const warnings: string[] = [];
    expect(folder.latestCheckpoint((message) => warnings.push(message))?.header).toEqual({ step: 4 });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('step-000000005.checkpoint is damaged');
  });

  it('clears away, when continued, what a killed process had not finished writing', () => {
    const folder = RunFolder.create(join(parent, 'unfinished'));
    folder.saveCheckpoint(1, { header: {}, arrays: [] });
    writeFileSync(folder.file('checkpoints', '.step-000000002.checkpoint.0a1b2c3d.tmp'), 'half');
    folder.latestCheckpoint(noWarning);
    expect(readdirSync(folder.file('checkpoints'))).toEqual(['step-000000001.checkpoint']);
  });

  it('refuses to start over silently when every checkpoint is damaged', () => {
    const folder = RunFolder.create(join(parent, 'all-damaged'));
    folder.saveCheckpoint(1, { header: {}, arrays: [] });
    writeFileSync(folder.file('checkpoints', 'step-000000001.checkpoint'), 'no');
    expect(() => folder.latestCheckpoint(() => {})).toThrow('Every checkpoint');
  });
});

describe('the metrics log', () => {
  it('leaves out a line that was cut short and rewinds to a number of entries', () => {
    const log = new MetricsLog(join(parent, 'metrics.jsonl'));
    expect(log.read()).toEqual([]);
    for (let epoch = 0; epoch < 3; epoch++) log.append({ step: 10 * epoch, stage: 's', epoch, loss: 1 / 3 });
    appendFileSync(join(parent, 'metrics.jsonl'), '{"step":30,"sta');
    expect(log.read().map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
    log.keep(2);
    expect(log.read()).toEqual([0, 1].map((epoch) => ({ step: 10 * epoch, stage: 's', epoch, loss: 1 / 3 })));
    log.append({ step: 20, stage: 's', epoch: 2, loss: 0.25 });
    expect(log.read()).toHaveLength(3);
  });
});
