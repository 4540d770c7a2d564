import type { ContractionFactor, LSTMContractionFactor } from '@hurwitz/stability';
import { counted, numberText } from '@hurwitz/training';
import type { AlongTestData } from './along-test-data.js';
import { alongTopic } from './along-topic.js';
import type { GatedAnalysis } from './analyse-gated.js';
import { isCovered } from './covered.js';
import { type Finding, factorText, finding, isOne, type Topic } from './findings.js';

/** What the analysis of an LSTM or a GRU says. */
export function gatedTopics(analysis: GatedAnalysis, along: AlongTestData): Topic[] {
  const { family, units, gates, stepEigenvalues } = analysis;
  const state = family === 'lstm' ? 'the state [h, c]' : 'the state h';
  const radius = Math.max(...stepEigenvalues.map(({ re, im }) => Math.hypot(re, im)));
  const largest = Object.entries(gates).map(([name, values]) =>
    finding(`σ_max(W_${name})`, values[0] as number),
  );
  return [
    { title: 'Verdict', text: verdict(analysis), findings: [] },
    {
      title: 'System',
      text: `${family.toUpperCase()} of ${counted(units, 'unit')}. Theorem 1 and the Lur'e certificate are about dh/dt = A h + σ(W h + c) and do not apply to it.`,
      findings: largest,
    },
    contractionTopic(analysis, along),
    {
      title: 'Jacobians along the test data',
      text: `Of one step of ${state}, at ${along.moments.length} moments.`,
      findings: [
        finding('largest spectral radius', factorText(radius), { unit: 'per step' }),
        finding('largest gain seen', factorText(along.largestGain), {
          unit: 'per step',
          meaning: '‖∂s_t/∂s_{t-1}‖₂',
        }),
      ],
    },
    alongTopic(along),
    { title: 'What to change', text: advice(analysis), findings: [] },
  ];
}

/** Whether a factor is below 1, and not by what rounding may hide. */
const isProof = ({ stable, factor }: ContractionFactor): boolean => stable && !isOne(factor);

function verdict({ contraction }: GatedAnalysis): string {
  if (isCovered(contraction) && isProof(contraction)) {
    return `Stable, proved: every step brings any two states nearer by the factor ${factorText(contraction.factor)} or less in the infinity norm, for inputs within the bound.`;
  }
  const why = isCovered(contraction)
    ? `the contraction factor of Miller and Hardt is ${factorText(contraction.factor)}, not below 1`
    : contraction.notCovered;
  return `Not proved stable: ${why}. That is no proof of instability; see what happens along the test data.`;
}

function contractionTopic(
  { contraction }: GatedAnalysis,
  { inputBound, inputSequences }: AlongTestData,
): Topic {
  const title = 'Contraction in the sense of Miller and Hardt';
  if (!isCovered(contraction))
    return { title, text: `Not available: ${contraction.notCovered}.`, findings: [] };
  const { factor, inequalities, conditionsHold } = contraction;
  const conditions: Finding[] = inequalities.map(({ statement, left, right, margin, verdict: outcome }) =>
    finding(statement, `${margin > 0 ? '+' : ''}${numberText(margin)}`, {
      meaning: `${outcome}: ${numberText(left)} against ${numberText(right)}`,
    }),
  );
  return {
    title,
    text: `Their four conditions ${conditionsHold ? 'hold' : 'do not all hold'}, for inputs of size up to ${numberText(inputBound)} (the largest in ${inputSequences} test sequences).`,
    findings: [
      finding('contraction factor', factorText(factor), {
        unit: 'per step',
        meaning: 'in the infinity norm of (c, h)',
      }),
      finding('φ, bound on the forget gate', forgetFigure(contraction)),
      ...conditions,
    ],
  };
}

/** 1 - φ, which has digits where φ itself is 1 to rounding. */
const room = ({ inequalities }: LSTMContractionFactor): number => inequalities[0]!.right;

/** φ, near 1 by how much it differs. */
function forgetFigure(contraction: LSTMContractionFactor): string {
  const left = room(contraction);
  if (left === 0) return '1';
  return left < 1e-4 ? `1 - ${left.toExponential(1)}` : numberText(contraction.forgetBound);
}

function advice({ contraction }: GatedAnalysis): string {
  if (!isCovered(contraction)) return 'For a proof, train an lstm or one of the dynamical cells instead.';
  if (isProof(contraction)) return 'Nothing has to change.';
  const { f } = contraction.rowNorms;
  const left = room(contraction);
  const stable = 'Training with --stable keeps the weights where the conditions hold.';
  // φ = σ(r) with r = ‖W_f‖∞ + what the inputs and the bias add.
  const reach = Math.log(contraction.forgetBound / left);
  if (f < reach / 2) {
    const sum = Number.isFinite(reach) ? ` of the ${numberText(reach)} that it is bounded by` : '';
    return (
      `The forget gates may come as near to 1 as φ = ${forgetFigure(contraction)}, and 1 - φ is what the rows of the recurrent ` +
      `matrices are held against. That comes from the bias and the inputs: W_f adds ${numberText(f)} to the argument of the gate${sum}. ${stable}`
    );
  }
  return `The rows of the recurrent matrices are too long: ‖W_f‖∞ is ${numberText(f)} and should be below (1 - φ)² = ${numberText(left * left)}, the others as listed. ${stable}`;
}
