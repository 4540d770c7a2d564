import {
  model as functional,
  input,
  type LayersModel,
  layers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import * as cells from '../src/index.js';
import { useBackend } from './backends.js';

const recurrent = { units: 2, recurrentInitializer: 'glorotNormal' as const };
const first = { ...recurrent, inputShape: [5, 3] };
const sequence = { returnSequences: true };

const apply = (layer: layers.Layer, ...x: SymbolicTensor[]): SymbolicTensor =>
  layer.apply(x.length > 1 ? x : x[0]!) as SymbolicTensor;

function stacked(...between: layers.Layer[]): LayersModel {
  return sequential({
    layers: [
      layers.lstm({ ...first, ...sequence }),
      ...between,
      layers.gru({ ...recurrent, name: 'second' }),
    ],
  });
}

function branched(): LayersModel {
  const x = input({ shape: [5, 3] });
  const [left, right] = ['left', 'right'].map((name) =>
    apply(layers.gru({ ...recurrent, ...sequence, name }), x),
  ) as [SymbolicTensor, SymbolicTensor];
  return functional({ inputs: x, outputs: [left, right] });
}

function joined(): LayersModel {
  const x = input({ shape: [5, 3] });
  const h = apply(layers.gru({ ...recurrent, ...sequence }), x);
  const both = apply(layers.concatenate({ name: 'join' }), x, h);
  return functional({ inputs: x, outputs: apply(layers.gru({ ...recurrent, name: 'second' }), both) });
}

describe('tangentSystem of a model refuses', () => {
  beforeAll(() => useBackend('cpu'));

  test.each<[string, () => layers.Layer | layers.Layer[], RegExp]>([
    [
      'a layer that mixes time steps',
      () => stacked(layers.conv1d({ filters: 2, kernelSize: 2, name: 'mix' })),
      /layers that act on each time step .*got Conv1D 'mix'.*tangentSystem\(\[layer, ...\]\)/,
    ],
    [
      'a normalisation over time',
      () => stacked(layers.layerNormalization({ axis: 1, name: 'norm' })),
      /axis -1, got LayerNormalization over axis 1 'norm'/,
    ],
    [
      'a batch normalisation over time',
      () => stacked(layers.batchNormalization({ axis: 1, name: 'norm' })),
      /BatchNormalization over axis 1 'norm'/,
    ],
    ['two recurrent branches', branched, /one chain of layers.*got GRU 'left'.*lies beside/],
    ['a join of tensors', joined, /one chain of layers.*got Concatenate 'join'.*joins several tensors/],
    [
      'a bidirectional layer',
      () => {
        const layer = layers.bidirectional({
          layer: layers.gru(recurrent) as never,
          mergeMode: 'concat',
          inputShape: [5, 3],
          name: 'both',
        });
        return sequential({ layers: [layer] });
      },
      /got Bidirectional 'both'.*forwardLayer or its backwardLayer/,
    ],
    [
      'a later layer that reads backwards',
      () =>
        sequential({
          layers: [
            layers.lstm({ ...first, ...sequence }),
            layers.gru({ ...recurrent, goBackwards: true, name: 'back' }),
          ],
        }),
      /forwards in time, got GRU 'back'/,
    ],
    [
      'a convolutional recurrence',
      () =>
        sequential({
          layers: [
            layers.convLstm2d({
              filters: 1,
              kernelSize: 2,
              inputShape: [5, 4, 4, 1],
              name: 'conv',
              recurrentInitializer: 'glorotNormal',
            }),
          ],
        }),
      /got ConvLSTM2D 'conv'/,
    ],
    [
      'a dense layer by itself',
      () => layers.dense({ units: 2, name: 'out' }),
      /got Dense 'out'.*pass a recurrent/,
    ],
  ])('%s', (_, make, message) => {
    const made = make();
    expect(() => cells.tangentSystem(made)).toThrow(cells.UnsupportedLayerError);
    expect(() => cells.tangentSystem(made)).toThrow(message);
  });

  test.each<[string, () => layers.Layer | layers.Layer[], RegExp]>([
    [
      'a model without recurrence',
      () =>
        sequential({
          layers: [layers.dense({ units: 1, inputShape: [3] }), layers.dropout({ rate: 0.1 })],
          name: 'plain',
        }),
      /a model with a recurrent layer, got 'plain', whose layers are Dense, Dropout/,
    ],
    [
      'a list without recurrence',
      () => [layers.dense({ units: 1 })],
      /a list with a recurrent layer, got \[Dense\]/,
    ],
    [
      'a list with a hole',
      () => [undefined as unknown as layers.Layer],
      /a list of layers, got undefined at position 0/,
    ],
    ['an empty list', () => [], /a list with a recurrent layer, got \[\]/],
    [
      'an activation without a known derivative',
      () => stacked(layers.dense({ units: 2, activation: 'softmax', name: 'soft' })),
      /the activation of 'soft', one of .*got 'softmax'/,
    ],
  ])('%s, as a CellError', (_, make, message) => {
    const made = make();
    expect(() => cells.tangentSystem(made)).toThrow(cells.CellError);
    expect(() => cells.tangentSystem(made)).toThrow(message);
  });

  test('weights that are not there yet', () => {
    const list = [layers.lstm(first), layers.dense({ units: 2 }), layers.gru(recurrent)];
    expect(() => cells.tangentSystem(list)).toThrow(cells.NotBuiltError);
  });

  const masked = () =>
    sequential({
      layers: [layers.masking({ maskValue: -1, inputShape: [5, 2], name: 'mask' }), layers.lstm(recurrent)],
    });
  const tokens = (maskZero: boolean) =>
    sequential({
      layers: [
        layers.embedding({ inputDim: 4, outputDim: 2, maskZero, inputLength: 5, name: 'words' }),
        layers.lstm(recurrent),
      ],
    });

  test.each<[string, () => LayersModel, number[], RegExp]>([
    ['a padded input', masked, [-1, -1], /inputs without padding, got one that Masking 'mask' masks/],
    [
      'a padded token',
      () => tokens(true),
      [0],
      /inputs without padding, got one that Embedding 'words' masks/,
    ],
    ['a token too large', () => tokens(false), [4], /a whole number from 0 to 3, got 4/],
    ['half a token', () => tokens(false), [0.5], /a whole number from 0 to 3, got 0.5/],
    ['a one-hot vector for a token', () => tokens(false), [0, 1, 0, 0], /an input of 1 numbers, got 4/],
  ])('%s at a step', (_, make, x, message) => {
    const system = cells.tangentSystem(make());
    const state = new Float64Array(system.dimension);
    for (const run of [system.step, system.jacobian]) {
      expect(() => run(state, x)).toThrow(cells.CellError);
      expect(() => run(state, x)).toThrow(message);
    }
    expect(() => system.jvp(state, x, [state])).toThrow(message);
  });

  test('a tangent of another length', () => {
    const system = cells.tangentSystem(stacked());
    expect(() => system.jvp(new Float64Array(6), [0, 0, 0], [[1, 0]])).toThrow(
      /a tangent of 6 numbers, got 2/,
    );
  });
});

describe('tangentSystem takes', () => {
  beforeAll(() => useBackend('cpu'));

  test('a list, from its first layer to its last recurrent one', () => {
    const model = stacked(layers.dense({ units: 3, activation: 'tanh' }));
    const [whole, listed] = [
      cells.tangentSystem(model),
      cells.tangentSystem([...model.layers, layers.dense({ units: 1 })]),
    ];
    const [state, x] = [Float64Array.of(0.1, -0.2, 0.3, 0.4, -0.5, 0.6), [1, 0, -1]];
    expect(listed.jacobian(state, x)).toEqual(whole.jacobian(state, x));
  });

  test('stacked cells, as the layers one after the other', () => {
    const made = [layers.gruCell({ ...recurrent }), layers.simpleRNNCell({ ...recurrent, units: 3 })];
    const layer = layers.rnn({ cell: made as never });
    sequential({ layers: [layers.inputLayer({ inputShape: [5, 3] }), layer] });
    const [state, x] = [Float64Array.of(0.1, -0.2, 0.3, 0.4, -0.5), [1, 0, -1]];
    const system = cells.tangentSystem(layer);
    const [lower, upper] = made.map((cell) => cells.tangentSystem(cell)) as [
      cells.TangentSystem,
      cells.TangentSystem,
    ];
    const h = lower.step(state.slice(0, 2), x);
    expect(Array.from(system.step(state, x))).toEqual([...h, ...upper.step(state.slice(2), h)]);
  });

  test('an initial state that the caller gives, with the model as before', () => {
    const [x, h] = [input({ shape: [5, 3] }), input({ shape: [2] })];
    const layer = cells.vanillaRNN({ units: 2, seed: 1 });
    const output = layer.apply(x, { initialState: [h] }) as SymbolicTensor;
    const system = cells.tangentSystem(functional({ inputs: [x, h], outputs: output }));
    expect([system.dimension, system.inputSize]).toEqual([2, 3]);
  });

  test('every LSTM of a stack with its cell held fixed, to 1e-15', () => {
    const model = sequential({ layers: [layers.lstm({ ...first, ...sequence }), layers.lstm(recurrent)] });
    const [full, only] = [cells.tangentSystem(model), cells.tangentSystem(model, { hidden: 'only' })];
    const [state, x] = [Float64Array.from({ length: 8 }, (_, i) => 0.3 * Math.cos(i)), [1, 0, -1]];
    expect([only.dimension, only.tangentDimension]).toEqual([8, 4]);
    const J = full.jacobian(state, x);
    const kept = [0, 1, 4, 5];
    only
      .jacobian(state, x)
      .flat()
      .forEach((value, i) => {
        const row = kept[Math.floor(i / 4)]!;
        expect(Math.abs(value - J[row]![kept[i % 4]!]!)).toBeLessThan(1e-15);
      });
  });
});
