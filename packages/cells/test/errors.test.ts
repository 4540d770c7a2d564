import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import * as cells from '../src/index.js';
import { useBackend } from './backends.js';

const good = { units: 3 };

describe('layers refuse', () => {
  beforeAll(() => useBackend('cpu'));

  test.each<[string, () => unknown, RegExp]>([
    [
      'no options',
      () => cells.lipschitzRNN(undefined as never),
      /lipschitzRNN: expected units, a positive integer, got undefined/,
    ],
    [
      'units 0',
      () => cells.vanillaRNN({ units: 0 }),
      /vanillaRNN: expected units, a positive integer, got 0/,
    ],
    ['negative units', () => cells.antisymmetricRNN({ units: -2 }), /got -2/],
    ['half a unit', () => cells.cayleyRNN({ units: 1.5 }), /got 1.5/],
    ['units NaN', () => cells.exponentialRNN({ units: Number.NaN }), /got NaN/],
    ['units as text', () => cells.residualRNN({ units: '3' as never }), /got 3/],
    ['LSTM of no units', () => cells.lstm({ units: 0 }), /lstm: expected units/],
    ['GRU without options', () => cells.gru(undefined as never), /gru: expected units/],
    [
      'epsilon 0',
      () => cells.lipschitzRNN({ ...good, epsilon: 0 }),
      /epsilon, a finite number above 0, got 0/,
    ],
    ['negative epsilon', () => cells.antisymmetricRNN({ ...good, epsilon: -0.1 }), /got -0.1/],
    ['epsilon NaN', () => cells.residualRNN({ ...good, epsilon: Number.NaN }), /got NaN/],
    ['infinite epsilon', () => cells.lipschitzRNN({ ...good, epsilon: 1 / 0 }), /got Infinity/],
    [
      'betaA above 1',
      () => cells.lipschitzRNN({ ...good, betaA: 1.01 }),
      /betaA, a number from 0 to 1, got 1.01/,
    ],
    ['betaW below 0', () => cells.lipschitzRNN({ ...good, betaW: -0.01 }), /betaW, a number from 0 to 1/],
    ['beta NaN', () => cells.lipschitzRNN({ ...good, betaA: Number.NaN }), /betaA/],
    ['infinite gammaA', () => cells.lipschitzRNN({ ...good, gammaA: 1 / 0 }), /gammaA, a finite number/],
    ['gammaW NaN', () => cells.lipschitzRNN({ ...good, gammaW: Number.NaN }), /gammaW/],
    ['gamma NaN', () => cells.antisymmetricRNN({ ...good, gamma: Number.NaN }), /gamma, a finite number/],
    ['negative initStd', () => cells.lipschitzRNN({ ...good, initStd: -1 }), /initStd/],
    [
      'a misspelt option',
      () => cells.lipschitzRNN({ ...good, epsillon: 0.1 } as never),
      /lipschitzRNN: expected options among .*got 'epsillon'\. Did you mean 'epsilon'\?/,
    ],
    [
      'a misspelt option of every tf.layers RNN',
      () => cells.lstm({ ...good, returnSequence: true } as never),
      /lstm: .*Did you mean 'returnSequences'\?/,
    ],
    [
      'an option of another layer',
      () => cells.vanillaRNN({ ...good, epsilon: 0.1 } as never),
      /vanillaRNN: expected options among .*got 'epsilon'/,
    ],
    [
      'an unknown scheme',
      () => cells.lipschitzRNN({ ...good, scheme: 'midpont' }),
      /scheme.*'midpont'.*'midpoint'/,
    ],
    [
      'an inconsistent scheme',
      () => cells.lipschitzRNN({ ...good, scheme: { name: 'x', order: 1, a: [[]], b: [0.5], c: [0] } }),
      /lipschitzRNN: expected scheme/,
    ],
    [
      'an unknown activation',
      () => cells.vanillaRNN({ ...good, activation: 'thanh' as never }),
      /Did you mean 'tanh'/,
    ],
    [
      'modReLU misspelt',
      () => cells.cayleyRNN({ ...good, activation: 'modRelu' as never }),
      /Did you mean 'modrelu'/,
    ],
    [
      'gated as text',
      () => cells.lipschitzRNN({ ...good, gated: 'yes' as never }),
      /gated, true or false, got yes/,
    ],
    ['useBias 1', () => cells.vanillaRNN({ ...good, useBias: 1 as never }), /useBias, true or false, got 1/],
    ['a broken seed', () => cells.vanillaRNN({ ...good, seed: 0.5 }), /seed, an integer, got 0.5/],
    ['a broken LSTM seed', () => cells.lstm({ ...good, seed: Number.NaN }), /seed, an integer, got NaN/],
    [
      'too few signs',
      () => cells.cayleyRNN({ ...good, signs: [1, -1] }),
      /signs, 3 numbers 1 or -1, got \[1,-1\]/,
    ],
    ['a sign of 0', () => cells.cayleyRNN({ ...good, signs: [1, 0, 1] }), /signs, 3 numbers 1 or -1/],
    ['dropout', () => cells.vanillaRNN({ ...good, dropout: 0.5 } as never), /no dropout, got 0.5/],
    [
      'recurrent dropout',
      () => cells.lstm({ ...good, recurrentDropout: 0.5 }),
      /no recurrentDropout, got 0.5/,
    ],
    [
      'an LSTM activation',
      () => cells.lstm({ ...good, activation: 'elu' }),
      /activation, one of .*got 'elu'/,
    ],
    ['a GRU gate', () => cells.gru({ ...good, recurrentActivation: 'tanh' }), /one of sigmoid, hardSigmoid/],
    [
      'an empty vocabulary',
      () => cells.lstm({ ...good, vocabularySize: 0 }),
      /lstm: expected vocabularySize, a positive/,
    ],
    ['matrices before weights', () => cells.lipschitzRNN(good).systemMatrices(), /has not been built/],
    [
      'inputs of unknown size',
      () => cells.vanillaRNN(good).build([null, null, null]),
      /inputs of known size/,
    ],
    [
      'two initial states for one',
      () => {
        const layer = cells.vanillaRNN(good);
        layer.apply(tf.zeros([1, 2, 2]));
        return layer.apply(tf.zeros([1, 2, 2]), { initialState: [tf.zeros([1, 3]), tf.zeros([1, 3])] });
      },
      /1 initial state\(s\), got 2/,
    ],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(cells.CellError);
    expect(run).toThrow(message);
  });

  test('and say which error it is where that matters', () => {
    expect(() => cells.vanillaRNN(good).systemMatrices()).toThrow(cells.NotBuiltError);
    expect(() => layers.rnn({ cell: new cells.VanillaRNNCell({ units: 0 }) })).toThrow(cells.CellError);
  });
});

