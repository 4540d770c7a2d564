import type { CellActivation, GRUSpec, LSTMSpec } from '@hurwitz/scan';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { type GRULayerArgs, initializers, type LSTMLayerArgs, type layers } from '@tensorflow/tfjs-layers';
import { OrthogonalInitializer } from '../draws.js';
import { CellError, NotBuiltError } from '../errors.js';
import { checkCount, checkFlag, checkName, checkNumber, integer, readByTfLayers } from '../options.js';
import { forCell, RecurrentLayer, type RecurrentLayerArgs } from '../recurrent-layer.js';

type GatedCell = ReturnType<typeof layers.lstmCell> | ReturnType<typeof layers.gruCell>;

const ACTIVATIONS: readonly CellActivation[] = ['tanh', 'relu', 'linear', 'sigmoid'];
const RECURRENT_ACTIVATIONS = ['sigmoid', 'hardSigmoid'] as const;

/** An integer from which the initial weights are drawn, where no initializer is given; without it they differ every time. */
interface Seeded {
  seed?: number;
}

/** The options of a cell of tf.layers, with those of a layer of this package. */
export type GatedArgs<CellArgs extends LSTMLayerArgs | GRULayerArgs> = CellArgs & RecurrentLayerArgs & Seeded;

/** tf.layers' defaults, seeded. */
function withInitializers<T extends GatedArgs<LSTMLayerArgs> | GatedArgs<GRULayerArgs>>(
  where: string,
  args: T,
): T {
  checkCount(where, 'units', args?.units);
  const { seed } = args;
  if (seed != null) checkNumber(where, 'seed', seed, integer);
  for (const name of ['useBias', 'unitForgetBias'] as const) {
    const flag = (args as LSTMLayerArgs)[name];
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
export abstract class GatedLayer<
  Args extends GatedArgs<LSTMLayerArgs> | GatedArgs<GRULayerArgs>,
> extends RecurrentLayer {
  declare readonly cell: GatedCell;
  protected abstract readonly family: 'lstm' | 'gru';

  protected constructor(where: string, args: Args, make: (args: Args) => GatedCell) {
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

  override recurrenceSpec(): LSTMSpec | GRUSpec {
    const { kernel, recurrentKernel, bias, activation, recurrentActivation } = this.cell;
    if (!kernel || !recurrentKernel) throw new NotBuiltError(this.name);
    return {
      family: this.family,
      kernel: kernel.read() as Tensor2D,
      recurrentKernel: recurrentKernel.read() as Tensor2D,
      bias: (bias ?? undefined)?.read() as Tensor1D | undefined,
      activation: activation.getClassName() as CellActivation,
      recurrentActivation: recurrentActivation.getClassName() as 'sigmoid' | 'hardSigmoid',
    } as LSTMSpec | GRUSpec;
  }
}
