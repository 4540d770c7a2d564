import { describe, expect, it } from 'vitest';
import { optionsInput } from '../src/index.js';

class Refused extends Error {
  constructor(where: string, expected: string, got: string, fix: string) {
    super(`${where}: expected ${expected}, got ${got}. ${fix}`);
  }
}

const { checkMembers, checkOptions } = optionsInput(Refused);
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

describe('checkMembers', () => {
  const check = (members: unknown) => () =>
    checkMembers<{ W: number; bias?: number; activation?: string }>('f', members as { W: number }, {
      known: { W: true, bias: true, activation: true },
      expected: 'a network',
      fix: 'Pass { W, bias }.',
    });

  it.each([{ W: 1 }, { W: 1, bias: 2, bais: 3 }, { W: 1, x: 2, y: 3, note: '', basis: [] }])(
    'lets %j through, whatever more there is',
    (members) => {
      expect(check(members)).not.toThrow();
    },
  );

  it.each([
    [{ W: 1, bais: 2 }, 'bais', 'bias'],
    [{ W: 1, BIAS: 2 }, 'BIAS', 'bias'],
    [{ W: 1, activaton: 'relu' }, 'activaton', 'activation'],
    [{ w: 1 }, 'w', 'W'],
  ])('refuses %j, where a member is missing that %s is likely to mean', (members, wrong, right) => {
    expect(check(members)).toThrow(Refused);
    expect(check(members)).toThrow(
      `f: expected a network, got one with '${wrong}'. Did you mean '${right}'?`,
    );
  });

  it.each([null, undefined, 3, 'W', [1]])('refuses %j, which is no object', (members) => {
    expect(check(members)).toThrow('f: expected a network, got ');
    expect(check(members)).toThrow('Pass { W, bias }.');
  });
});
