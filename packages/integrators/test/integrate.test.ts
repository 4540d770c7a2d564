import { describe, expect, it } from 'vitest';
import {
  bogackiShampine,
  dormandPrince,
  type IntegrateOptions,
  IntegratorError,
  integrate,
  NonFiniteError,
  rk4,
  StepLimitError,
  StepSizeError,
  step,
  tableaux,
  type Vector,
} from '../src/index.js';
import { apply, distance, expTimes, slope } from './linear-algebra.js';

const A = [
  [-0.2, 1.5],
  [-1.5, -0.1],
];
const linear = (_: number, h: ArrayLike<number>) => apply(A, h);
const oscillator = (_: number, [x, y]: number[]) => [y!, -x!];

describe('fixed steps', () => {
  it('are the same as calling step', () => {
    let h = [1, 0];
    for (let n = 0; n < 4; n++) h = step(rk4, (t, s) => [s[1]! + t, -s[0]!], n * 0.25, h, 0.25);
    const f = (t: number, s: number[]) => [s[1]! + t, -s[0]!];
    expect(integrate(f, [1, 0], { times: [0, 1], dt: 0.25, tableau: rk4 }).states[1]).toEqual(h);
  });

  it('are the fewest equal ones no longer than dt, and end on each time exactly', () => {
    const seen: number[] = [];
    const f = (t: number, h: number[]) => {
      seen.push(t);
      return h;
    };
    const { statistics } = integrate(f, [1], { times: [0, 1, 1.25], dt: 0.1, tableau: tableaux.euler });
    expect(statistics.accepted).toBe(13);
    expect(seen).toHaveLength(13);
    expect(statistics.longestStep).toBeLessThanOrEqual(0.1 + 1e-15);
    expect(seen[10]).toBe(1);
  });

  it('reuse the last stage of Dormand-Prince and Bogacki-Shampine, and only theirs', () => {
    const options = { times: [0, 1], dt: 0.1 };
    const evaluations = (name: keyof typeof tableaux) =>
      integrate(linear, [1, 0], { ...options, tableau: tableaux[name] }).statistics.evaluations;
    expect(evaluations('dormandPrince')).toBe(1 + 10 * 6);
    expect(evaluations('bogackiShampine')).toBe(1 + 10 * 3);
    expect(evaluations('rk4')).toBe(10 * 4);
    expect(evaluations('cashKarp')).toBe(10 * 6);
  });

  it.each<[string, Vector]>([
    ['number[]', [1, 2]],
    ['Float64Array', Float64Array.of(1, 2)],
  ])('start with a copy of h0 (%s)', (_, h0) => {
    const { states } = integrate((_t, h) => h, h0, { times: [0, 1], dt: 0.5 });
    h0[0] = 7;
    expect([...states[0]!]).toEqual([1, 2]);
  });

  it('more than maxSteps of them are refused before the first', () => {
    let calls = 0;
    const f = (_: number, h: number[]) => {
      calls++;
      return h;
    };
    const call = () => integrate(f, [1], { times: [0, 1], dt: 1e-3, maxSteps: 100 });
    expect(call).toThrow(StepLimitError);
    expect(call).toThrow(/at most maxSteps = 100 steps, got dt = 0.001, which makes 1000/);
    expect(calls).toBe(0);
  });

  it('that blow up throw NonFiniteError with the interval', () => {
    const call = () =>
      integrate((_, h: number[]) => [1e4 * h[0]!], [1], {
        times: [0, 0.1, 2],
        dt: 1e-3,
        tableau: tableaux.euler,
      });
    expect(call).toThrow(NonFiniteError);
    expect(call).toThrow(/NaN or Infinity between t = 0.1 and t = 2/);
  });
});

