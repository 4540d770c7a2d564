import { describe, expect, it } from 'vitest';
import { type IntegrateOptions, integrate, rk4, step, tableaux, type Vector } from '../src/index.js';

type Field = (t: number, h: Vector) => ArrayLike<number>;

/** A nonlinear, driven oscillator: every entry of the state matters to every slope. */
const slopes = (t: number, [x, v]: Vector): [number, number] => [v!, -x! - 0.3 * v! * x! + Math.sin(t)];

const fresh: Field = (t, h) => slopes(t, h);

/** The same field in every way that keeps hold of an array; each call makes one with buffers of its own. */
const sharing: Record<string, () => Field> = {
  'one number[] again and again': () => {
    const buffer = [0, 0];
    return (t, h) => {
      [buffer[0], buffer[1]] = slopes(t, h);
      return buffer;
    };
  },
  'one Float64Array again and again': () => {
    const buffer = new Float64Array(2);
    return (t, h) => {
      buffer.set(slopes(t, h));
      return buffer;
    };
  },
  'windows of one Float64Array': () => {
    const buffer = new Float64Array(2);
    return (t, h) => {
      buffer.set(slopes(t, h));
      return buffer.subarray(0, 2);
    };
  },
  'the state itself, overwritten': () => (t, h) => {
    [h[0], h[1]] = slopes(t, h);
    return h;
  },
  'a fresh array, and spoils the state': () => (t, h) => {
    const value = slopes(t, h);
    h.fill(Number.NaN);
    return value;
  },
  'a fresh array, and spoils all states and arrays of earlier calls': () => {
    const earlier: Vector[] = [];
    return (t, h) => {
      const value = slopes(t, h);
      for (const each of earlier) each.fill(Number.NaN);
      earlier.push(value, h);
      return value;
    };
  },
};

const starts: [string, () => Vector][] = [
  ['number[]', () => [1, -0.5]],
  ['Float64Array', () => Float64Array.of(1, -0.5)],
];

describe('a field that returns', () => {
  for (const [way, make] of Object.entries(sharing)) {
    for (const [kind, start] of starts) {
      it(`${way}, from a ${kind}: every scheme steps bit for bit as with fresh arrays`, () => {
        for (const tableau of Object.values(tableaux)) {
          const h = start();
          expect(step(tableau, make(), 0.2, h, 0.1)).toEqual(step(tableau, fresh, 0.2, start(), 0.1));
          expect(h).toEqual(start());
        }
      });

      it(`${way}, from a ${kind}: fixed and adaptive integration agree bit for bit as well`, () => {
        for (const tableau of Object.values(tableaux)) {
          const kinds: IntegrateOptions[] = [{ times: [0, 0.35, 1], dt: 0.1, tableau }];
          if (tableau.embedded) {
            kinds.push({ times: [0, 0.35, 1], tableau }, { times: [1, 0.2, 0], tableau, firstStep: 0.5 });
          }
          for (const options of kinds) {
            const h = start();
            expect(integrate(make(), h, options)).toEqual(integrate(fresh, start(), options));
            expect(h).toEqual(start());
          }
        }
      });
    }
  }

  it('exp(-0.1) to 1e-7 from rk4 with one array: the error of the scheme, 8e-8, and no more', () => {
    const buffer = [0];
    const decay: Field = (_, [y]) => {
      buffer[0] = -y!;
      return buffer;
    };
    expect(Math.abs(step(rk4, decay, 0, [1], 0.1)[0]! - Math.exp(-0.1))).toBeLessThan(1e-7);
  });

  it('entries that are no numbers is refused, in the words of the caller', () => {
    const nested = (() => [[-1], [0]]) as never;
    expect(() => step(rk4, nested, 0, [1, 2], 0.1)).toThrow(/step: expected f\(t, h\) to return 2 numbers/);
  });
});

it('the state handed out for a time is not the one that the field sees next', () => {
  const seen: Vector[] = [];
  const { states } = integrate(
    (t, h: number[]) => {
      seen.push(h);
      return slopes(t, h);
    },
    [1, 0],
    { times: [0, 0.5, 1], dt: 0.25 },
  );
  for (const state of states) expect(seen).not.toContain(state);
});
