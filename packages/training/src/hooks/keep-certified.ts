import { LipschitzRNN } from '@hurwitz/cells';
import { projectToConditionA, shiftForConditionA } from '@hurwitz/stability';
import type { layers } from '@tensorflow/tfjs-layers';
import { allFinite, systemMatrices } from './system-matrices.js';

/**
 * The room that is kept beyond condition (a), per unit of time: any two solutions approach each other at least at this
 * rate. Far above what float32 weights round away.
 */
export const certifiedRate = 0.001;

/**
 * Keeps γ_A of a Lipschitz RNN above the bound of Theorem 1 (a): moves (A, W) to the nearest pair that meets the condition
 * and the certified rate beyond it, and does nothing where that is met already.
 *
 * The pairs that meet it are a convex set, so this after every step is projected gradient descent. γ_A acts through the
 * diagonal of M_A and needs no place beside the weights: checkpoints, resumed runs and saved models hold certified
 * matrices without knowing of it. Raising γ_A alone costs a tenth of the time, but then nothing holds σ_max(W) back,
 * γ_A follows it until the network forgets at once, and its explicit steps become unstable.
 */
export function keepCertified(layer: layers.Layer): void {
  const matrices = systemMatrices(layer);
  if (!(layer instanceof LipschitzRNN) || matrices?.A === undefined) return;
  // What has overflowed cannot be certified; the next loss tells.
  if (!allFinite(matrices)) return;
  const { A, W } = matrices;
  if (shiftForConditionA({ A, W }).shift <= -certifiedRate) return;
  layer.cell.setSystemMatrices(projectToConditionA({ A, W, margin: certifiedRate }));
}
