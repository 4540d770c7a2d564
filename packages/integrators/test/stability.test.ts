import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Complex,
  cashKarp,
  defineTableau,
  dormandPrince,
  euler,
  IntegratorError,
  largestStableStep,
  rk4,
  stabilityBoundary,
  stabilityFunction,
  stabilityPolynomial,
  step,
  type Tableau,
  tableauByName,
  tableaux,
} from '../src/index.js';
import fixtures from './fixtures/integrators.json' with { type: 'json' };

const schemes = Object.values(tableaux);
const growth = (tableau: Tableau, z: Complex) => {
  const { re, im } = stabilityFunction(tableau, z);
  return Math.hypot(re, im);
};
/** In hundredths: whether |R| passes 1 by less than rounding shows is no property. */
const part = fc.integer({ min: -400, max: 400 }).map((n) => n / 100);

/** A two-stage scheme of order 1 whose |R| = |1 + z + z²/8| touches 1 from below at z = -4, where R = -1. */
const chebyshev2 = defineTableau({
  name: 'chebyshev2',
  order: 1,
  a: [[], [1 / 4]],
  b: [1 / 2, 1 / 2],
  c: [0, 1 / 4],
});

describe('stabilityFunction', () => {
  it('matches the fixtures within 1e-14', () => {
    for (const { scheme, z, value } of fixtures.stabilityFunction) {
      const R = stabilityFunction(tableauByName(scheme), { re: z[0]!, im: z[1]! });
      expect(Math.hypot(R.re - value[0]!, R.im - value[1]!)).toBeLessThan(1e-14);
    }
  });

  it('is the factor of one step on dh/dt = λ h, within 1e-12 relative', () => {
    fc.assert(
      fc.property(fc.constantFrom(...schemes), part, part, (tableau, re, im) => {
        const [x, y] = step(tableau, (_, [x, y]) => [re * x! - im * y!, im * x! + re * y!], 0, [1, 0], 1);
        const R = stabilityFunction(tableau, { re, im });
        expect(Math.hypot(R.re - x!, R.im - y!)).toBeLessThan(1e-12 * (1 + Math.hypot(re, im)) ** 6);
      }),
    );
  });

  it('agrees with exp(z) to the order of the scheme, and takes real numbers', () => {
    for (const tableau of schemes) {
      const z = 0.01;
      const gap = Math.abs(stabilityFunction(tableau, z).re - Math.exp(z));
      expect(gap).toBeLessThan(z ** (tableau.order + 1));
      expect(stabilityFunction(tableau, z).im).toBe(0);
    }
  });

  it('has the known polynomials: rk4 the exponential series to z⁴, Dormand-Prince z⁶/600 beyond z⁵', () => {
    expect(stabilityPolynomial(rk4)).toEqual([1, 1, 1 / 2, 1 / 6, 1 / 24]);
    expect(stabilityPolynomial(dormandPrince)).toHaveLength(7);
    expect(Math.abs(stabilityPolynomial(dormandPrince)[6]! - 1 / 600)).toBeLessThan(1e-17);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, null, 'i', { re: 1 }, { re: Number.NaN, im: 0 }])(
    'refuses %j',
    (z) => {
      expect(() => stabilityFunction(rk4, z as never)).toThrow(IntegratorError);
    },
  );
});

