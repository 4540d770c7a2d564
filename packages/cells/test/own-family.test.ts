import { defineFamily, type FamilySpec, type TangentPoint, tensorActivation } from '@hurwitz/scan';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import * as cells from '../src/index.js';
import { backends, distance, useBackend } from './backends.js';

/* A family, a cell and a layer as somebody else would write them, from public names alone. */

type Options = { W: tf.Tensor; mu: number };

/** v⁺ = mu v + tanh(W h + U x), h⁺ = h / 2 + v⁺. */
const momentum = defineFamily({
  name: 'momentum',
  states: { h: 1, v: 1 },
  blocks: 1,
  recurrent: 'W',
  tensors: { W: { shape: ({ units }) => [units, units] } },
  options: ['mu'],
  attributes: ({ mu }: Options) => ({ mu }),
  prepare: ({ attributes: { mu }, tensors: { kernel, W } }) => {
    const recurrent = tf.transpose(W as tf.Tensor2D);
    const act = tensorActivation('tanh');
    return {
      kernel: kernel!,
      step: ([h, v], drive, guard) => {
        const velocity: tf.Tensor2D = tf.add(
          tf.mul(v!, mu),
          act(tf.add(drive, guard(tf.matMul(h!, recurrent)))),
        );
        return [tf.add(tf.mul(h!, 0.5), velocity), velocity];
      },
    };
  },
  tangent: ({ attributes: { mu, units: n, inputDim }, tensors: { kernel, W } }) => {
    const w = (i: number, j: number) => W!.values[i * n + j]!;
    const U = Array.from({ length: n }, (_, i) =>
      Float64Array.from({ length: inputDim }, (__, j) => kernel!.values[j * n + i]!),
    );
    return {
      drive: { kernel: U },
      at: (state, drive): TangentPoint => {
        const z = drive.map((d, i) => d + state.subarray(0, n).reduce((sum, h, j) => sum + w(i, j) * h, 0));
        const slope = z.map((x) => 1 - Math.tanh(x) ** 2);
        const velocity = z.map((x, i) => mu * state[n + i]! + Math.tanh(x));
        const identity = () =>
          Array.from({ length: 2 * n }, (_, i) => new Float64Array(2 * n).fill(1, i, i + 1));
        return {
          next: Float64Array.from([...velocity.map((v, i) => state[i]! / 2 + v), ...velocity]),
          push: (V = identity(), u) => {
            const dv = Array.from(slope, (s, i) =>
              V[0]!.map((_, k) => {
                let moved = u ? u[i]![k]! : 0;
                for (let j = 0; j < n; j++) moved += w(i, j) * V[j]![k]!;
                return mu * V[n + i]![k]! + s * moved;
              }),
            );
            return [...dv.map((row, i) => row.map((x, k) => V[i]![k]! / 2 + x)), ...dv];
          },
        };
      },
    };
  },
});

interface MomentumArgs extends cells.RecurrentCellArgs {
  mu?: number;
}

class MomentumCell extends cells.RecurrentCell {
  static readonly className = 'MomentumCell';
  private readonly mu: number;

  constructor(args: MomentumArgs) {
    super('momentumRNN', args, [1, 1]);
    this.mu = args.mu ?? 0.6;
  }

  protected cellWeights(inputDim: number): cells.CellWeight[] {
    const { units } = this;
    const normal: cells.CellWeight['draw'] = (shape, seed) =>
      tf.randomNormal(shape as [number, number], 0, 0.4, 'float32', seed);
    return [
      { name: 'kernel', shape: [inputDim, units], role: 'kernel', draw: normal },
      { name: 'W', shape: [units, units], role: 'recurrent', draw: normal },
    ];
  }

  recurrenceSpec(): FamilySpec<Options> {
    return { family: momentum, kernel: this.read('kernel'), W: this.read('W'), mu: this.mu };
  }

  protected familyConfig() {
    return { mu: this.mu };
  }
}

class MomentumRNN extends cells.RecurrentLayer {
  static override readonly className = 'MomentumRNN';

  constructor(args: MomentumArgs & cells.RecurrentLayerArgs) {
    super('momentumRNN', new MomentumCell(args), args);
  }
}

tf.serialization.registerClass(MomentumCell);
tf.serialization.registerClass(MomentumRNN);

const units = 3;
const inputDim = 2;
const args = { units, seed: 4, inputShape: [5, inputDim] };

function built(options: Partial<MomentumArgs & cells.RecurrentLayerArgs> = {}) {
  const layer = new MomentumRNN({ ...args, ...options });
  layer.build([null, 5, inputDim]);
  return layer;
}

