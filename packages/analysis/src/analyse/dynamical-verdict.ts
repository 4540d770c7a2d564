import { numberText } from '@hurwitz/training';
import type { DynamicalAnalysis } from './analyse-dynamical.js';
import { isCovered } from './covered.js';
import { factorText, isOne } from './findings.js';
import { type Fate, fateOf } from './modes.js';

/** The strongest thing that is known, in two sentences: what is proved, or else what was seen. */
export function dynamicalVerdict(analysis: DynamicalAnalysis): string {
  return `${proved(analysis)} ${seen(analysis)}`;
}

function proved({
  stepCertificate,
  flowCertificate,
  contraction,
  theorem1,
  restPoints,
  system,
}: DynamicalAnalysis): string {
  if (isCovered(stepCertificate) && stepCertificate.holds) {
    const { factor, overshoot } = stepCertificate;
    return `Stable, proved for the layer as it is stepped: whatever the inputs, the difference that another initial state makes falls at least by ${isOne(factor) ? `the factor 1 - ${(stepCertificate.rate * system.step).toExponential(1)}` : `the factor ${factorText(factor)}`} per step (after growing by at most ${numberText(overshoot)}).`;
  }
  if (isCovered(contraction) && contraction.stable && !isOne(contraction.factor)) {
    return `Stable, proved: whatever the inputs, every step brings any two states nearer by the factor ${factorText(contraction.factor)} or less.`;
  }
  const flow =
    isCovered(flowCertificate) && flowCertificate.holds
      ? `its distances fall at the rate ${numberText(flowCertificate.rate)} per unit of time`
      : isCovered(theorem1) && theorem1.holds
        ? 'Theorem 1 holds'
        : undefined;
  if (flow !== undefined) {
    return `The flow is proved globally exponentially stable for every constant input (${flow}), but nothing is proved of the layer as it is stepped.`;
  }
  const left = isCovered(restPoints)
    ? restPoints.points.find((point) => fateOf(point.discretisation) === 'amplified')
    : undefined;
  if (left !== undefined) {
    return `Not stable: without input the layer leaves a rest point (a deviation grows by the factor ${factorText(left.discretisation.largestModulus)} per step there), so runs from different states do not all come together.`;
  }
  return 'Not proved stable: neither Theorem 1 nor a certificate applies. That is no proof of instability.';
}

function seen({ discretisation, restPoints, system }: DynamicalAnalysis): string {
  const { largestModulus } = discretisation;
  const where = system.isMap
    ? 'the Jacobian of a step has a spectral radius of'
    : 'a step multiplies a mode by';
  const along = `Along the test data ${where} up to ${factorText(largestModulus)}`;
  if (!isCovered(restPoints) || restPoints.points.length === 0) return `${along}.`;
  const { points } = restPoints;
  const fates = points.map((point) => fateOf(point.discretisation));
  const rest =
    points.length === 1
      ? `its one known rest point ${pulls[fates[0]!]}`
      : `${fates.filter((fate) => fate === 'damped').length} of its ${points.length} known rest points attract the layer`;
  return `${along}; without input ${rest}.`;
}

const pulls: Record<Fate, string> = {
  damped: 'attracts the layer',
  'hardly damped': 'attracts the layer as good as not at all',
  kept: 'neither attracts the layer nor repels it, to rounding',
  amplified: 'does not attract the layer',
};
