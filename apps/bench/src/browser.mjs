import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setThreads } from '@hurwitz/scan';
import * as tf from '@tensorflow/tfjs-core';
import { chromium } from 'playwright-core';
import { build } from 'tsup';
import { rows } from './rows.mjs';
import { interleaved, pause, printTable, ratio, show, timed } from './samples.mjs';
import { training } from './tfjs.mjs';

/** The same training steps in Chromium, with and without cross-origin isolation, and in Node, in turn. */
export async function browser({ rounds, threads }) {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    console.warn(`No Chromium at ${executablePath} ($CHROMIUM): the browser is left out.`);
    return;
  }
  const previous = tf.getBackend();
  // Both sides keep tensors in plain arrays: what is compared is the recurrence.
  await tf.setBackend('cpu');
  const server = await serve();
  const chrome = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const lines = [];
  try {
    for (const row of [rows[0], rows[4]]) {
      for (const [path, count] of [
        ['plain', 1],
        ['isolated', 1],
        ['isolated', threads],
      ]) {
        const page = await chrome.newPage();
        await page.goto(`http://localhost:${server.address().port}/${path}`);
        lines.push(await compare(page, { row, path, threads: count, rounds }));
        await page.close();
      }
    }
    const version = `Chromium ${chrome.version()}`;
    printTable(`The fused recurrence in ${version} against Node ${process.version}`, lines);
  } finally {
    await chrome.close();
    server.close();
    await tf.setBackend(previous);
  }
}

async function compare(page, { row, path, threads, rounds }) {
  setThreads(threads);
  const problem = training(row);
  problem.fused();
  const inPage = await page.evaluate(`prepare(${JSON.stringify(row)}, ${threads})`);
  await pause(300);
  const contestants = {
    node: async () => {
      // On few cores the pages' threads, just done, may still be winding down.
      await pause(50);
      return timed(problem.fused);
    },
    page: () => page.evaluate('step()'),
  };
  await interleaved(1, contestants);
  const samples = await interleaved(rounds, contestants);
  problem.dispose();
  return {
    problem: row.name,
    page: path === 'isolated' ? 'cross-origin isolated' : 'not isolated',
    'threads, page and Node': `${inPage.threads} and ${threads}`,
    'relaxed SIMD in the page': inPage.relaxedSimd ? 'yes' : 'no',
    'page, ms': show(samples.page),
    'Node, ms': show(samples.node),
    'times as long': ratio(samples.page, samples.node),
  };
}

/** Serves the page under /plain and, cross-origin isolated, under /isolated. */
async function serve() {
  const folder = await mkdtemp(join(tmpdir(), 'hurwitz-bench-'));
  await build({
    entry: { page: fileURLToPath(new URL('page.mjs', import.meta.url)) },
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
  await rm(folder, { recursive: true });
  const server = createServer((request, response) => {
    if (request.url === '/isolated') {
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    }
    const isScript = request.url === '/page.js';
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : '<!doctype html><script src="/page.js"></script>');
  });
  return new Promise((resolve) => server.listen(0, () => resolve(server)));
}
