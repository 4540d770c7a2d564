import { checkTheorem1, spectralAbscissa, spectralNorm, type Verdict } from '@hurwitz/stability';
import type { layers } from '@tensorflow/tfjs-layers';
import { allFinite, systemMatrices } from './system-matrices.js';

/** What A and W say of stability; the fields with A only where the cell has one. */
export interface StabilityMetrics {
  sigma_max_W: number;
  abscissa_W: number;
  max_eig_A_sym?: number;
  abscissa_A?: number;
  /** Theorem 1's premise and conditions, with the signed margin of each condition's tightest inequality. */
  theorem1_premise?: Verdict;
  theorem1_a?: Verdict;
  theorem1_a_margin?: number;
  theorem1_b?: Verdict;
  theorem1_b_margin?: number;
}

/** The numbers among them, as the report draws them. */
export const stabilityCurves = {
  max_eig_A_sym: 'λ_max(A_sym)',
  sigma_max_W: 'σ_max(W)',
  abscissa_A: 'spectral abscissa of A',
  abscissa_W: 'spectral abscissa of W',
  theorem1_a_margin: 'margin of (a)',
  theorem1_b_margin: 'margin of (b)',
} as const satisfies { [name in keyof StabilityMetrics]?: string };

const verdicts = ['theorem1_premise', 'theorem1_a', 'theorem1_b'] as const;

/** Whether a name in metrics.jsonl is one of these, and not a loss or a score. */
export function isStabilityMetric(name: string): boolean {
  return name in stabilityCurves || verdicts.some((known) => known === name);
}

/** The figures of a layer; none for a layer without system matrices, or once they have overflowed. */
export function stabilityMetrics(layer: layers.Layer): Partial<StabilityMetrics> {
  const matrices = systemMatrices(layer);
  if (matrices === undefined || !allFinite(matrices)) return {};
  const { A, W } = matrices;
  const abscissa_W = spectralAbscissa(W);
  if (A === undefined) return { sigma_max_W: spectralNorm(W), abscissa_W };
  const { premise, conditionA, conditionB } = checkTheorem1({ A, W });
  return {
    max_eig_A_sym: premise.maxEigAsym,
    sigma_max_W: conditionA.M_sigmaMaxW,
    abscissa_A: spectralAbscissa(A),
    abscissa_W,
    theorem1_premise: premise.verdict,
    theorem1_a: conditionA.verdict,
    theorem1_a_margin: conditionA.margin,
    theorem1_b: conditionB.verdict,
    theorem1_b_margin: conditionB.margin,
  };
}
