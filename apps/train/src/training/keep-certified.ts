import { LipschitzRNN } from '@hurwitz/cells';
import { shiftForConditionA } from '@hurwitz/stability';
import type { layers } from '@tensorflow/tfjs-layers';
import { allFinite, systemMatrices } from './system-matrices.js';

/**
 * The room that is kept beyond condition (a), per unit of time: any two solutions approach each other at least at this
 * rate. Far above what float32 weights round away.
 */
export const certifiedRate = 0.001;

/**
 * Raises the effective γ_A of a Lipschitz RNN to the bound of Theorem 1 (a), λ_max((1-β)(M+Mᵀ)) + σ_max(W), and the
 * certified rate beyond it; does nothing where it is beyond already.
 *
 * Why so: the pairs (M_A, M_W) that meet the condition are a convex set, and this is a way back into it after a step of
 * the optimizer, as a projection is. It moves M_A's diagonal, which is where γ_A acts, so γ_A needs no place beside the
 * weights: checkpoints, resumed runs and saved models hold the certified matrices without knowing of it, and the next
 * steps of the optimizer may lower γ_A again as W shrinks. The nearest point of the set would take the vectors of both
 * spectra at every step, which costs more than the step; scaling W instead would end all recurrence at a small γ_A.
 */
export function keepCertified(layer: layers.Layer): void {
  const matrices = systemMatrices(layer);
  if (!(layer instanceof LipschitzRNN) || matrices?.A === undefined) return;
  // What has overflowed cannot be certified; the next loss tells.
  if (!allFinite(matrices)) return;
  const { A, W } = matrices;
  const lacking = shiftForConditionA({ A, W }).shift + certifiedRate;
  if (lacking > 0) layer.cell.shiftA(lacking);
}
