import type { Tensor2D } from '@tensorflow/tfjs-core';
import { glorotNormal, orthogonal, zeros } from '../draws.js';
import {
  type Defaults,
  DynamicalCell,
  type DynamicalCellArgs,
  type FreeParameters,
  type Member,
  type SystemMatrices,
} from './dynamical-cell.js';

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
