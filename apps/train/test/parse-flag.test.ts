import { expect, it } from 'vitest';
import { parseFlag } from '../src/config/parse-flag.js';

it('reads decimal numbers and lists of them; anything else stays text', () => {
  expect(parseFlag('number', '1e-3', '--epsilon')).toBe(0.001);
  expect(parseFlag('number', '', '--epsilon')).toBe('');
  expect(parseFlag('list', '30,60,x', '--decay-epochs')).toEqual([30, 60, 'x']);
});
