import { rmSync } from 'node:fs';
import { cellNames } from '@hurwitz/training';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hurwitz, temporaryFolder } from './command.js';

let folder = '';
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each(cellNames)('--cell %s trains, is measured and evaluates again to the same numbers', async (cell) => {
  const line = `train adding --cell ${cell} --length 4 --units 2 --epochs 1 --batch-size 1000 --backend cpu --out ${cell}`;
  const trained = await hurwitz(line.split(' '), folder);
  expect(trained.code, trained.output).toBe(0);
  const measured = /test mse [\d.]+/.exec(trained.output)?.[0];
  expect(measured).toBeDefined();
  const { code, output } = await hurwitz(['evaluate', cell, '--backend', 'cpu'], folder);
  expect(code, output).toBe(0);
  expect(output).toContain(measured);
});
