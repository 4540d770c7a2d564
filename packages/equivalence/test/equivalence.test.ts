import { gaussian, generator } from '@hurwitz/random';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkEquivalence,
  compareRNNs,
  markovParameters,
  minimalOrder,
  noisySequences,
  syntheticContractiveRNN,
  transformRNN,
} from '../src/index.js';
import { contraction, gap, seeds } from './random.js';

const linear = (options: Parameters<typeof contraction>[0]) => ({
  ...contraction(options),
  activation: 'linear' as const,
});

type Name = 'relu' | 'tanh' | 'sigmoid' | 'linear';

describe('transformRNN', () => {
  test('any invertible T leaves a linear map unchanged to 1e-9', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const model = linear({ seed });
        const T = gaussian(4, 4, generator(seed + 1)).map((row, i) =>
          row.map((x, j) => x + (i === j ? 4 : 0)),
        );
        const report = checkEquivalence(model, transformRNN(model, T));
        expect(report).toMatchObject({ equivalent: true, scope: 'all inputs' });
      }),
      { numRuns: 30 },
    );
  });

  test.each<[Name, ...number[][]]>([
    ['relu', [0, 2, 0, 0], [0, 0, 0.5, 0], [3, 0, 0, 0], [0, 0, 0, 1]],
    ['tanh', [0, -1, 0, 0], [0, 0, 1, 0], [-1, 0, 0, 0], [0, 0, 0, 1]],
    ['sigmoid', [0, 1, 0, 0], [0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1]],
  ])('%s: what commutes with it leaves the map unchanged to 1e-13', (activation, ...T) => {
    const model = { ...contraction({ seed: 8 }), activation };
    const options = { inputBound: 2, tolerance: 1e-13 };
    expect(checkEquivalence(model, transformRNN(model, T), options)).toMatchObject({
      equivalent: true,
      scope: 'these inputs',
    });
  });

  test.each<[Name, ...number[][]]>([
    ['relu', [1, 0], [0, -1]],
    ['tanh', [2, 0], [0, 1]],
    ['sigmoid', [-1, 0], [0, 1]],
    ['relu', [1, 1], [0, 1]],
    ['linear', [1, 2], [2, 4]],
  ])('%s: refuses %j, %j', (activation, ...T) => {
    expect(() => transformRNN({ ...contraction({ units: 2 }), activation }, T)).toThrow(
      /transformRNN: expected/,
    );
  });
});

describe('checkEquivalence', () => {
  test('sees a change of one weight by 1e-6 in a linear network', () => {
    const model = linear({ seed: 2 });
    const W = model.W.map((row, i) => row.map((x, j) => x + (i === 1 && j === 2 ? 1e-6 : 0)));
    expect(checkEquivalence(model, { ...model, W }).equivalent).toBe(false);
  });

  test('a bias and the initial state that undoes it are one map: a rest state shifted by a constant input', () => {
    // h = g + r with r = W r + b: g runs without bias from h₋₁ - r; outputs differ by Cᵀr unless C r = 0
    const W = [
      [0.5, 0],
      [0, 0.25],
    ];
    const readout = [[0], [1]];
    const biased = {
      W,
      kernel: [[1, 1]],
      bias: [1, 0],
      initialState: [2, 3],
      readout,
      activation: 'linear' as const,
    };
    const free = { ...biased, bias: [0, 0], initialState: [0, 3] };
    expect(checkEquivalence(biased, free)).toEqual({ equivalent: true, gap: 0, scope: 'all inputs' });
    expect(checkEquivalence(biased, { ...free, initialState: [0, 2] }).equivalent).toBe(false);
  });

  test('units that no output sees do not matter, in networks of different sizes', () => {
    const model = linear({ units: 2, outputs: 1, seed: 4 });
    const larger = {
      ...model,
      W: [...model.W.map((row) => [...row, 0]), [0.3, 0.1, 0.7]],
      kernel: model.kernel.map((row) => [...row, 1]),
      bias: [...model.bias, 1],
      initialState: [...model.initialState, 5],
      readout: [...model.readout, [0]],
    };
    expect(checkEquivalence(model, larger)).toMatchObject({ equivalent: true, gap: 0 });
    expect(minimalOrder(larger)).toBe(2);
  });

  test('different activations differ', () => {
    const model = contraction();
    const report = checkEquivalence(model, { ...model, activation: 'tanh' }, { inputBound: 1 });
    expect(report).toMatchObject({ equivalent: false, scope: 'these inputs' });
  });
});

test('markovParameters: C W^j F by hand', () => {
  const model = {
    W: [
      [0.5, 1],
      [0, 0.5],
    ],
    kernel: [[0, 1]],
    readout: [[1], [0]],
    activation: 'linear' as const,
  };
  expect(markovParameters(model, 4).flat(2)).toEqual([0, 1, 1, 0.75]);
  expect(minimalOrder(model)).toBe(2);
});

test('compareRNNs says where the largest gap is', () => {
  const model = { W: [[0]], kernel: [[1]], bias: [0] };
  const inputs = [
    [[1], [2]],
    [[1], [5], [2]],
  ];
  const report = compareRNNs(model, { ...model, kernel: [[2]] }, { inputs });
  expect(report).toEqual({ largestGap: 5, sequence: 1, step: 1, output: 0, largestOutput: 10 });
});

describe('the synthetic experiment', () => {
  const model = syntheticContractiveRNN({ seed: 3 });

  test('‖W‖₂ < 1, W is symmetric with eigenvalues from 1 - ε, and every unit is on 60 ± 3 % of the time', () => {
    expect(model.contraction).toBeLessThan(1);
    expect(
      gap(
        model.W,
        model.W[0]!.map((_, j) => model.W.map((row) => row[j]!)),
      ),
    ).toBeLessThan(1e-15);
    for (const fraction of model.onFractions) expect(Math.abs(fraction - 0.6)).toBeLessThan(0.03);
  });

  test.each([15, 20])('measured signal-to-noise ratio is %d dB within 0.3', (signalToNoise) => {
    const { outputs, clean } = noisySequences(model, { sequences: 10, steps: 500, signalToNoise, seed: 5 });
    for (const channel of [0, 1]) {
      const y = clean.flat().map((row) => row[channel]!);
      const noise = outputs.flat().map((row, i) => row[channel]! - y[i]!);
      const power = (v: number[]) => {
        const mean = v.reduce((sum, x) => sum + x, 0) / v.length;
        return v.reduce((sum, x) => sum + (x - mean) ** 2, 0) / v.length;
      };
      expect(Math.abs(10 * Math.log10(power(y) / power(noise)) - signalToNoise)).toBeLessThan(0.3);
    }
  });

  test('a seed repeats, another differs', () => {
    const options = { sequences: 1, steps: 5 };
    expect(noisySequences(model, options)).toEqual(noisySequences(model, options));
    expect(noisySequences(model, options)).not.toEqual(noisySequences(model, { ...options, seed: 2 }));
  });
});
