import { describe, expect, it } from 'vitest';
import { optionsInput } from '../src/index.js';

class Refused extends Error {
  constructor(where: string, expected: string, got: string, fix: string) {
    super(`${where}: expected ${expected}, got ${got}. ${fix}`);
  }
}

const { checkOptions } = optionsInput(Refused);
const known = { maxSteps: true, tolerance: true, step: true } as const;
type Options = { maxSteps?: number; tolerance?: number; step?: number };

describe('checkOptions', () => {
  it('lets through any of the names, also when undefined, and none at all', () => {
    expect(() => checkOptions('f', {} as Options, known)).not.toThrow();
    expect(() => checkOptions('f', { step: undefined, maxSteps: 3 } as Options, known)).not.toThrow();
  });

  it.each([
    ['maxsteps', 'maxSteps'],
    ['tolerence', 'tolerance'],
    ['steps', 'step'],
  ])('refuses %s with the nearest name, %s', (wrong, right) => {
    expect(() => checkOptions('f', { [wrong]: 1 } as Options, known)).toThrow(Refused);
    expect(() => checkOptions('f', { [wrong]: 1 } as Options, known)).toThrow(
      `f: expected options among maxSteps, tolerance, step, got '${wrong}'. Did you mean '${right}'?`,
    );
  });

  it.each([
    [null, 'null'],
    [undefined, 'undefined'],
    [3, '3'],
    ['step', "'step'"],
    [[1, 2], 'an array of 2'],
    [() => 1, 'a function'],
  ])('refuses %s, which is no object', (value, got) => {
    expect(() => checkOptions('f', value as Options, known)).toThrow(Refused);
    expect(() => checkOptions('f', value as Options, known)).toThrow(
      `f: expected an object with maxSteps, tolerance, step, got ${got}.`,
    );
  });
});