describe('largestStableStep', () => {
  const i = (im: number) => ({ re: 0, im });
  it.each<[string, Tableau, (number | Complex)[], number]>([
    ['Euler, real', euler, [-1], 2],
    ['Euler, real, the fastest decides', euler, [-1, -8, -0.1], 0.25],
    [
      'Euler, -1 ± i',
      euler,
      [
        { re: -1, im: 1 },
        { re: -1, im: -1 },
      ],
      1,
    ],
    ['Euler, -0.001 ± i', euler, [{ re: -1e-3, im: 1 }], 2e-3 / (1 + 1e-6)],
    ['Euler, imaginary', euler, [i(1), i(-1)], 0],
    ['midpoint, real', tableaux.midpoint, [-1], 2],
    ['midpoint, imaginary', tableaux.midpoint, [i(1)], 0],
    ['kutta3, real', tableaux.kutta3, [-1], 2.5127453266183286],
    ['kutta3, imaginary: √3', tableaux.kutta3, [i(2)], Math.sqrt(3) / 2],
    ['rk4, real', rk4, [-1], 2.785293563405282],
    ['rk4, imaginary: 2√2', rk4, [i(1), i(-0.5)], 2 * Math.SQRT2],
    ['Dormand-Prince, real', dormandPrince, [-1], 3.306567892634945],
    ['Cash-Karp, imaginary', cashKarp, [i(1)], 0],
    ['a positive real part', rk4, [-1, 1e-3], 0],
    ['zeros', rk4, [0, { re: 0, im: 0 }], Number.POSITIVE_INFINITY],
    ['a zero among others', rk4, [0, -1], 2.785293563405282],
    ['a zero that was rounded', rk4, [1e-16, -1], 2.785293563405282],
    ['an imaginary pair that was rounded', rk4, [{ re: 1e-15, im: 5 }], (2 * Math.SQRT2) / 5],
    ['touching at -4 from below', chebyshev2, [-1], 8],
    ['very small and very large', rk4, [-1e-200], 2.785293563405282e200],
    ['very large', rk4, [-1e200], 2.785293563405282e-200],
  ])('%s: within 1e-14 relative', (_, tableau, eigenvalues, expected) => {
    const dt = largestStableStep(tableau, eigenvalues);
    if (Number.isFinite(expected) && expected > 0) expect(Math.abs(dt / expected - 1)).toBeLessThan(1e-14);
    else expect(dt).toBe(expected);
  });

  it('is stable at every smaller step and unstable just beyond', () => {
    const eigenvalue = fc.record({ re: fc.integer({ min: -500, max: 0 }).map((n) => n / 100), im: part });
    fc.assert(
      fc.property(
        fc.constantFrom(...schemes),
        fc.array(eigenvalue, { minLength: 1, maxLength: 4 }),
        (tableau, lambdas) => {
          fc.pre(lambdas.every(({ re, im }) => re < 0 || (re === 0 && im === 0)));
          const dt = largestStableStep(tableau, lambdas);
          fc.pre(Number.isFinite(dt));
          const worst = (s: number) =>
            Math.max(...lambdas.map(({ re, im }) => growth(tableau, { re: s * re, im: s * im })));
          for (let k = 0; k <= 200; k++) expect(worst((dt * k) / 200)).toBeLessThan(1 + 1e-13);
          expect(worst(dt * (1 + 1e-6))).toBeGreaterThan(1);
        },
      ),
    );
  });

  it('scales inversely with the eigenvalues and does not see conjugation', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...schemes),
        part,
        part,
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (tableau, re, im, s) => {
          const dt = largestStableStep(tableau, [{ re, im }]);
          const scaled = largestStableStep(tableau, [{ re: s * re, im: -s * im }]);
          if (Number.isFinite(dt)) expect(Math.abs(scaled * s - dt)).toBeLessThanOrEqual(1e-9 * dt);
          else expect(scaled).toBe(dt);
        },
      ),
    );
  });

  it.each<[unknown, RegExp]>([
    [[], /at least one eigenvalue, got an empty array/],
    [undefined, /got undefined/],
    [[-1, Number.NaN], /eigenvalue 1 as a finite number .* got NaN/],
    [[{ re: -1 }], /eigenvalue 0/],
  ])('refuses %j', (eigenvalues, message) => {
    expect(() => largestStableStep(rk4, eigenvalues as never)).toThrow(message);
  });

  it('refuses a tolerance outside [0, 1)', () => {
    expect(() => largestStableStep(rk4, [-1], { tolerance: Number.NaN })).toThrow(IntegratorError);
  });

  it('scales with the unit of time from 1e-300 to the largest number: dt for cλ is dt for λ over c, to 1e-12', () => {
    for (const tableau of schemes) {
      const unit = largestStableStep(tableau, [{ re: -1, im: 0.5 }]);
      for (const c of [1e-300, 1e-160, 1, 1e160, 1.7e308]) {
        const dt = largestStableStep(tableau, [{ re: -c, im: c / 2 }]);
        expect(Math.abs((dt * c) / unit - 1)).toBeLessThan(1e-12);
      }
    }
    const diagonal = largestStableStep(euler, [{ re: -1.7e308, im: 1.7e308 }]);
    expect(diagonal * 1.7e308).toBeCloseTo(1, 12);
    expect(() => largestStableStep(euler, [-Number.MIN_VALUE])).toThrow(/range of float64/);
  });

  it('R(z) beyond float64 is refused, not NaN', () => {
    for (const z of [1e200, -1e160, { re: 1e200, im: 1e200 }]) {
      expect(() => stabilityFunction(rk4, z)).toThrow(IntegratorError);
      expect(() => stabilityFunction(rk4, z)).toThrow(/range of float64/);
    }
    expect(stabilityFunction(euler, 1e300)).toEqual({ re: 1e300, im: 0 });
  });
});

