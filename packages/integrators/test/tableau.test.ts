import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  defineTableau,
  dormandPrince,
  IntegratorError,
  rk4,
  type Tableau,
  tableauByName,
  tableaux,
} from '../src/index.js';

/** The 17 conditions up to order 5, written out by hand: [order, Σ b_i Φ_i, 1/γ]. */
function conditions({ a, c }: Tableau, b: readonly number[]): [number, number, number][] {
  const A = (v: readonly number[]) => a.map((row) => row.reduce((sum, aij, j) => sum + aij * v[j]!, 0));
  const mul = (...v: (readonly number[])[]) => c.map((_, i) => v.reduce((p, w) => p * w[i]!, 1));
  const dot = (v: readonly number[]) => b.reduce((sum, weight, i) => sum + weight * v[i]!, 0);
  const one = c.map(() => 1);
  const c2 = mul(c, c);
  const c3 = mul(c2, c);
  return [
    [1, dot(one), 1],
    [2, dot(c), 1 / 2],
    [3, dot(c2), 1 / 3],
    [3, dot(A(c)), 1 / 6],
    [4, dot(c3), 1 / 4],
    [4, dot(mul(c, A(c))), 1 / 8],
    [4, dot(A(c2)), 1 / 12],
    [4, dot(A(A(c))), 1 / 24],
    [5, dot(mul(c3, c)), 1 / 5],
    [5, dot(mul(c2, A(c))), 1 / 10],
    [5, dot(mul(A(c), A(c))), 1 / 20],
    [5, dot(mul(c, A(c2))), 1 / 15],
    [5, dot(mul(c, A(A(c)))), 1 / 30],
    [5, dot(A(c3)), 1 / 20],
    [5, dot(A(mul(c, A(c)))), 1 / 40],
    [5, dot(A(A(c2))), 1 / 60],
    [5, dot(A(A(A(c)))), 1 / 120],
  ];
}

describe('the schemes', () => {
  it.each(Object.values(tableaux))(
    '$name meets the hand-written conditions up to its order within 1e-14, and not beyond',
    (tableau) => {
      for (const { b, order } of [tableau, ...(tableau.embedded ? [tableau.embedded] : [])]) {
        const all = conditions(tableau, b);
        for (const [n, value, target] of all)
          if (n <= order) expect(Math.abs(value - target)).toBeLessThan(1e-14);
        const beyond = all.filter(([n]) => n === order + 1);
        if (order < 5) expect(beyond.some(([, value, target]) => Math.abs(value - target) > 1e-4)).toBe(true);
      }
    },
  );

  it('includes Dormand-Prince of order 5 with 4 embedded', () => {
    expect([dormandPrince.order, dormandPrince.embedded?.order, dormandPrince.b.length]).toEqual([5, 4, 7]);
  });

  it('are listed under their names, have a source and cannot be changed', () => {
    for (const [name, tableau] of Object.entries(tableaux)) {
      expect(tableau.name).toBe(name);
      expect(tableau.source).toMatch(/\d{4}/);
      expect(() => {
        (tableau.b as number[])[0] = 2;
      }).toThrow(TypeError);
    }
  });
});

