import { newFactorisation, orthonormalise } from './orthonormalise.js';

/** How far a partial frame is turned away from the coordinate axes. */
const NUDGE = 1e-3;

/**
 * The orthonormal frame to start from: `count` vectors of `size` numbers, one after the other.
 *
 * A full frame is the identity, as in Vogt et al. 2022. The identity's first k vectors can stay trapped in an invariant
 * coordinate subspace (the Jacobians of uncoupled units are diagonal) and miss the leading exponents, so a partial
 * frame is turned a little, the same way every time.
 */
export function initialFrame(count: number, size: number): Float64Array {
  const frame = new Float64Array(count * size);
  for (let j = 0; j < count; j++) frame[j * size + j] = 1;
  if (count === size) return frame;
  // The golden-ratio sequence: cheap, fixed, and without linear relations between the vectors.
  for (let i = 0; i < frame.length; i++) frame[i]! += NUDGE * (2 * (((i + 1) * 0.6180339887498949) % 1) - 1);
  orthonormalise(frame, newFactorisation(count, size));
  return frame;
}
