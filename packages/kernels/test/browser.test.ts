import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { build } from 'tsup';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Capabilities } from '../src/index.js';
import { arrayProblem, solve } from './recurrence-problems.js';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const installed = existsSync(executablePath);
if (!installed) console.warn(`No Chromium at ${executablePath}: the browser tests are skipped.`);

const here = dirname(fileURLToPath(import.meta.url));
const families = ['dynamical', 'lstm', 'gru'] as const;

interface PageRun {
  capabilities: Capabilities;
  ms: number;
  result: Record<string, number[]>;
}

describe.skipIf(!installed)('in Chromium', () => {
  let folder: string;
  let browser: Browser;
  let server: Server;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hurwitz-page-'));
    await build({
      entry: { page: join(here, 'browser', 'page.ts') },
      ...{
        config: false,
        silent: true,
        outDir: folder,
        format: 'iife',
        platform: 'browser',
        noExternal: [/./],
      },
    });
    const script = await readFile(join(folder, 'page.global.js'));
    server = createServer((request, response) => {
      if (request.url?.startsWith('/isolated')) {
        response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
        response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
      }
      const isScript = request.url === '/page.js';
      response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
      response.end(isScript ? script : '<!doctype html><script src="/page.js"></script>');
    }).listen(0);
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const runIn = async (path: string, family: string, threads: number): Promise<PageRun> => {
    const page = await browser.newPage();
    try {
      await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/${path}`);
      return await page.evaluate(`run('${family}', ${threads})`);
    } finally {
      await page.close();
    }
  };

  test.each(families)('%s, not isolated: one thread, within 1e-6 of Node', async (family) => {
    const { capabilities, result } = await runIn('plain', family, 2);
    expect(capabilities).toMatchObject({ simd: true, threads: 1 });
    expect(capabilities.reasons.threads).toMatch(/isolated|Cross-Origin/);
    expectClose(result, family);
  });

  test.each(families)('%s, cross-origin isolated: two threads, within 1e-6 of Node', async (family) => {
    const { capabilities, result } = await runIn('isolated', family, 2);
    expect(capabilities).toMatchObject({ simd: true, threads: 2, reasons: {} });
    expectClose(result, family);
  });
});

function expectClose(result: Record<string, number[]>, family: (typeof families)[number]): void {
  const expected = solve(arrayProblem({ family, units: 64, batch: 64, time: 40 }));
  expect(Object.keys(result).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, values] of Object.entries(expected)) {
    const scale = values.reduce((most: number, value: number) => Math.max(most, Math.abs(value)), 1);
    let worst = 0;
    for (const [i, value] of values.entries()) worst = Math.max(worst, Math.abs(value - result[name]![i]!));
    expect(worst / scale, name).toBeLessThan(1e-6);
  }
}