describe('defineTableau', () => {
  const mutable = (tableau: Tableau) =>
    structuredClone(tableau) as { -readonly [K in keyof Tableau]: Tableau[K] };

  it('makes a tableau of your own, here the generic second-order family', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 1, noNaN: true }), (alpha) => {
        const w = 1 / (2 * alpha);
        const own = defineTableau({ name: 'own', order: 2, a: [[], [alpha]], b: [1 - w, w], c: [0, alpha] });
        expect(own.b).toEqual([1 - w, w]);
      }),
    );
  });

  it('checks orders above 5 too: a sixth-order scheme of Butcher passes as 6, not as 5 or 7', () => {
    const butcher6 = {
      name: 'butcher6',
      a: [
        [],
        [1 / 3],
        [0, 2 / 3],
        [1 / 12, 1 / 3, -1 / 12],
        [-1 / 16, 9 / 8, -3 / 16, -3 / 8],
        [0, 9 / 8, -3 / 8, -3 / 4, 1 / 2],
        [9 / 44, -9 / 11, 63 / 44, 18 / 11, 0, -16 / 11],
      ],
      b: [11 / 120, 0, 27 / 40, 27 / 40, -4 / 15, -4 / 15, 11 / 120],
      c: [0, 1 / 3, 2 / 3, 1 / 3, 1 / 2, 1 / 2, 1],
    };
    expect(defineTableau({ ...butcher6, order: 6 }).order).toBe(6);
    expect(() => defineTableau({ ...butcher6, order: 5 })).toThrow(/also meet every condition of order 6/);
    expect(() => defineTableau({ ...butcher6, order: 7 })).toThrow(
      /order condition of the tree .*\(order 7\)/,
    );
  });

  it('notices a change of 1e-9 in any coefficient of Dormand-Prince that enters the result', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(5), (i, j) => {
        fc.pre(j < i);
        const a = dormandPrince.a.map((row) => [...row]);
        const c = [...dormandPrince.c];
        a[i]![j]! += 1e-9;
        c[i]! += 1e-9;
        expect(() => defineTableau({ ...dormandPrince, a, c })).toThrow(IntegratorError);
      }),
    );
  });

  it.each<[string, (t: ReturnType<typeof mutable>) => void, RegExp]>([
    ['too few rows', (t) => (t.a = t.a.slice(1)), /4 rows in a.*got 3/],
    ['an implicit row', (t) => (t.a = [[1], ...t.a.slice(1)]), /0 entries in row 0 of a \(explicit/],
    ['too few nodes', (t) => (t.c = [0, 0.5, 1]), /4 entries in c.*got 3/],
    ['a wrong node', (t) => (t.c = [0, 0.5, 0.4, 1]), /c\[2\] to be the sum of row 2 of a, 0.5, got 0.4/],
    ['wrong weights', (t) => (t.b = [1 / 4, 1 / 4, 1 / 4, 1 / 4]), /weights b of order 4.*tree/],
    ['NaN', (t) => (t.b = [Number.NaN, 1 / 3, 1 / 3, 1 / 6]), /finite coefficients, got NaN/],
    ['no name', (t) => (t.name = ''), /a name/],
    ['no weights', (t) => (t.b = []), /at least one weight/],
    ['order 0', (t) => (t.order = 0), /whole number from 1 to 10, got 0/],
    ['an overstated order', (t) => (t.order = 5), /order 5.*\(order 5\)/],
    ['an understated order', (t) => (t.order = 3), /State the order the weights have/],
    ['short embedded weights', (t) => (t.embedded = { b: [1], order: 1 }), /4 entries in embedded.b/],
    [
      'a wrong embedded order',
      (t) => (t.embedded = { b: [1, 0, 0, 0], order: 2 }),
      /weights embedded.b of order 2/,
    ],
  ])('refuses %s', (_, spoil, message) => {
    const tableau = mutable(rk4);
    spoil(tableau);
    expect(() => defineTableau(tableau)).toThrow(IntegratorError);
    expect(() => defineTableau(tableau)).toThrow(message);
  });
});

describe('tableauByName', () => {
  it('finds every scheme', () => {
    for (const [name, tableau] of Object.entries(tableaux)) expect(tableauByName(name)).toBe(tableau);
  });

  it.each([
    ['rk45', 'rk4'],
    ['RK4', 'rk4'],
    ['dormandprince5', 'dormandPrince'],
    ['Euler', 'euler'],
    ['mid-point', 'midpoint'],
    ['constructor', ''],
  ])('refuses %s and names %s', (name, nearest) => {
    expect(() => tableauByName(name)).toThrow(`Did you mean '${nearest}`);
  });
});
