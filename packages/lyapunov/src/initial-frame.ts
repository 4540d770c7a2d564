import { fillWithAxes } from './complete-frame.js';
import { newFactorisation, orthonormalise } from './orthonormalise.js';

/**
 * The orthonormal frame to start from: `count` vectors of `size` numbers, one after the other. A full frame is the
 * identity, as in Vogt et al. 2022, and a partial one turned a little from its first vectors.
 */
export function initialFrame(count: number, size: number): Float64Array {
  const frame = new Float64Array(count * size);
  const all = Array.from({ length: count }, (_, j) => j);
  fillWithAxes(frame, size, all);
  if (count < size) orthonormalise(frame, newFactorisation(count, size));
  return frame;
}
