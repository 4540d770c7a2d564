import { tangentSystem } from '@hurwitz/cells';
import { ExplodingTrajectoryError, lyapunovSpectrum, meanExponent } from '@hurwitz/lyapunov';
import { testSequences } from '../data/test-sequences.js';
import type { Stage } from '../loop/stage.js';

/** Exponents of the layer's state along held-out inputs, in nats per step. */
export interface SpectrumMetrics {
  lyapunov_max: number;
  /** Of all exponents. */
  lyapunov_mean: number;
}

/** As the report draws them. */
export const spectrumCurves = {
  lyapunov_max: 'largest Lyapunov exponent',
  lyapunov_mean: 'mean Lyapunov exponent',
} as const satisfies { [name in keyof SpectrumMetrics]: string };

/** Steps looked at in all, as in the code of Vogt et al. (2022): 10 sequences of 100. */
const totalSteps = 1000;
const mostSequences = 10;
/** The mean over directions scatters less than one of them. */
const meanSequences = 2;
/** Operations that determinants from Jacobians may take, where there is no closed form: some tenths of a second. */
const determinantBudget = 2e8;

/**
 * Measures a stage's layer along its first test sequences, always the same; no choice depends on them.
 *
 * The largest exponent takes one tangent vector, the mean the determinants, so that neither carries a whole frame along.
 * Throws what the stage throws that has no such sequences.
 */
export function spectrumMetrics(stage: Pick<Stage, 'layer' | 'testInputs'>): () => Partial<SpectrumMetrics> {
  const { sequences: all, starts } = testSequences(stage, mostSequences);
  const length = all[0]!.length;
  const inputs = all.slice(0, Math.max(2, Math.floor(totalSteps / length)));
  const run = {
    inputs,
    initialState: starts?.slice(0, inputs.length),
    warmup: Math.floor(length / 6),
  };
  return () => {
    const system = tangentSystem(stage.layer);
    const few = {
      ...run,
      inputs: inputs.slice(0, meanSequences),
      initialState: run.initialState?.slice(0, meanSequences),
    };
    const perJacobian = (4 / 3) * system.tangentDimension ** 3;
    const affordable = Math.ceil(determinantBudget / perJacobian / few.inputs.length);
    try {
      const { exponents } = lyapunovSpectrum(system, { ...run, exponents: 1 });
      const { mean } = meanExponent(system, {
        ...few,
        samples: system.logDeterminant ? undefined : affordable,
      });
      return { lyapunov_max: exponents[0]!, lyapunov_mean: mean };
    } catch (error) {
      // The states of a model that is about to diverge: the loss will say so.
      if (error instanceof ExplodingTrajectoryError) return {};
      throw error;
    }
  };
}
