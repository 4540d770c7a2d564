import type {
  ContractionFactor,
  DiscretisationReport,
  Theorem1Report,
  Theorem1Requirements,
} from '@hurwitz/stability';
import { counted, numberText } from '@hurwitz/training';
import type { AlongTestData } from './along-test-data.js';
import { alongTopic } from './along-topic.js';
import type { DynamicalAnalysis, RestPoint } from './analyse-dynamical.js';
import { isCovered, type NotCovered } from './covered.js';
import { dynamicalVerdict } from './dynamical-verdict.js';
import { type Finding, factorText, finding, type Topic } from './findings.js';
import { fateInFlow, fateOf, fateOfDeviation, fateOfModes, halving } from './modes.js';

/** What the analysis of a layer of the dynamical family says, from the verdict to the advice. */
export function dynamicalTopics(analysis: DynamicalAnalysis, along: AlongTestData): Topic[] {
  const { system } = analysis;
  const clock = system.isMap
    ? 'Each input is one step of the map.'
    : `Each input is held for ${system.step} units of time and passed by one step of ${system.scheme}.`;
  return [
    { title: 'Verdict', text: dynamicalVerdict(analysis), findings: [] },
    {
      title: 'System',
      text: `${system.equation}, ${counted(system.units, 'unit')}. ${clock}`,
      findings: matrices(analysis),
    },
    theorem1Topic(analysis.theorem1),
    certificateTopic(analysis),
    contractionTopic(analysis.contraction, along),
    restTopic(analysis),
    discretisationTopic(analysis),
    alongTopic(along),
    adviceTopic(analysis),
  ];
}

const perTime = '1/time';

function matrices({ spectra, theorem1, system }: DynamicalAnalysis): Finding[] {
  const unit = system.isMap ? '' : perTime;
  const { A, W, singularValuesW } = spectra;
  const size =
    system.units === 1 ? 'its one eigenvalue' : `the largest real part of its ${system.units} eigenvalues`;
  const ofA =
    A === undefined
      ? []
      : [finding('spectral abscissa of A', A[0]?.re ?? Number.NaN, { unit: perTime, meaning: size })];
  const symmetric =
    A !== undefined && isCovered(theorem1)
      ? [
          finding('λ_max(A_sym)', theorem1.premise.maxEigAsym, {
            unit: perTime,
            meaning: aloneOnStates(theorem1),
          }),
        ]
      : [];
  return [
    ...ofA,
    ...symmetric,
    finding('spectral abscissa of W', W[0]?.re ?? Number.NaN, { unit }),
    finding('σ_max(W)', singularValuesW[0] as number, { unit }),
    finding('σ_min(W)', singularValuesW.at(-1) as number, { unit }),
  ];
}

function aloneOnStates({ premise, conditionA }: Theorem1Report): string {
  const { maxEigAsym } = premise;
  const size = Math.max(Math.abs(maxEigAsym), conditionA.M_sigmaMaxW);
  return {
    decays: 'below 0: A alone damps every state',
    grows: 'above 0: A alone lets some state grow',
    'is kept': '0 to rounding: A alone lets no state grow, and damps not all',
  }[fateInFlow(maxEigAsym, size)];
}

function theorem1Topic(theorem1: Theorem1Report | NotCovered): Topic {
  const title = 'Theorem 1 of the Lipschitz RNN paper, for the flow with a constant input';
  if (!isCovered(theorem1)) return { title, text: `Not applied: ${theorem1.notCovered}.`, findings: [] };
  const { premise, conditionA, conditionB, summary } = theorem1;
  const rows = [
    ...premise.inequalities.map((each) => ({ part: 'premise', ...each })),
    ...conditionA.inequalities.map((each) => ({ part: '(a)', ...each })),
    ...conditionB.inequalities.map((each) => ({ part: '(b)', ...each })),
  ];
  const findings = rows.map(({ part, statement, left, right, margin, verdict }) =>
    finding(`${part}: ${statement}`, `${margin > 0 ? '+' : ''}${numberText(margin)}`, {
      unit: statement.includes('AᵀW') ? '1/time²' : perTime,
      meaning: `${verdict}: ${numberText(left)} against ${numberText(right)}`,
    }),
  );
  return { title, text: `${summary} The values are the margins.`, findings };
}

