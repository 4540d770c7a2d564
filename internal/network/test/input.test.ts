import { InputError, matrixInput, numberInput } from '@hurwitz/input';
import { gaussian, generator } from '@hurwitz/random';
import { describe, expect, test } from 'vitest';
import { weightsInput } from '../src/index.js';

class GivenError extends InputError {}

const { toList, toMatrices, toRows, toVector } = matrixInput(GivenError);
const { checkChoice, checkCounts, checkFlag, checkNumber } = numberInput(GivenError);
const { toRecurrence } = weightsInput(GivenError);
const tensor = (shape: number[], data: number[]) => ({ shape, dataSync: () => Float64Array.from(data) });
const disposed = {
  shape: [1, 1],
  dataSync: () => {
    throw new Error('Tensor is disposed.');
  },
};
const rows = (value: unknown, shape?: Parameters<typeof toRows>[3]) => () =>
  toRows('f', 'M', value as number[][], shape);
const vector = (value: unknown) => () => toVector('f', 'v', value as number[], 2);
const number = (value: unknown, limits?: Parameters<typeof checkNumber>[3]) => () =>
  checkNumber('f', 'x', value as number, limits);
const given = { W: [[0.5]], kernel: [[1], [2]] };
const weights = (change: object, prefix?: string) => () =>
  toRecurrence('f', { ...given, ...change }, { defaultActivation: 'tanh', prefix });

const names = 'tanh, sigmoid, relu, linear';

describe('what is read', () => {
  test('matrices from rows, typed rows and tensors', () => {
    const M = gaussian(2, 3, generator(1));
    const typed = M.map((row) => Float64Array.from(row));
    for (const value of [M, typed, tensor([2, 3], M.flat())]) {
      expect(rows(value, { rows: 2, columns: 3 })()).toEqual(M);
    }
  });

  test('vectors from arrays, typed arrays and tensors', () => {
    for (const value of [[1, 2], Int32Array.of(1, 2), tensor([2], [1, 2])]) {
      expect(vector(value)()).toEqual([1, 2]);
    }
  });

  test('is copied', () => {
    const mine = [[1]];
    rows(mine)()[0]![0] = 2;
    expect(mine).toEqual([[1]]);
  });

  test('weights, with zero bias and the default activation where they have none', () => {
    expect(weights({})()).toMatchObject({ ...given, bias: [0], activation: 'tanh' });
    expect(weights({ activation: 'relu' })().sigma.value(-1)).toBe(0);
    const own = { value: (x: number) => 2 * x, derivative: () => 2 };
    expect(weights({ activation: own })().sigma).toBe(own);
  });

  test('numbers at their limits', () => {
    expect(number(0, { least: 0 })).not.toThrow();
    expect(number(-1e300)).not.toThrow();
    expect(() => checkCounts('f', { a: 1, b: 7 })).not.toThrow();
  });
});

test.each<[string, () => unknown, string]>([
  ['no matrix', rows(undefined), 'M to be a matrix, got undefined.'],
  ['a number', rows(3), 'M to be a matrix, got 3.'],
  ['empty', rows([]), 'M to have entries, got an empty matrix.'],
  ['empty rows', rows([[], []]), 'M to have entries, got an empty matrix.'],
  ['a vector', rows([1, 2]), 'M to have entries, got an empty matrix.'],
  ['a row that is none', rows([[1], null]), 'M of shape [any, any], got [2, 1 or 0].'],
  ['ragged', rows([[1, 2], [3]]), 'M of shape [any, any], got [2, 2 or 1].'],
  ['other rows', rows([[1]], { rows: 2 }), 'M of shape [2, any], got [1, 1].'],
  ['other columns', rows([[1]], { columns: 2 }), 'M of shape [any, 2], got [1, 1].'],
  ['tensor of rank 1', rows(tensor([2], [1, 2])), 'M to have rank 2, got shape [2].'],
  ['NaN', rows([[1, NaN]]), 'finite numbers in M, got M[0][1] = NaN.'],
  ['text', rows([[1], ['2']]), 'finite numbers in M, got M[1][0] = 2.'],
  ['no vector', vector(null), 'v to be a vector, got null.'],
  ['a short vector', vector([1]), 'v of length 2, got length 1.'],
  ['an infinite entry', vector([1, Infinity]), 'finite numbers in v, got v[1] = Infinity.'],
  ['no number', number(undefined), 'x to be a finite number, got undefined.'],
  ['infinity', number(Infinity), 'x to be a finite number, got Infinity.'],
  ['at an open limit', number(0, { above: 0 }), 'x to be a finite number, above 0, got 0.'],
  ['outside', number(1, { least: 0, below: 1 }), 'x to be a finite number, at least 0, below 1, got 1.'],
  ['a fraction', number(1.5, { integer: true }), 'x to be an integer, got 1.5.'],
  ['a count of zero', () => checkCounts('f', { a: 1, b: 0 }), 'b to be an integer, at least 1, got 0.'],
  ['W not square', weights({ W: [[1, 2]] }), 'W of shape [1, 1], got [1, 2].'],
  ['kernel of other units', weights({ kernel: [[1, 2]] }), 'kernel of shape [any, 1], got [1, 2].'],
  ['bias of other units, prefixed', weights({ bias: [1, 2] }, 'm.'), 'm.bias of length 1, got length 2.'],
  ['a disposed tensor', rows(disposed), 'M to be a tensor that can be read, got Tensor is disposed.'],
  ['no list', () => toList('f', 'ks', 3 as never), 'ks to be an array, got 3.'],
  [
    'a list of one bad matrix',
    () => toMatrices('f', 'x', [[[1]], null as never]),
    'x[1] to be a matrix, got null.',
  ],
  ['no flag', () => checkFlag('f', 'b', 1), 'b to be true or false, got 1.'],
  ['another word', () => checkChoice('f', 'n', '3', ['1', '2']), "n '1' or '2', got 3. Choose one."],
  [
    'a nonlinearity without functions',
    weights({ activation: {} }),
    `activation to be one of ${names}, got an object.`,
  ],
  ['unknown activation', weights({ activation: 'selu' }), `activation to be one of ${names}, got selu.`],
  [
    'an inherited name',
    weights({ activation: 'toString' }),
    `activation to be one of ${names}, got toString.`,
  ],
])('refuses %s in the name of the function, with the error it was given', (_, act, message) => {
  expect(act).toThrow(GivenError);
  expect(act).toThrow(`f: expected ${message}`);
});
