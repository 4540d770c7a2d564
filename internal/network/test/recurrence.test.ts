import { InputError } from '@hurwitz/input';
import { expect, test } from 'vitest';
import { nextState, preActivation, weightsInput } from '../src/index.js';

const { toRecurrence } = weightsInput(InputError);

test('one step by hand: W multiplies the state as a column vector, kernel is the transpose', () => {
  const W = [
    [1, 2],
    [0, 1],
  ];
  const recurrence = toRecurrence(
    'f',
    { W, kernel: [[10, 20]], bias: [0.5, -60] },
    { defaultActivation: 'relu' },
  );
  expect(preActivation(recurrence, [3, 4], [2])).toEqual([31.5, -16]);
  expect(nextState(recurrence, [3, 4], [2])).toEqual([31.5, 0]);
});

test('an activation that is an object keeps its this', () => {
  const scaled = {
    gain: 3,
    value(x: number) {
      return this.gain * x;
    },
    derivative() {
      return this.gain;
    },
  };
  const recurrence = toRecurrence('f', { W: [[1]], kernel: [[1]] }, { defaultActivation: scaled });
  expect(nextState(recurrence, [1], [1])).toEqual([6]);
});
