import { counted } from '@hurwitz/training';
import type { AlongTestData } from './along-test-data.js';
import { factorText, finding, type Topic } from './findings.js';

/** What becomes of a small difference between the first and the last state of test sequences. */
export function alongTopic({ endToEnd, sequences, length }: AlongTestData): Topic {
  const title = 'End-to-end Jacobian along the test data';
  if (endToEnd.length === 0) return { title, text: 'Not applicable: a sequence has one step.', findings: [] };
  const log10 = (natural: number): number => (isRounding(natural) ? 0 : natural / Math.LN10);
  const norms = endToEnd.map(({ logSingularValues }) => logSingularValues[0] as number);
  const largest = Math.max(...norms);
  const rate = largest / (length - 1);
  const text = `∂h_T/∂h_1 over ${counted(length, 'step')}, for ${counted(sequences, 'test sequence')}: ${endOf(largest)}`;
  return {
    title,
    text,
    findings: [
      finding('log₁₀ ‖∂h_T/∂h_1‖₂, largest', log10(largest)),
      finding('log₁₀ ‖∂h_T/∂h_1‖₂, smallest', log10(Math.min(...norms))),
      finding('growth of its norm', factorText(Math.exp(rate)), {
        unit: 'per step',
        meaning: 'geometric mean: 1 neither vanishes nor explodes',
      }),
      finding(
        'log₁₀ of its mean eigenvalue modulus',
        log10(mean(endToEnd.map(({ logMeanModulus }) => logMeanModulus))),
      ),
    ],
  };
}

/** Whether a gain, as a natural logarithm, is told from none: float32 weights leave 1e-7. */
const isRounding = (gain: number): boolean => Math.abs(gain) < 1e-9;

/** What the largest gain, as a natural logarithm, says of small differences in the first state. */
function endOf(gain: number): string {
  if (gain === Number.NEGATIVE_INFINITY)
    return 'every small difference in the first state is gone by the end.';
  if (Math.abs(gain) < 1e-6)
    return 'no small difference in the first state has grown by the end, and one is as large as it was.';
  return gain < 0
    ? 'every small difference in the first state has shrunk by the end.'
    : 'some small difference in the first state is larger at the end.';
}

const mean = (values: number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
