import { DynamicalLayer } from '@hurwitz/cells';
import type { Config } from '../config/schema.js';
import type { Hooks } from '../loop/hooks.js';
import type { Stage } from '../loop/stage.js';
import { keepCertified } from './keep-certified.js';
import { contractionFactor, keepStable } from './keep-stable.js';
import { spectrumMetrics } from './spectrum-metrics.js';
import { stabilityMetrics } from './stability-metrics.js';

/**
 * What a configuration asks for beside the descent: projections after every step, and what is measured after an epoch. Made
 * before the first step, so that a task that cannot have exponents says so at once.
 */
export function configuredHooks({ certify, stable, spectrum, ...config }: Config, stage: Stage): Hooks[] {
  const { layer } = stage;
  return [
    ...(layer instanceof DynamicalLayer ? [stability(layer)] : []),
    ...(certify ? [{ afterStep: () => keepCertified(layer) }] : []),
    ...(stable === undefined ? [] : [contraction(layer, stable)]),
    ...(spectrum ? [exponents(stage, config)] : []),
  ];
}

/** Eigenvalues, norms and Theorem 1 of the layer's matrices. */
const stability = (layer: DynamicalLayer): Hooks => ({
  measures: 'stability figures',
  measure: () => ({ ...stabilityMetrics(layer) }),
});

/** The projection of `--stable`, and the factor that it bounds. */
const contraction = (layer: Stage['layer'], lambda: number): Hooks => ({
  afterStep: () => keepStable(layer, lambda),
  measure: () => ({ contraction_factor: contractionFactor(layer) }),
});

/** Exponents after every so many epochs and after the last; nothing after the others. */
function exponents(stage: Stage, { spectrumEvery, epochs }: Pick<Config, 'spectrumEvery' | 'epochs'>): Hooks {
  const measure = spectrumMetrics(stage);
  return {
    measures: 'Lyapunov exponents',
    measure: ({ epoch }) =>
      (epoch + 1) % spectrumEvery === 0 || epoch + 1 === epochs ? { ...measure() } : {},
  };
}
