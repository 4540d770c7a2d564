import type { Activation } from '@hurwitz/scan';
import { serialization } from '@tensorflow/tfjs-core';
import type { DynamicalCellArgs } from '../dynamical/dynamical-cell.js';
import { UnstructuredCell } from '../dynamical/unstructured-cell.js';

export interface VanillaRNNCellArgs extends DynamicalCellArgs {
  activation?: Activation;
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

serialization.registerClass(VanillaRNNCell);