describe('stabilityBoundary', () => {
  /** Whether z is enclosed by an odd number of the polygons. */
  const enclosed = (curves: Complex[][], z: Complex) =>
    curves.reduce((inside, curve) => {
      let odd = false;
      curve.forEach((p, k) => {
        const q = curve[(k + 1) % curve.length]!;
        if (p.im > z.im !== q.im > z.im && z.re < p.re + ((z.im - p.im) / (q.im - p.im)) * (q.re - p.re))
          odd = !odd;
      });
      return inside !== odd;
    }, false);

  it.each([...schemes, chebyshev2])(
    '$name: |R| = 1 within 1e-13 on every point, closed, counterclockwise, spaced as asked',
    (tableau) => {
      for (const spacing of [0.05, 0.01]) {
        for (const curve of stabilityBoundary(tableau, { spacing })) {
          let area = 0;
          curve.forEach((p, k) => {
            const q = curve[(k + 1) % curve.length]!;
            expect(Math.abs(growth(tableau, p) - 1)).toBeLessThan(1e-13);
            expect(Math.hypot(p.re - q.re, p.im - q.im)).toBeLessThanOrEqual(spacing * (1 + 1e-9));
            area += (p.re * q.im - p.im * q.re) / 2;
          });
          expect(area).toBeGreaterThan(0.01);
        }
      }
    },
  );

  it.each([...schemes, chebyshev2])(
    '$name: a grid of 91 x 101 points is inside the curves exactly where |R| < 1 (but for |R| within 0.05 of 1)',
    (tableau) => {
      const curves = stabilityBoundary(tableau, { spacing: 0.01 });
      let inside = 0;
      for (let re = -8.503; re < 2.5; re += 0.1222) {
        for (let im = -5.001; im < 5; im += 0.0994) {
          const size = growth(tableau, { re, im });
          if (Math.abs(size - 1) < 0.05) continue;
          expect(enclosed(curves, { re, im })).toBe(size < 1);
          if (size < 1) inside++;
        }
      }
      expect(inside).toBeGreaterThan(150);
    },
  );

  it('has one component, and for Dormand-Prince and Cash-Karp two small lobes on the right', () => {
    for (const tableau of schemes) {
      const lobes = tableau === dormandPrince || tableau === cashKarp ? 3 : 1;
      expect(stabilityBoundary(tableau)).toHaveLength(lobes);
    }
    const [main, ...lobes] = stabilityBoundary(dormandPrince);
    expect(main).toContainEqual({ re: 0, im: 0 });
    for (const lobe of lobes)
      for (const { re, im } of lobe) expect(re > 0.7 && Math.abs(im) > 3.4).toBe(true);
  });

  it('is the unit circle around -1 for Euler, within 1e-15', () => {
    for (const { re, im } of stabilityBoundary(euler).flat()) {
      expect(Math.abs(Math.hypot(re + 1, im) - 1)).toBeLessThan(1e-15);
    }
  });

  it.each([0, -1, 2, Number.NaN, 1e-6])('refuses spacing %d', (spacing) => {
    expect(() => stabilityBoundary(rk4, { spacing })).toThrow(/spacing from 1e-4 to 1/);
  });
});
