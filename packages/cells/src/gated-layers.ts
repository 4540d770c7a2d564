import type { CellActivation, RecurrenceSpec } from '@hurwitz/scan';
import { serialization, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { type GRULayerArgs, initializers, type LSTMLayerArgs, layers } from '@tensorflow/tfjs-layers';
import { OrthogonalInitializer } from './draws.js';
import { CellError } from './errors.js';
import { checkCount, checkFlag, checkName, checkNumber, integer, readByTfLayers } from './options.js';
import { forCell, RecurrentLayer, type RecurrentLayerArgs, withKnownOptions } from './recurrent-layer.js';

type GatedCell = ReturnType<typeof layers.lstmCell> | ReturnType<typeof layers.gruCell>;

const ACTIVATIONS: readonly CellActivation[] = ['tanh', 'relu', 'linear', 'sigmoid'];
const RECURRENT_ACTIVATIONS = ['sigmoid', 'hardSigmoid'] as const;

/** An integer from which the initial weights are drawn, where no initializer is given; without it they differ every time. */
interface Seeded {
  seed?: number;
}

export type LSTMArgs = LSTMLayerArgs & RecurrentLayerArgs & Seeded;
export type GRUArgs = GRULayerArgs & RecurrentLayerArgs & Seeded;

/** tf.layers' defaults, seeded. */
function withInitializers<T extends LSTMArgs | GRUArgs>(where: string, args: T): T {
  checkCount(where, 'units', args?.units);
  const { seed } = args;
  if (seed != null) checkNumber(where, 'seed', seed, integer);
  for (const name of ['useBias', 'unitForgetBias'] as const) {
    const flag = (args as LSTMArgs)[name];
    if (flag != null) checkFlag(where, name, flag);
  }
  // Sixteen streams per seed, as in the other layers; the half keeps clear of 0, which tfjs takes for no seed.
  const stream = seed == null ? undefined : seed * 16;
  return {
    ...forCell(args),
    kernelInitializer:
      args.kernelInitializer ??
      initializers.glorotNormal({ seed: stream === undefined ? undefined : stream + 0.5 }),
    recurrentInitializer: args.recurrentInitializer ?? {
      className: OrthogonalInitializer.className,
      config: { seed: stream === undefined ? null : stream + 1 },
    },
  };
}

/** tf.layers' own cell keeps weights, initial values and config; only the way through the sequence is ours. */
abstract class GatedLayer extends RecurrentLayer {
  declare readonly cell: GatedCell;
  protected abstract readonly family: 'lstm' | 'gru';

  protected constructor(where: string, args: LSTMArgs, make: (args: LSTMArgs) => GatedCell) {
    const given = withInitializers(where, args);
    const cell = readByTfLayers(where, () => make(given));
    checkName(where, 'activation', cell.activation.getClassName(), ACTIVATIONS);
    checkName(where, 'recurrentActivation', cell.recurrentActivation.getClassName(), RECURRENT_ACTIVATIONS);
    for (const name of ['dropout', 'recurrentDropout'] as const) {
      if (args[name]) {
        throw new CellError(
          where,
          `no ${name}`,
          String(args[name]),
          'Put tf.layers.dropout before the layer.',
        );
      }
    }
    super(where, cell, args);
  }

  protected recurrenceSpec(): RecurrenceSpec {
    const { kernel, recurrentKernel, bias, activation, recurrentActivation } = this.cell;
    return {
      family: this.family,
      kernel: kernel.read() as Tensor2D,
      recurrentKernel: recurrentKernel.read() as Tensor2D,
      bias: (bias ?? undefined)?.read() as Tensor1D | undefined,
      activation: activation.getClassName() as CellActivation,
      recurrentActivation: recurrentActivation.getClassName() as 'sigmoid' | 'hardSigmoid',
    } as RecurrenceSpec;
  }
}

/** The layer that {@link lstm} makes. */
export class LSTM extends GatedLayer {
  // Not 'LSTM': that name in a saved model is tf.layers' own.
  static override readonly className = 'HurwitzLSTM';
  protected readonly family = 'lstm';

  constructor(args: LSTMArgs) {
    super('lstm', args, (given) => layers.lstmCell(given));
  }
}

/** The layer that {@link gru} makes. */
export class GRU extends GatedLayer {
  static override readonly className = 'HurwitzGRU';
  protected readonly family = 'gru';

  constructor(args: GRUArgs) {
    super('gru', args, (given) => layers.gruCell(given));
  }
}

serialization.registerClass(LSTM);
serialization.registerClass(GRU);

/**
 * tf.layers' LSTM on `recurrence`: the same options, weights, initial values and numbers, and as one kernel where there is one.
 *
 * `setWeights(lstmLayer.getWeights())` moves a trained tf.layers.lstm over. Activations are limited to tanh, relu, linear and
 * sigmoid, recurrent ones to sigmoid and hardSigmoid; dropout inside the cell is refused. Throws {@link CellError}.
 */
export function lstm(args: LSTMArgs): LSTM {
  return withKnownOptions('lstm', new LSTM(args), args);
}

/** tf.layers' GRU (resetAfter false) on `recurrence`; the same holds as for {@link lstm}. */
export function gru(args: GRUArgs): GRU {
  return withKnownOptions('gru', new GRU(args), args);
}