describe('adaptive steps', () => {
  it.each(Object.values(tableaux).filter(({ embedded }) => embedded))(
    '$name: the error at the end is proportional to the tolerance (slope 1 within 0.2) and below 100 tolerances',
    (tableau) => {
      const tolerances = tableau.order > 3 ? [1e-5, 1e-6, 1e-7, 1e-8, 1e-9] : [1e-3, 1e-4, 1e-5, 1e-6];
      const exact = expTimes(A, 5, [1, 0.5]);
      const errors = tolerances.map((tolerance) => {
        const { states } = integrate(linear, [1, 0.5], {
          times: [0, 5],
          tableau,
          rtol: tolerance,
          atol: tolerance,
        });
        return distance(states[1]!, exact);
      });
      errors.forEach((error, i) => {
        expect(error).toBeLessThan(100 * tolerances[i]!);
      });
      expect(Math.abs(slope(tolerances.map(Math.log), errors.map(Math.log)) - 1)).toBeLessThan(0.2);
    },
  );

  it('end on the requested times exactly, and are cut there without being restarted', () => {
    const seen = new Set<number>();
    const f = (t: number, h: number[]) => {
      seen.add(t);
      return oscillator(t, h);
    };
    const times = [0, 0.1, Math.PI, 3.2, 10];
    const { states, statistics } = integrate(f, [0, 1], { times, rtol: 1e-9, atol: 1e-9 });
    expect(states).toHaveLength(5);
    for (const t of times) expect(seen.has(t)).toBe(true);
    states.forEach((h, i) => {
      expect(distance(h, [Math.sin(times[i]!), Math.cos(times[i]!)])).toBeLessThan(1e-7);
    });
    const free = integrate(oscillator, [0, 1], { times: [0, 10], rtol: 1e-9, atol: 1e-9 }).statistics;
    expect(statistics.accepted).toBeLessThan(free.accepted + 2 * times.length);
  });

  it('run backwards in time', () => {
    const there = integrate(linear, [1, 0.5], { times: [0, 3], rtol: 1e-10, atol: 1e-10 }).states[1]!;
    const back = integrate(linear, there, { times: [3, 1, 0], rtol: 1e-10, atol: 1e-10 });
    expect(distance(back.states[2]!, [1, 0.5])).toBeLessThan(1e-8);
    expect(distance(back.states[1]!, expTimes(A, 1, [1, 0.5]))).toBeLessThan(1e-8);
  });

  it('grow where the solution is quiet and shrink where it is not (van der Pol)', () => {
    const f = (_: number, [x, y]: number[]) => [y!, 5 * (1 - x! * x!) * y! - x!];
    const { statistics } = integrate(f, [2, 0], { times: [0, 20], rtol: 1e-6, atol: 1e-6 });
    expect(statistics.longestStep / statistics.shortestStep).toBeGreaterThan(5);
    expect(statistics.rejected).toBeLessThan(statistics.accepted / 3);
  });

  it('do not stretch the last one beyond maxStep, nor leave a sliver of rounding', () => {
    const still = () => [0];
    const stretched = integrate(still, [1], { times: [0, 2.01], maxStep: 1, firstStep: 1 }).statistics;
    expect(stretched).toMatchObject({ accepted: 3, longestStep: 1 });
    const even = integrate(still, [1], { times: [0, 10], maxStep: 0.05, firstStep: 0.05 }).statistics;
    expect(even.accepted).toBe(200);
    expect(even.shortestStep).toBeGreaterThan(0.0499);
  });

  it('hold firstStep and maxStep, and count every evaluation', () => {
    let calls = 0;
    const f = (t: number, h: number[]) => {
      calls++;
      return oscillator(t, h);
    };
    const { statistics } = integrate(f, [0, 1], { times: [0, 10], maxStep: 0.05, firstStep: 0.01 });
    expect(statistics.longestStep).toBeLessThanOrEqual(0.05 * 1.01);
    expect(statistics.shortestStep).toBeCloseTo(0.01, 12);
    expect(statistics.evaluations).toBe(calls);
  });

  it('leave an equilibrium at rest, and a zero field alone', () => {
    expect(integrate(() => [0, 0], [1, 2], { times: [0, 1e6] }).states[1]).toEqual([1, 2]);
    expect(integrate(linear, [0, 0], { times: [0, 100] }).states[1]).toEqual([0, 0]);
  });

  it('carry on through a stretch that starts at rest in time', () => {
    const { states } = integrate((t) => [t ** 3], [0], { times: [0, 2], rtol: 1e-8, atol: 1e-10 });
    expect(Math.abs(states[1]![0]! - 4)).toBeLessThan(1e-7);
  });

  it('stop at the limit with a message that says stiff, at what rate, and the step that is stable', () => {
    const stiff = (t: number, [x, y]: number[]) => [-2e5 * (x! - Math.cos(t)), -y!];
    let thrown: unknown;
    try {
      integrate(stiff, [0, 1], { times: [0, 10], maxSteps: 2000 });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(StepLimitError);
    const { message, progress, name } = thrown as StepLimitError;
    expect(name).toBe('StepLimitError');
    expect(message).toMatch(/within maxSteps = 2000 steps, got t = 0\.03/);
    expect(message).toMatch(/stiff: a mode that decays at a rate of about 2\.0e\+5 .* below about 0\.000017/);
    expect(progress.accepted + progress.rejected).toBe(2000);
    expect(progress.t).toBeGreaterThan(0.02);
  });

  it('stop at the limit without crying stiff where accuracy sets the step', () => {
    const fast = (_: number, [x, y]: number[]) => [1e4 * y!, -1e4 * x!];
    const call = () => integrate(fast, [1, 0], { times: [0, 10], maxSteps: 500 });
    expect(call).toThrow(/Raise maxSteps/);
    expect(call).not.toThrow(/stiff/);
  });

  it('stop at a singularity: h' + "' = h² from 1 blows up at t = 1", () => {
    let thrown: unknown;
    try {
      integrate((_, [x]: number[]) => [x! * x!], [1], { times: [0, 2], rtol: 1e-9, atol: 1e-9 });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(StepSizeError);
    expect(Math.abs((thrown as StepSizeError).progress.t - 1)).toBeLessThan(1e-6);
  });

  it('stop where the field becomes NaN, and where it starts as one', () => {
    const root = (t: number) => [Math.sqrt(1 - t)];
    expect(() => integrate(root, [0], { times: [0, 2] })).toThrow(NonFiniteError);
    expect(() => integrate(root, [0], { times: [0, 2] })).toThrow(/NaN just after t = 0\.99999/);
    expect(() => integrate(root, [0], { times: [2, 3] })).toThrow(/a finite f\(t, h0\)/);
    expect(() => integrate(() => [0], [Number.NaN], { times: [2, 3] })).toThrow(/a finite h0/);
  });

  it('cross a jump of the field', () => {
    const { states } = integrate((t) => [t < 1 ? 0 : 1], [0], { times: [0, 3] });
    expect(Math.abs(states[1]![0]! - 2)).toBeLessThan(1e-4);
  });
});

describe('integrate refuses', () => {
  const times = [0, 1];
  const call = (options: unknown) => () => integrate(oscillator, [0, 1], options as IntegrateOptions);
  it.each<[string, () => unknown, RegExp]>([
    ['no options', call(undefined), /an object with times/],
    ['one time', call({ times: [0] }), /got an array of 1/],
    ['an infinite time', call({ times: [0, Number.POSITIVE_INFINITY] }), /Infinity at position 1/],
    ['times that turn back', call({ times: [0, 2, 1] }), /got 2 followed by 1 at position 2/],
    ['a time twice', call({ times: [0, 0] }), /0 followed by 0/],
    ['dt = 0', call({ times, dt: 0 }), /positive, finite dt, got 0/],
    ['a negative dt', call({ times, dt: -0.1 }), /positive, finite dt, got -0.1/],
    ['NaN for dt', call({ times, dt: Number.NaN }), /positive, finite dt, got NaN/],
    ['dt with tolerances', call({ times, dt: 0.1, rtol: 1e-3 }), /either dt .* got dt and rtol/],
    ['adaptive rk4', call({ times, tableau: rk4 }), /embedded weights for adaptive steps, got 'rk4'/],
    ['a scheme name', call({ times, tableau: 'rk4' }), /got "rk4". .*tableauByName/],
    ['rtol = 0', call({ times, rtol: 0 }), /rtol from 1e-14 to below 1 for float64 vectors, got 0/],
    ['atol = 0', call({ times, atol: 0 }), /positive, finite atol/],
    ['maxStep NaN', call({ times, maxStep: Number.NaN }), /maxStep, got NaN/],
    ['firstStep -1', call({ times, firstStep: -1 }), /firstStep, got -1/],
    ['maxSteps Infinity', call({ times, maxSteps: Number.POSITIVE_INFINITY }), /maxSteps, got Infinity/],
    ['no field', () => integrate(null as never, [1], { times }), /f as a function/],
    ['nested h0', () => integrate(oscillator, [[1]] as never, { times }), /a nested array/],
    [
      'a short field',
      () => integrate(() => [1], [1, 2], { times }),
      /integrate: expected f\(t, h\) to return 2/,
    ],
  ])('%s', (_, attempt, message) => {
    expect(attempt).toThrow(IntegratorError);
    expect(attempt).toThrow(message);
  });
});

describe('the two kinds of vector', () => {
  it('give the same numbers, each its own kind', () => {
    const options = { times: [0, 1, 2], tableau: bogackiShampine };
    const plain = integrate(linear, [1, 2], options);
    const typed = integrate(linear, Float64Array.of(1, 2), options);
    expect(typed.states[2]).toBeInstanceOf(Float64Array);
    expect([...typed.states[2]!]).toEqual(plain.states[2]);
    expect(dormandPrince.embedded).toBeDefined();
  });
});
