import type { CellActivation, FamilySpec } from '@hurwitz/scan';
import { serialization } from '@tensorflow/tfjs-core';
import type { GRULayerArgs } from '@tensorflow/tfjs-layers';
import { glorotNormal, orthogonal, zeros } from '../draws.js';
import { checkName } from '../options.js';
import { type CellWeight, RecurrentCell, type RecurrentCellArgs } from '../recurrent-cell.js';
import { gruResetAfter } from './family.js';
import type { ResetAfterAttributes, ResetAfterOptions } from './options.js';

/** The options of a GRU cell of tf.layers, with `resetAfter`. */
export interface ResetAfterGRUCellArgs extends RecurrentCellArgs {
  resetAfter?: true;
  activation?: GRULayerArgs['activation'];
  recurrentActivation?: GRULayerArgs['recurrentActivation'];
  implementation?: number;
}

const ACTIVATIONS: readonly CellActivation[] = ['tanh', 'relu', 'linear', 'sigmoid'];
const RECURRENT_ACTIVATIONS = ['sigmoid', 'hardSigmoid'] as const;

/**
 * One step of the GRU whose reset gate acts after the product: Keras' GRU with reset_after, its default, and PyTorch's only one.
 *
 *     z, r = sigmoid(U x + b + R h + c),   g = tanh(U_h x + b_h + r ∘ (R_h h + c_h)),   h⁺ = z ∘ h + (1 - z) ∘ g
 *
 * Weights: kernel [inputDim, 3 units], recurrentKernel [units, 3 units], bias [2, 3 units] with rows b and c; gate order z, r, h. Of
 * torch.nn.GRU these are weight_ihᵀ, weight_hhᵀ, bias_ih and bias_hh with the gates r, z, n in the order z, r, n. They start as
 * those of `gru`. Throws {@link CellError} for bad options.
 *
 * Source: Cho et al., Learning Phrase Representations using RNN Encoder–Decoder, EMNLP 2014, in the variant of cuDNN.
 */
export class ResetAfterGRUCell extends RecurrentCell {
  static readonly className = 'HurwitzResetAfterGRUCell';
  private readonly activations: ResetAfterAttributes;

  constructor(args: ResetAfterGRUCellArgs) {
    super('gru', args);
    const activation = nameOf(args.activation ?? 'tanh');
    const recurrentActivation = nameOf(args.recurrentActivation ?? 'sigmoid');
    checkName('gru', 'activation', activation, ACTIVATIONS);
    checkName('gru', 'recurrentActivation', recurrentActivation, RECURRENT_ACTIVATIONS);
    this.activations = { activation, recurrentActivation };
  }

  protected cellWeights(inputDim: number): CellWeight[] {
    const { units } = this;
    return [
      { name: 'kernel', shape: [inputDim, 3 * units], role: 'kernel', draw: glorotNormal },
      { name: 'recurrentKernel', shape: [units, 3 * units], role: 'recurrent', draw: orthogonal },
      ...(this.useBias ? [{ name: 'bias', shape: [2, 3 * units], role: 'bias' as const, draw: zeros }] : []),
    ];
  }

  recurrenceSpec(): FamilySpec<ResetAfterOptions> {
    return {
      family: gruResetAfter,
      kernel: this.read('kernel'),
      recurrentKernel: this.read('recurrentKernel'),
      bias: this.useBias ? this.read('bias') : undefined,
      ...this.activations,
    };
  }

  protected familyConfig(): serialization.ConfigDict {
    return { ...this.activations, resetAfter: true, implementation: 1 };
  }
}

/** The name of an activation that is one of tf.layers, or its name. */
const nameOf = (activation: NonNullable<GRULayerArgs['activation']>): string =>
  typeof activation === 'object' ? (activation as { getClassName(): string }).getClassName() : activation;

serialization.registerClass(ResetAfterGRUCell);
