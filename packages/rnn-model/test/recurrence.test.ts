import { vanillaMap } from '@hurwitz/stability';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gaussian, generator, nextState, preActivation, weightsInput } from '../src/index.js';

const { toRecurrence } = weightsInput(Error);

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

test('agrees with vanillaMap of @hurwitz/stability to 1e-14', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 31 }),
      fc.constantFrom('tanh', 'sigmoid', 'linear'),
      (seed, activation) => {
        const draw = generator(seed);
        const [W, kernel] = [gaussian(4, 4, draw), gaussian(3, 4, draw)];
        const [bias, state, input] = [
          gaussian(1, 4, draw)[0]!,
          gaussian(1, 4, draw)[0]!,
          gaussian(1, 3, draw)[0]!,
        ];
        const recurrence = toRecurrence('f', { W, kernel, bias }, { defaultActivation: activation });
        const U = bias.map((_, i) => kernel.map((row) => row[i]!));
        const map = vanillaMap({ W, U, bias, activation });
        const other = map.step(Float64Array.from(state), Float64Array.from(input));
        for (const [i, entry] of nextState(recurrence, state, input).entries()) {
          expect(Math.abs(entry - other[i]!)).toBeLessThan(1e-14);
        }
      },
    ),
  );
});

test('an activation that is an object keeps its this', () => {
  class Scaled {
    constructor(private readonly gain: number) {}
    value(x: number) {
      return this.gain * x;
    }
    derivative() {
      return this.gain;
    }
  }
  const recurrence = toRecurrence('f', { W: [[1]], kernel: [[1]] }, { defaultActivation: new Scaled(3) });
  expect(nextState(recurrence, [1], [1])).toEqual([6]);
});