function certificateTopic({ flowCertificate, stepCertificate, system }: DynamicalAnalysis): Topic {
  const sentences: string[] = [];
  const findings: Finding[] = [];
  for (const [name, result] of [
    ['The flow', flowCertificate],
    ['The layer as it is stepped', stepCertificate],
  ] as const) {
    if (!isCovered(result)) {
      sentences.push(`${name}: not sought, since ${result.notCovered}.`);
      continue;
    }
    sentences.push(`${name}: ${result.summary}`);
    if (!result.holds) continue;
    const of = result === flowCertificate ? 'flow' : 'step';
    findings.push(
      finding(`${of}: certified rate`, result.rate, {
        unit: perTime,
        meaning: `none above ${numberText(result.rateBound)} exists`,
      }),
      finding(`${of}: overshoot`, result.overshoot, { meaning: 'a distance may first grow by this factor' }),
      finding(`${of}: margin`, result.margin, {
        meaning: `-λ_max of the block matrix, rounding error below ${result.tolerance.toExponential(1)}`,
      }),
    );
    if ('factor' in result) {
      findings.push(
        finding('step: certified factor', factorText(result.factor), {
          unit: 'per step',
          meaning: `distances fall to ${(100 * result.factor ** (1 / system.step)).toPrecision(3)}% in a unit of time`,
        }),
      );
    }
  }
  const text = `A quadratic function of the distance between any two solutions that must fall (Lur'e system, slopes of σ bounded), checked by its own eigenvalues. ${sentences.join(' ')}`;
  return { title: "Lur'e certificate", text, findings };
}

function contractionTopic(contraction: ContractionFactor | NotCovered, along: AlongTestData): Topic {
  const title = 'Lipschitz constant of one step in its state';
  const observed = finding('largest gain seen', factorText(along.largestGain), {
    unit: 'per step',
    meaning: `‖∂h_t/∂h_{t-1}‖₂ at ${along.moments.length} moments of the test data`,
  });
  if (!isCovered(contraction)) {
    return { title, text: `No bound: ${contraction.notCovered}.`, findings: [observed] };
  }
  const { factor, stable } = contraction;
  const claim = stable
    ? 'Below 1: every step brings any two states nearer, whatever the inputs (stable in the sense of Miller and Hardt).'
    : 'Not below 1, so in the Euclidean norm a step may take two states apart; the certificate above looks for a better norm.';
  return {
    title,
    text: claim,
    findings: [
      finding('bound', factorText(factor), {
        unit: 'per step',
        meaning: 'in the Euclidean norm, for all states and inputs',
      }),
      observed,
    ],
  };
}

/** Rest points that are listed. */
const most = 4;

function restTopic({ restPoints, system }: DynamicalAnalysis): Topic {
  const title = 'At rest, without input';
  if (!isCovered(restPoints)) return { title, text: `Not sought: ${restPoints.notCovered}.`, findings: [] };
  const { points, starts, failedStarts } = restPoints;
  const failed = failedStarts === 0 ? '' : ` (${failedStarts} of them ended nowhere)`;
  const text =
    points.length === 0
      ? `Newton's method found no equilibrium from ${starts} starts.`
      : `${points.length === 1 ? 'One equilibrium' : `${points.length} equilibria`} found from ${starts} starts${failed}${points.length > most ? `; the first ${most} are listed` : ''}.`;
  const name = (i: number): string => (points.length === 1 ? 'equilibrium' : `equilibrium ${i + 1}`);
  const shown = points.slice(0, most);
  return { title, text, findings: shown.flatMap((point, i) => restFindings(point, name(i), system.isMap)) };
}

function restFindings(point: RestPoint, name: string, isMap: boolean): Finding[] {
  const { state, eigenvalues, kind, discretisation } = point;
  const modulus = finding(
    `${name}: ${isMap ? 'spectral radius' : 'max |R(ελ)|'}`,
    factorText(discretisation.largestModulus),
    { unit: 'per step', meaning: fateOfDeviation(discretisation) },
  );
  const size = finding(`${name}: ‖h*‖₂`, Math.hypot(...state));
  if (isMap) return [size, modulus];
  const abscissa = finding(`${name}: spectral abscissa`, eigenvalues[0]?.re ?? Number.NaN, {
    unit: perTime,
    meaning: `of the Jacobian: ${kind}`,
  });
  const longest = finding(`${name}: largest stable step`, longestStep(discretisation), {
    unit: 'time',
    meaning: 'of the scheme, for small deviations from it',
  });
  return [size, abscissa, modulus, longest];
}

/** The largest stable step, and 0 where it is rounding. */
function longestStep({ largestStableStep, step }: DiscretisationReport): number {
  return largestStableStep < 1e-9 * step ? 0 : largestStableStep;
}

/** What the discretisation does to the modes along the test data, in a sentence. */
function discretisationText(report: DiscretisationReport): string {
  const { largestModulus } = report;
  const longest = longestStep(report);
  const claim = {
    damped: 'One step damps every mode',
    'hardly damped': `One step damps a mode so little that it takes ${numberText(halving(largestModulus))} steps to halve`,
    kept: 'One step keeps a mode as it is, to rounding',
    amplified: 'One step amplifies a mode',
  }[fateOf(report)];
  const limit =
    longest === 0
      ? 'no step of this scheme is short enough to change that'
      : longest === Number.POSITIVE_INFINITY
        ? 'no step is too long'
        : `steps up to ${numberText(longest)} amplify none`;
  return `${claim}: the largest |R(ελ)| is ${factorText(largestModulus)}; ${limit}.`;
}

