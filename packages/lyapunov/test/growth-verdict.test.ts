import { describe, expect, it } from 'vitest';
import {
  growthVerdict,
  henon,
  LyapunovError,
  type LyapunovSystem,
  logistic,
  lorenz,
  lyapunovSpectrum,
  rnnSystem,
} from '../src/index.js';
import { normalMatrix, normals } from './random.js';

const constant = (J: number[][]): LyapunovSystem => ({
  dimension: J.length,
  step: (h) => h,
  jacobian: () => J,
});

describe('a verdict on growth', () => {
  it.each<[string, 'expanding' | 'contracting' | 'undecided', () => ReturnType<typeof lyapunovSpectrum>]>([
    ['Hénon', 'expanding', () => lyapunovSpectrum(henon(), { warmup: 100, steps: 2000 })],
    ['Lorenz', 'expanding', () => lyapunovSpectrum(lorenz(), { dt: 0.01, warmup: 1000, steps: 20_000 })],
    [
      'a stable cycle',
      'contracting',
      () => lyapunovSpectrum(logistic({ r: 3.2 }), { warmup: 100, steps: 500 }),
    ],
    [
      'a rotation',
      'undecided',
      () =>
        lyapunovSpectrum(
          constant([
            [0.6, 0.8],
            [-0.8, 0.6],
          ]),
          { steps: 500 },
        ),
    ],
    ['a lost map', 'contracting', () => lyapunovSpectrum(constant([[0]]), { steps: 5 })],
    [
      'constant growth, seen for 40 steps',
      'expanding',
      () => lyapunovSpectrum(constant([[1.25]]), { steps: 40 }),
    ],
  ])('%s is %s', (_, growth, measure) => {
    expect(growthVerdict(measure())).toMatchObject({ growth, settled: true });
  });

  it('24 steps of a chaotic network are not settled, whether one sequence or 20: the sign is undecided', () => {
    const normal = normals(3);
    const n = 24;
    const system = rnnSystem({
      W: normalMatrix(n, n, 4 / Math.sqrt(n), normal),
      kernel: normalMatrix(1, n, 0.3, normal),
    });
    const sequences = Array.from({ length: 20 }, () => normalMatrix(1000, 1, 1, normal));
    for (const inputs of [sequences, sequences.slice(0, 1)]) {
      const options = { inputs, warmup: 10, exponents: 3 };
      const short = lyapunovSpectrum(system, { ...options, steps: 24 });
      expect(short.exponents[0]).toBeGreaterThan(0);
      expect(growthVerdict(short)).toMatchObject({ growth: 'undecided', settled: false });
      const long = lyapunovSpectrum(system, { ...options, steps: 900 });
      expect(growthVerdict(long)).toMatchObject({ growth: 'expanding', settled: true });
    }
  });

  it('a transient of 300 steps is not settled after 200: growth that turns into decay', () => {
    let time = 0;
    const turning: LyapunovSystem = {
      dimension: 1,
      step: (h) => h,
      jacobian: () => [[Math.exp(0.3 - time++ / 500)]],
    };
    const estimate = lyapunovSpectrum(turning, { steps: 200 });
    expect(estimate.exponents[0]).toBeGreaterThan(0);
    expect(growthVerdict(estimate)).toMatchObject({ growth: 'undecided', settled: false });
  });

  it('does not depend on the unit of time: a flow 1e9 times as slow', () => {
    const slow = 1e-9;
    const { field, jacobian, initialState } = lorenz();
    const system: LyapunovSystem = {
      initialState,
      field: (t, h, x) => Array.from(field(t, h, x) as number[], (value) => slow * value),
      jacobian: (t, h, x) =>
        (jacobian!(t, h, x) as number[][]).map((row) => row.map((value) => slow * value)),
    };
    const estimate = lyapunovSpectrum(system, { dt: 0.01 / slow, warmup: 1000, steps: 10_000 });
    expect(growthVerdict(estimate).growth).toBe('expanding');
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['exponents alone', { exponents: [1] }],
    ['lists of other lengths', { exponents: [1], standardError: [], settled: [true], rounding: 0 }],
  ])('refuses %s', (_, estimate) => {
    expect(() => growthVerdict(estimate as never)).toThrow(LyapunovError);
  });
});