test('layers take every option of their own config, and those that tf.layers does not write there', async () => {
  await useBackend('cpu');
  const unsaved = {
    ...{
      inputShape: [5, 2],
      batchInputShape: [null, 5, 2],
      batchSize: null,
      dtype: 'float32',
      inputDType: null,
    },
    ...{ weights: null, inputDim: 2, inputLength: 5, seed: 1, dropout: 0, recurrentDropout: 0 },
  };
  const { lipschitzRNN, antisymmetricRNN, vanillaRNN, residualRNN, cayleyRNN, exponentialRNN, lstm, gru } =
    cells;
  for (const make of [
    ...[lipschitzRNN, antisymmetricRNN, vanillaRNN, residualRNN, cayleyRNN, exponentialRNN],
    ...[lstm, gru],
  ] as ((args: object) => tf.serialization.Serializable)[]) {
    const config = make({ ...good, ...unsaved }).getConfig();
    expect(make({ ...unsaved, ...config }).getConfig()).toMatchObject({ units: 3 });
  }
});

describe('any argument of another kind is refused by a CellError, or accepted', () => {
  const odd: unknown[] = [undefined, null, 5, 'x', true, [], {}, () => 1, [null], { foo: 1 }];
  const { lipschitzRNN, antisymmetricRNN, vanillaRNN, residualRNN, cayleyRNN, exponentialRNN, lstm, gru } =
    cells;
  const makers = {
    lipschitzRNN,
    antisymmetricRNN,
    vanillaRNN,
    residualRNN,
    cayleyRNN,
    exponentialRNN,
    lstm,
    gru,
  };
  const options = [
    ...[
      'useBias',
      'seed',
      'activation',
      'recurrentActivation',
      'scheme',
      'gated',
      'epsilon',
      'signs',
      'betaA',
      'initStd',
    ],
    ...[
      'vocabularySize',
      'kernelInitializer',
      'kernelConstraint',
      'returnSequences',
      'stateful',
      'goBackwards',
    ],
    ...['returnState', 'dropout', 'unitForgetBias'],
  ];
  const onlyCellErrors = (run: () => unknown): void => {
    try {
      run();
    } catch (error) {
      if (!(error instanceof cells.CellError)) throw error;
    }
  };
  beforeAll(() => useBackend('cpu'));

  test.each(Object.entries(makers) as [string, (args: unknown) => unknown][])('%s', (_, make) => {
    for (const value of odd) {
      expect(() => make(value)).toThrow(cells.CellError);
      for (const option of options) onlyCellErrors(() => make({ units: 2, [option]: value }));
    }
  });

  test('linearCrossEntropy, tangentSystem, tangentPropagator and what these return', () => {
    const [states, kernel, labels] = [tf.ones([2, 3]), tf.ones([3, 4]), tf.zeros([2], 'int32')] as never[];
    const rnn = cells.vanillaRNN({ units: 2, inputShape: [3, 2] });
    rnn.build([null, 3, 2]);
    const system = cells.tangentSystem(rnn);
    const step = cells.tangentPropagator(rnn).prepare();
    const place = { state: tf.zeros([2, 2]), tangents: tf.zeros([2, 1, 2]) } as Parameters<typeof step>[0];
    for (const value of odd as never[]) {
      expect(() => cells.linearCrossEntropy(value, labels!, { kernel: kernel! })).toThrow(cells.CellError);
      expect(() => cells.linearCrossEntropy(states!, value, { kernel: kernel! })).toThrow(cells.CellError);
      expect(() => cells.linearCrossEntropy(states!, labels!, value)).toThrow(cells.CellError);
      expect(() => cells.linearCrossEntropy(states!, labels!, { kernel: value })).toThrow(cells.CellError);
      onlyCellErrors(() => cells.linearCrossEntropy(states!, labels!, { kernel: kernel!, bias: value }));
      onlyCellErrors(() => cells.linearCrossEntropy(states!, labels!, { kernel: kernel!, blockSize: value }));
      expect(() => cells.tangentSystem(value)).toThrow(cells.CellError);
      expect(() => cells.tangentPropagator(value)).toThrow(cells.CellError);
      onlyCellErrors(() => cells.tangentSystem(rnn, value));
      onlyCellErrors(() => cells.tangentSystem(rnn, { hidden: value }));
      expect(() => system.step(value, [0, 0])).toThrow(cells.CellError);
      expect(() => system.jacobian([0, 0], value)).toThrow(cells.CellError);
      onlyCellErrors(() => system.jvp([0, 0], [0, 0], value));
      expect(() => step(value, states!)).toThrow(cells.CellError);
      expect(() => step(place, value)).toThrow(cells.CellError);
    }
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      'an unknown option of tangentSystem',
      () => cells.tangentSystem(cells.lstm({ units: 2 }), { hiden: 'only' } as never),
      /tangentSystem: expected options among hidden, got 'hiden'\. Did you mean 'hidden'\?/,
    ],
    [
      'an unknown option of linearCrossEntropy',
      () =>
        cells.linearCrossEntropy(tf.ones([1, 2]), tf.zeros([1], 'int32'), {
          kernel: tf.ones([2, 3]),
          blocksize: 8,
        } as never),
      /got 'blocksize'\. Did you mean 'blockSize'\?/,
    ],
    [
      'an unknown option of a cell, once it is built',
      () => new cells.LipschitzRNNCell({ units: 2, epsillon: 0.1 } as never).build([null, 3]),
      /lipschitzRNN: expected options among .*got 'epsillon'\. Did you mean 'epsilon'\?/,
    ],
    [
      'an LSTM with dropout as text',
      () => cells.lstm({ units: 2, dropout: 'half' as never }),
      /lstm: expected no dropout, got half/,
    ],
    [
      'a flag in words',
      () => cells.gru({ units: 2, returnSequences: 'no' as never }),
      /returnSequences, true or false/,
    ],
    [
      'half a token',
      () => cells.vanillaRNN({ units: 2, vocabularySize: 4 }).apply(tf.tensor2d([[1, 2.5]])),
      /tokens as whole numbers, got 2\.5/,
    ],
  ])('%s is refused by name', (_, run, message) => {
    expect(run).toThrow(cells.CellError);
    expect(run).toThrow(message);
  });
});
