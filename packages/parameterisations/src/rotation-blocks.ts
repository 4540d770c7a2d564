import { described } from '@hurwitz/input';
import * as tf from '@tensorflow/tfjs-core';
import { ParameterisationError } from './errors.js';
import { uniform } from './random.js';
import { checkOptions, checkUnits } from './validate.js';

/**
 * How the angles of the 2 by 2 blocks of a skew matrix are drawn: `'cayley'` gives -tan(θ/2) with θ uniform in
 * [0, π/2), `'henaff'` numbers uniform in [-π, π).
 */
export type RotationInitialisation = 'cayley' | 'henaff';

/** Which blocks to draw, and of how many units. */
export interface RotationOptions {
  units: number;
  /** 'cayley' when left out. */
  initialisation?: RotationInitialisation;
  seed?: number;
}

/**
 * The strict upper triangle [units(units-1)/2] of a skew matrix of 2 by 2 blocks down its diagonal (with an odd number of
 * units the last one stands alone): the initialisations of Helfrich et al. 2018 and Henaff et al. 2016 as in expRNN.
 */
export function rotationBlocks(where: string, options: RotationOptions): tf.Tensor1D {
  checkOptions(where, options, { units: true, initialisation: true, seed: true });
  const { units, initialisation = 'cayley', seed } = options;
  checkUnits(where, units);
  const v = new Float32Array((units * (units - 1)) / 2);
  blockValues(where, { count: Math.floor(units / 2), initialisation, seed }).forEach((value, block) => {
    const row = 2 * block;
    // Rows above `row` hold units-1, units-2, ... entries; the block's entry comes first in its own row.
    v[row * (units - 1) - (row * (row - 1)) / 2] = value;
  });
  return tf.tensor1d(v);
}

function blockValues(
  where: string,
  { count, initialisation, seed }: { count: number; initialisation: RotationInitialisation; seed?: number },
): number[] {
  switch (initialisation) {
    case 'cayley':
      return uniform(where, count, { low: 0, high: Math.PI / 2, seed }).map((angle) => -Math.tan(angle / 2));
    case 'henaff':
      return uniform(where, count, { low: -Math.PI, high: Math.PI, seed });
    default:
      throw new ParameterisationError(
        where,
        "initialisation 'cayley' or 'henaff'",
        described(initialisation),
        'Name one of them.',
      );
  }
}