const numbers = (length: number, phase: number) =>
  Array.from({ length }, (_, i) => Math.fround(0.8 * Math.sin(1.7 * i * i + phase)));

describe.each(backends)('a layer of a family from outside the packages, on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  test('runs its whole sequence as the cell does in tf.layers.rnn, step by step, within 1e-6', () => {
    const layer = built({ returnSequences: true });
    const x = tf.randomNormal([2, 5, inputDim], 0, 1, 'float32', 5);
    const stepwise = layers.rnn({ cell: layer.cell, returnSequences: true });
    expect(
      tf.max(tf.abs(tf.sub(layer.apply(x) as tf.Tensor, stepwise.apply(x) as tf.Tensor))).dataSync()[0],
    ).toBeLessThan(1e-6);
  });

  test('gives back both states, and starts from both', () => {
    const layer = built({ returnState: true });
    const x = tf.randomNormal([2, 5, inputDim], 0, 1, 'float32', 5) as tf.Tensor3D;
    const [, h, v] = layer.apply(x) as tf.Tensor[];
    const [front, back] = tf.split(x, [2, 3], 1) as [tf.Tensor, tf.Tensor];
    const [, ...middle] = layer.apply(front) as tf.Tensor[];
    const [, h2, v2] = layer.apply(back, { initialState: middle }) as tf.Tensor[];
    expect(Array.from(h2!.dataSync())).toEqual(Array.from(h!.dataSync()));
    expect(Array.from(v2!.dataSync())).toEqual(Array.from(v!.dataSync()));
  });

  test('trains: Adam halves the error of a running mean', async () => {
    const model = sequential({
      layers: [new MomentumRNN({ ...args, units: 8 }), layers.dense({ units: 1 })],
    });
    model.compile({ optimizer: tf.train.adam(0.02), loss: 'meanSquaredError' });
    const x = tf.randomNormal([32, 5, inputDim], 0, 1, 'float32', 6);
    const y = tf.slice(tf.mean(x, 1), [0, 0], [32, 1]);
    const { history } = await model.fit(x, y, { epochs: 25, verbose: 0, shuffle: false });
    const loss = history.loss as number[];
    expect(loss.at(-1)!).toBeLessThan(loss[0]! / 2);
  });

  test('comes back from its config with the same numbers', () => {
    const layer = built();
    const again = tf.serialization.SerializationMap.getMap().classNameMap.MomentumRNN![1](
      MomentumRNN as never,
      JSON.parse(JSON.stringify(layer.getConfig())),
    ) as MomentumRNN;
    again.build([null, 5, inputDim]);
    again.setWeights(layer.getWeights());
    const x = tf.ones([1, 5, inputDim]);
    expect(Array.from((again.apply(x) as tf.Tensor).dataSync())).toEqual(
      Array.from((layer.apply(x) as tf.Tensor).dataSync()),
    );
  });

  test('tangentSystem: the step within 2e-6, the Jacobian the central differences within 1e-8', () => {
    const layer = built();
    const system = cells.tangentSystem(layer);
    expect([system.dimension, system.tangentDimension, system.inputSize]).toEqual([6, 6, 2]);
    const state = Float64Array.from(numbers(6, 0.5));
    const input = numbers(inputDim, 0.1);
    const initialState = [tf.tensor2d([[...state.slice(0, 3)]]), tf.tensor2d([[...state.slice(3)]])];
    const output = layer.apply(tf.tensor3d([[input]]), { initialState }) as tf.Tensor;
    const next = system.step(state, input);
    expect(distance(output, [Array.from(next.subarray(0, 3))])).toBeLessThan(2e-6);
    const J = system.jacobian(state, input);
    const step = 1e-5;
    for (let j = 0; j < 6; j++) {
      const moved = (by: number) =>
        system.step(
          state.map((value, i) => (i === j ? value + by : value)),
          input,
        );
      const [plus, minus] = [moved(step), moved(-step)];
      J.forEach((row, i) => {
        expect(Math.abs(row[j]! - (plus[i]! - minus[i]!) / (2 * step)), `entry ${i}, ${j}`).toBeLessThan(
          1e-8,
        );
      });
    }
  });

  test("tangentSystem with hidden 'only': the upper left block, and its product with tangents", () => {
    const layer = built();
    const [full, only] = [cells.tangentSystem(layer), cells.tangentSystem(layer, { hidden: 'only' })];
    const [state, input] = [numbers(6, 0.5), numbers(inputDim, 0.1)];
    const block = full
      .jacobian(state, input)
      .slice(0, 3)
      .map((row) => row.slice(0, 3));
    expect(only.tangentDimension).toBe(3);
    expect(only.jacobian(state, input)).toEqual(block);
    const [moved] = only.jvp(state, input, [[1, -2, 0.5]]);
    moved!.forEach((value, i) => {
      expect(Math.abs(value - (block[i]![0]! - 2 * block[i]![1]! + 0.5 * block[i]![2]!))).toBeLessThan(1e-15);
    });
  });

  test('tangentSystem of a stack with a vanilla layer: the Jacobian the central differences within 1e-8', () => {
    const model = sequential({
      layers: [new MomentumRNN({ ...args, returnSequences: true }), cells.vanillaRNN({ units: 2, seed: 1 })],
    });
    const system = cells.tangentSystem(model);
    const [state, input] = [numbers(8, 0.4), numbers(inputDim, 0.2)];
    const J = system.jacobian(state, input);
    const step = 1e-5;
    for (let j = 0; j < 8; j++) {
      const moved = (by: number) =>
        system.step(
          state.map((value, i) => (i === j ? value + by : value)),
          input,
        );
      const [plus, minus] = [moved(step), moved(-step)];
      J.forEach((row, i) => {
        expect(Math.abs(row[j]! - (plus[i]! - minus[i]!) / (2 * step)), `entry ${i}, ${j}`).toBeLessThan(
          1e-8,
        );
      });
    }
  });

  test('tangentPropagator, from its plain step: J v within 2e-6, gradients within 1e-3 (relative) of differences', () => {
    const layer = built();
    const system = cells.tangentSystem(layer);
    const propagator = cells.tangentPropagator(layer);
    const [states, vectors, inputs] = [numbers(12, 0.3), numbers(36, 0.7), numbers(4, 0.9)];
    const propagated = () =>
      propagator.prepare()(
        { state: tf.tensor2d(states, [2, 6]), tangents: tf.tensor3d(vectors, [2, 3, 6]) },
        tf.tensor2d(inputs, [2, 2]),
      );
    const got = propagated();
    const rows = [0, 1].map((b) => {
      const [state, input] = [states.slice(6 * b, 6 * b + 6), inputs.slice(2 * b, 2 * b + 2)];
      const tangents = [0, 1, 2].map((k) => vectors.slice(18 * b + 6 * k, 18 * b + 6 * k + 6));
      return {
        next: Array.from(system.step(state, input)),
        moved: system.jvp(state, input, tangents).map((row) => Array.from(row)),
      };
    });
    expect(
      distance(
        got.state,
        rows.map(({ next }) => next),
      ),
    ).toBeLessThan(2e-6);
    expect(
      distance(
        got.tangents,
        rows.map(({ moved }) => moved),
      ),
    ).toBeLessThan(2e-6);

    const score = () => tf.sum(tf.square(propagated().tangents)) as tf.Scalar;
    const W = layer.trainableWeights[1]!.read() as tf.Variable;
    const gradient = tf.variableGrads(score, [W]).grads[W.name]!.dataSync();
    const weights = layer.getWeights().map((weight) => weight.clone());
    const step = 2 ** -7;
    const differences = Array.from(gradient, (_, i) => {
      const at = (by: number): number => {
        const moved = Array.from(weights[1]!.dataSync(), (value, j) => (j === i ? value + by : value));
        layer.setWeights([weights[0]!, tf.tensor2d(moved, [units, units])]);
        return score().dataSync()[0]!;
      };
      return (at(step) - at(-step)) / (2 * step);
    });
    const largest = Math.max(...differences.map(Math.abs));
    gradient.forEach((value, i) => {
      expect(Math.abs(value - differences[i]!), `W[${i}]`).toBeLessThan(1e-3 * largest);
    });
  });

  test('a family without a tangent map is refused with its name', () => {
    const { tangent: _, ...definition } = { ...momentum };
    const { initial: __, named: ___, known: ____, ...plain } = definition;
    const bare = defineFamily({ ...plain, name: 'bare' });
    const layer = built();
    layer.recurrenceSpec = () =>
      ({ ...(layer.cell as MomentumCell).recurrenceSpec(), family: bare }) as never;
    expect(() => cells.tangentSystem(layer)).toThrow(/a family with a tangent map, got 'bare'/);
    expect(() => cells.tangentSystem(layer)).toThrow(cells.CellError);
  });
});