function discretisationTopic({ discretisation, system, flowEigenvalues }: DynamicalAnalysis): Topic {
  const turns = flowEigenvalues.some(({ im }) => im !== 0);
  const { largestModulus, spectralAbscissa, criticality, step, worstEigenvalue } = discretisation;
  const longest = longestStep(discretisation);
  const flow = fateInFlow(spectralAbscissa, Math.hypot(worstEigenvalue.re, worstEigenvalue.im));
  if (system.isMap) {
    return {
      title: 'Jacobians along the test data',
      text: 'A spectral radius below 1 at every moment is neither necessary nor sufficient for a product of them to shrink; the end-to-end Jacobian below decides.',
      findings: [finding('largest spectral radius', factorText(largestModulus), { unit: 'per step' })],
    };
  }
  return {
    title: 'Discretisation, over the Jacobians along the test data',
    text: discretisationText(discretisation),
    findings: [
      finding('ε in use', system.step, { unit: 'time' }),
      finding('largest stable step along the test data', longest, {
        unit: 'time',
        meaning:
          longest > 0
            ? `${numberText(longest / step)} times ε`
            : flow === 'grows'
              ? 'a mode of the flow itself grows'
              : 'the scheme amplifies rotations at any step',
      }),
      finding('max |R(ελ)|', factorText(largestModulus), {
        unit: 'per step',
        meaning: fateOfModes(discretisation),
      }),
      finding('max Re λ', spectralAbscissa, {
        unit: perTime,
        meaning: {
          decays: 'below 0: every mode of the flow decays',
          grows: 'above 0: a mode of the flow grows',
          'is kept': '0 to rounding: a mode of the flow neither decays nor grows',
        }[flow],
      }),
      finding('max |Re λ| / max |λ|', criticality, {
        meaning: criticality < 0.05 && turns ? 'near 0: the critical criterion of the AntisymmetricRNN' : '',
      }),
    ],
  };
}

function adviceTopic(analysis: DynamicalAnalysis): Topic {
  return { title: 'What to change', text: advice(analysis).join(' '), findings: [] };
}

/** What would make the conditions of Theorem 1 hold; amounts that are rounding beside the size of W are no advice. */
function adviceOnTheorem(
  { gammaA, shiftForA, uniformShiftForB }: Theorem1Requirements,
  { size, canCertify, holdsB }: { size: number; canCertify: boolean; holdsB: boolean },
): string[] {
  const rounding = 1e-7 * Math.max(size, Math.abs(gammaA), Math.abs(shiftForA));
  const toA =
    shiftForA < -rounding
      ? `Condition (a) has ${numberText(-shiftForA)} per unit of time to spare.`
      : shiftForA <= rounding
        ? 'Condition (a) is an equality to rounding: any γ_A that is clearly larger meets it.'
        : `With these weights condition (a) needs γ_A above ${numberText(gammaA)}, that is ${numberText(shiftForA)} more` +
          `${canCertify ? '; training with --certify keeps it true at every step' : ''}.`;
  const toB = holdsB
    ? 'Condition (b) holds already.'
    : uniformShiftForB > rounding
      ? `Condition (b) needs both γ raised by more than ${numberText(uniformShiftForB)}.`
      : 'Condition (b) is an equality to rounding: any γ of both that are clearly larger meet it.';
  return [toA, toB];
}

function advice({
  requirements,
  discretisation,
  system,
  contraction,
  stepCertificate,
  spectra,
  theorem1,
  canCertify,
}: DynamicalAnalysis): string[] {
  const lines: string[] = [];
  if (isCovered(requirements)) {
    lines.push(
      ...adviceOnTheorem(requirements, {
        size: spectra.singularValuesW[0] as number,
        canCertify,
        holdsB: isCovered(theorem1) && theorem1.conditionB.verdict === 'holds',
      }),
    );
  } else if (system.isMap) {
    const largest = spectra.singularValuesW[0] as number;
    const bound = 1 / (system.lipschitzConstant ?? 1);
    if (isCovered(contraction) && !contraction.stable) {
      lines.push(
        `σ_max(W) below ${numberText(bound)} (it is ${numberText(largest)}) would make every step a contraction.`,
      );
    }
  } else {
    lines.push(
      `No γ can be named: ${requirements.notCovered}. The lipschitz cell has a linear part that can dominate W.`,
    );
  }
  const longest = longestStep(discretisation);
  if (!system.isMap && longest < system.step) {
    lines.push(
      longest === 0
        ? 'No smaller ε makes the scheme damp every mode along the test data; more γ does, or a scheme of higher order for rotations.'
        : `ε is too long for the Jacobians along the test data: at most ${numberText(longest)} lets the scheme damp every mode.`,
    );
  }
  if (lines.length === 0 || (isCovered(stepCertificate) && stepCertificate.holds)) {
    lines.unshift(
      isCovered(stepCertificate) && stepCertificate.holds
        ? 'Nothing has to change: the layer is certified.'
        : 'Nothing.',
    );
  }
  return lines;
}
