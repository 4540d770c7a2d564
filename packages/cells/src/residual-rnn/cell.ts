import type { Activation } from '@hurwitz/scan';
import { serialization } from '@tensorflow/tfjs-core';
import type { DynamicalCellArgs } from '../dynamical/dynamical-cell.js';
import { UnstructuredCell } from '../dynamical/unstructured-cell.js';

export interface ResidualRNNCellArgs extends DynamicalCellArgs {
  /** Step size. */
  epsilon?: number;
  activation?: Activation;
}

/**
 * One step of the residual recurrent network: h⁺ = h + ε act(W h + U x + b), an Euler step of dh/dt = act(W h + U x + b).
 *
 * The AntisymmetricRNN without its structure. Weights: kernel [inputDim, units], W [units, units], bias [units].
 * Throws {@link CellError} for bad options.
 *
 * Source: Chang et al., AntisymmetricRNN, ICLR 2019, section 3, where it is the system before W is constrained.
 */
export class ResidualRNNCell extends UnstructuredCell {
  static readonly className = 'ResidualRNNCell';

  constructor(args: ResidualRNNCellArgs) {
    const { epsilon = 0.1, activation = 'tanh' } = args ?? {};
    super('residualRNN', args, { carry: 1, epsilon, activation });
  }

  protected familyConfig(): serialization.ConfigDict {
    const { epsilon, activation } = this.member;
    return { epsilon, activation };
  }
}

serialization.registerClass(ResidualRNNCell);
