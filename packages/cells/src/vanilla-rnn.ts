import type { Activation } from '@hurwitz/scan';
import { serialization, type Tensor2D } from '@tensorflow/tfjs-core';
import { glorotNormal, orthogonal, zeros } from './draws.js';
import {
  type Defaults,
  DynamicalCell,
  type DynamicalCellArgs,
  type FreeParameters,
  type Member,
  type SystemMatrices,
} from './dynamical-cell.js';
import { DynamicalLayer, forCell, type RecurrentLayerArgs, withKnownOptions } from './recurrent-layer.js';

export interface VanillaRNNCellArgs extends DynamicalCellArgs {
  activation?: Activation;
}

export type VanillaRNNArgs = VanillaRNNCellArgs & RecurrentLayerArgs;

/** A cell whose W is free: the weight itself, started orthogonal as tf.layers does. */
export abstract class UnstructuredCell extends DynamicalCell {
  protected constructor(
    where: string,
    args: DynamicalCellArgs,
    member: Pick<Member, 'carry' | 'epsilon' | 'activation'>,
  ) {
    super(where, args, { ...member, scheme: 'euler', gated: false });
  }

  protected freeParameters(): FreeParameters[] {
    return [{ name: 'W', shape: [this.units, this.units], draw: orthogonal }];
  }

  protected defaults(): Defaults {
    return { kernel: glorotNormal, bias: zeros, gateBias: zeros };
  }

  systemMatrices(): SystemMatrices {
    return { W: this.read<Tensor2D>('W').clone() };
  }
}

/**
 * One step of the plain recurrent network: h⁺ = act(W h + U x + b).
 *
 * tf.layers' SimpleRNN with W = recurrentKernelᵀ. Weights: kernel [inputDim, units], W [units, units], bias [units].
 * Throws {@link CellError} for bad options.
 *
 * Source: Elman, Finding Structure in Time, Cognitive Science 14, 1990.
 */
export class VanillaRNNCell extends UnstructuredCell {
  static readonly className = 'VanillaRNNCell';

  constructor(args: VanillaRNNCellArgs) {
    const { activation = 'tanh' } = args ?? {};
    super('vanillaRNN', args, { carry: 0, epsilon: 1, activation });
  }

  protected familyConfig(): serialization.ConfigDict {
    return { activation: this.member.activation };
  }
}

/** The layer of {@link VanillaRNNCell}. */
export class VanillaRNN extends DynamicalLayer<VanillaRNNCell> {
  static override readonly className = 'VanillaRNN';

  constructor(args: VanillaRNNArgs) {
    super(new VanillaRNNCell(forCell(args)), args);
  }
}

serialization.registerClass(VanillaRNNCell);
serialization.registerClass(VanillaRNN);

/** A layer of {@link VanillaRNNCell}s; takes its options and those of every tf.layers RNN. */
export function vanillaRNN(args: VanillaRNNArgs): VanillaRNN {
  return withKnownOptions('vanillaRNN', new VanillaRNN(args), args);
}
