import { type NetworkSystem, rnnSystem } from '@hurwitz/lyapunov';
import { z } from 'zod';
import { normals } from '../shared/normals.js';
import { count, positive } from '../shared/settings.js';

/** Sizes of the driven network. */
export const drivenSchema = z.strictObject({
  units: count,
  /** g. */
  gain: positive,
  inputSequences: count,
});
export type DrivenSettings = z.infer<typeof drivenSchema>;

/** The chaotic network whose spectrum is taken in several ways. */
export const drivenSizes = {
  default: { units: 64, gain: 2, inputSequences: 10 },
  full: { units: 256, gain: 2, inputSequences: 10 },
} as const satisfies Record<string, DrivenSettings>;

/**
 * The network of the first figures of Vogt et al. (Frontiers 2022): h⁺ = tanh(V h + x), V Gaussian of variance g²/N, an
 * input to every unit, no bias; and standard normal inputs [sequence][step][unit], each sequence from a seed of its own.
 */
export function drivenRNN(
  { units, gain, inputSequences }: DrivenSettings,
  { steps, seed }: { steps: number; seed: number },
): { system: NetworkSystem; inputs: number[][][] } {
  const scale = gain / Math.sqrt(units);
  const W = normals([units, units], seed).map((row) => row.map((entry) => scale * entry));
  const kernel = W.map((row, i) => row.map((_, j) => (i === j ? 1 : 0)));
  const inputs = Array.from({ length: inputSequences }, (_, i) =>
    normals([steps, units], seed + 1000 * (i + 1)),
  );
  return { system: rnnSystem({ W, kernel, activation: 'tanh' }), inputs };
}
