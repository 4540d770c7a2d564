import { describe, expect, it } from 'vitest';
import { flossing } from '../src/flossing.js';
import * as lyapunov from '../src/index.js';
import {
  covariantLyapunovVectors,
  finiteTimeExponents,
  gruSystem,
  henon,
  LyapunovError,
  logistic,
  lorenz,
  lstmSystem,
  lyapunovSpectrum,
  lyapunovStepper,
  meanExponent,
  rankCorrelation,
  rnnSystem,
  untilStandardError,
} from '../src/index.js';

const map = henon() as never;
const matrix = [[1]];
const propagator = { stateSize: 1, tangentSize: 1, prepare: () => () => ({}) } as never;

describe('an option that a function does not have is refused with the nearest name', () => {
  it.each<[string, () => unknown, string]>([
    ['lyapunovSpectrum', () => lyapunovSpectrum(map, { step: 3 } as never), 'steps'],
    ['lyapunovStepper', () => lyapunovStepper(map, { qrinterval: 3 } as never), 'qrInterval'],
    ['finiteTimeExponents', () => finiteTimeExponents(map, { window: 1, window_s: 3 } as never), 'windows'],
    ['untilStandardError', () => untilStandardError(map, { standarderror: 1 } as never), 'standardError'],
    [
      'covariantLyapunovVectors',
      () => covariantLyapunovVectors(map, { steps: 3, warmUp: 1 } as never),
      'warmup',
    ],
    ['meanExponent', () => meanExponent(map, { steps: 3, sample: 1 } as never), 'samples'],
    ['growthVerdict', () => lyapunov.growthVerdict({} as never, { deviation: 2 } as never), 'deviations'],
    ['flossing', () => flossing(propagator, { targets: 0 } as never), 'target'],
    ['rnnSystem', () => rnnSystem({ W: matrix, kernel: matrix, activaton: 'relu' } as never), 'activation'],
    ['lstmSystem', () => lstmSystem({ hiddenonly: true } as never), 'hiddenOnly'],
    ['gruSystem', () => gruSystem({ recurrentkernel: matrix } as never), 'recurrentKernel'],
    ['lorenz', () => lorenz({ Rho: 28 } as never), 'rho'],
    ['logistic', () => logistic({ R: 3 } as never), 'r'],
  ])('%s', (name, call, nearest) => {
    expect(call).toThrow(LyapunovError);
    expect(call).toThrow(`Did you mean '${nearest}'?`);
    expect(call).toThrow(name);
  });
});

describe('what is no argument at all is refused by name', () => {
  const wrong = [
    undefined,
    null,
    0,
    Number.NaN,
    'text',
    {},
    [],
    [[]],
    [null],
    true,
    () => 1,
    Symbol('s'),
    1n,
  ];
  const pairs = wrong.flatMap((x) => wrong.map((y) => [x, y] as const));
  const functions = Object.entries({ ...lyapunov, flossing }).filter(
    ([name, value]) =>
      // Those of @hurwitz/kernels are tested there.
      typeof value === 'function' && !/Error$/.test(name) && !['capabilities', 'setThreads'].includes(name),
  ) as [string, (...given: unknown[]) => unknown][];

  it.each(functions)('%s', (name, call) => {
    const ok: unknown[] = [];
    for (const given of [
      ...pairs,
      ...wrong.map((x) => [henon(), x]),
      ...wrong.map((x) => [[1, 2, 3, 4], x]),
    ]) {
      try {
        ok.push(call(...given));
      } catch (error) {
        expect(error, `${name}(${given.map((x) => typeof x)}): ${error}`).toBeInstanceOf(LyapunovError);
      }
    }
    for (const value of ok) expect(value).not.toBeNaN();
  });

  it.each([
    'inputs',
    'initialState',
    'warmup',
    'steps',
    'qrInterval',
    'exponents',
    'base',
    'batch',
    'dt',
    'scheme',
  ])('the option %s', (name) => {
    for (const value of wrong.slice(1)) {
      for (const call of [
        () => lyapunovSpectrum(map, { steps: 3, [name]: value } as never),
        () => lyapunovSpectrum(lorenz(), { steps: 3, dt: 0.1, [name]: value } as never),
        () => covariantLyapunovVectors(map, { steps: 3, [name]: value } as never),
      ]) {
        try {
          call();
        } catch (error) {
          expect(error, `${name}: ${String(value)}: ${error}`).toBeInstanceOf(LyapunovError);
        }
      }
    }
  });

  it('rankCorrelation(null)', () => {
    expect(() => rankCorrelation(null as never, [1, 2])).toThrow('expected a list of numbers as x, got null');
  });
});

describe('advice works when it is followed', () => {
  it('windows for finite-time exponents without inputs', () => {
    const asked = () => finiteTimeExponents(henon());
    expect(asked).toThrow('Pass { windows: 100 }, say.');
    expect(finiteTimeExponents(henon(), { windows: 100 })[0]).toHaveLength(100);
    const inputs = [[0], [0], [0]];
    expect(() => finiteTimeExponents(henon(), { inputs, windows: 5 })).toThrow(
      'leave windows out to use them all',
    );
    expect(finiteTimeExponents(henon(), { inputs })[0]).toHaveLength(3);
  });

  it('steps, dt and the others', () => {
    expect(() => lyapunovSpectrum(henon())).toThrow('Pass { steps: 10000 }, say.');
    expect(lyapunovSpectrum(henon(), { steps: 10000 }).steps).toBe(10000);
    expect(() => lyapunovSpectrum(lorenz(), { steps: 5 })).toThrow('Pass { dt: 0.01 }, say.');
    expect(lyapunovSpectrum(lorenz(), { steps: 5, dt: 0.01 }).steps).toBe(5);
    expect(() => untilStandardError(henon(), {})).toThrow('Pass { standardError: 0.01 }, say.');
    expect(untilStandardError(henon(), { standardError: 0.01 }).converged).toBe(true);
    expect(() => meanExponent(henon() as never)).toThrow('Pass { steps: 1000 }.');
    expect(meanExponent(henon() as never, { steps: 1000 }).perTrajectory).toHaveLength(1);
    const flat = {
      dimension: 2,
      step: () => [0, 0],
      jacobian: () => [
        [1, 0],
        [0, 0],
      ],
    };
    expect(() => covariantLyapunovVectors(flat, { steps: 3 })).toThrow('Ask for at most 1 exponents.');
    expect(covariantLyapunovVectors(flat, { steps: 3, exponents: 1 }).exponents).toHaveLength(1);
  });
});
