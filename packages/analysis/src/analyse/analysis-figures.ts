import { eigenvaluePlane, figureGrid, lineChart, spectrum } from '@hurwitz/figures';
import { stabilityBoundary } from '@hurwitz/integrators';
import { type Complex, singularValues } from '@hurwitz/stability';
import type { Section } from '@hurwitz/training';
import type { AlongTestData } from './along-test-data.js';
import type { DynamicalAnalysis } from './analyse-dynamical.js';
import type { GatedAnalysis } from './analyse-gated.js';
import { isCovered } from './covered.js';

type Figures = NonNullable<Section['figures']>;

/** Eigenvalues with the stability region, singular values, and the end-to-end Jacobian, of a dynamical layer. */
export async function dynamicalFigures(
  stage: string,
  analysis: DynamicalAnalysis,
  along: AlongTestData,
): Promise<Figures> {
  const { singularValuesA, singularValuesW } = analysis.spectra;
  const series = [
    ...(singularValuesA === undefined ? [] : [{ name: 'A', values: singularValuesA }]),
    { name: 'W', values: singularValuesW },
    stepGains(along),
  ];
  return [
    { name: `${stage}-eigenvalues`, svg: await eigenvalueFigure(analysis) },
    {
      name: `${stage}-singular-values`,
      svg: await spectrum({ title: 'Singular values', series, yLabel: 'singular value' }),
    },
    ...(await endToEndFigures(stage, along)),
  ];
}

/** The same for an LSTM or a GRU, whose step is a map. */
export async function gatedFigures(
  stage: string,
  { gates, stepEigenvalues }: GatedAnalysis,
  along: AlongTestData,
): Promise<Figures> {
  const series = Object.entries(gates).map(([name, values]) => ({ name: `W_${name}`, values }));
  return [
    {
      name: `${stage}-eigenvalues`,
      svg: await eigenvaluePlane({
        title: 'Step Jacobians along the test data',
        groups: [{ name: 'test data', values: stepEigenvalues }],
        limit: 'unit circle',
      }),
    },
    {
      name: `${stage}-singular-values`,
      svg: await spectrum({
        title: 'Singular values',
        series: [...series, stepGains(along)],
        yLabel: 'singular value',
      }),
    },
    ...(await endToEndFigures(stage, along)),
  ];
}

function stepGains({ moments }: AlongTestData): { name: string; values: number[] } {
  const last = moments.at(-1)?.stepJacobian as number[][];
  return { name: 'one step, end of a test sequence', values: singularValues(last) };
}

function eigenvalueFigure({
  spectra,
  system,
  flowEigenvalues,
  restPoints,
}: DynamicalAnalysis): Promise<string> {
  const { step, scheme, tableau, isMap } = system;
  const matrices = [
    ...(spectra.A === undefined ? [] : [{ name: 'A', values: spectra.A }]),
    { name: 'W', values: spectra.W },
  ];
  // Of a map, the eigenvalues of the step itself: those of the flow that it is Euler's step of, plus 1.
  const shown = (values: readonly Complex[]): Complex[] =>
    values.map(({ re, im }) => ({ re: step * re + (isMap ? 1 : 0), im: step * im }));
  const rest = isCovered(restPoints) ? (restPoints.points[0]?.eigenvalues ?? []) : [];
  const groups = [
    { name: 'test data', values: shown(flowEigenvalues) },
    ...(rest.length === 0 ? [] : [{ name: 'at rest', values: shown(rest) }]),
  ];
  const stepped = isMap
    ? { title: 'Jacobians of the step', groups, limit: 'unit circle' as const }
    : {
        title: 'Jacobians of the flow, times ε',
        groups,
        region: { boundary: stabilityBoundary(tableau), name: `${scheme} is stable` },
        reLabel: 'Re ελ',
        imLabel: 'Im ελ',
      };
  const limit = isMap ? ('unit circle' as const) : ('imaginary axis' as const);
  return figureGrid({
    columns: 2,
    width: 900,
    panels: [
      { eigenvaluePlane: { title: matrices.map(({ name }) => name).join(' and '), groups: matrices, limit } },
      { eigenvaluePlane: stepped },
    ],
  });
}

async function endToEndFigures(stage: string, { endToEnd }: AlongTestData): Promise<Figures> {
  const series = endToEnd.flatMap((jacobian, i) => gainCurve(jacobian, `test sequence ${i + 1}`));
  if (series.length === 0) return [];
  const svg = await lineChart({
    title: 'End-to-end Jacobian',
    subtitle: 'Root-mean-square gain of a small difference in the first state; 0: kept',
    series,
    xLabel: 'time step t',
    yLabel: 'log₁₀ (‖∂h_t/∂h_1‖_F / √n)',
    references: [{ y: 0 }],
  });
  return [{ name: `${stage}-end-to-end`, svg }];
}

/** log₁₀ of the norm for every t, from that of the identity, up to where the product became exactly zero, if it did. */
function gainCurve(
  { logNorms, matrix }: AlongTestData['endToEnd'][number],
  name: string,
): { name: string; x: number[]; y: number[] }[] {
  const zero = logNorms.findIndex((value) => !Number.isFinite(value));
  const kept = zero < 0 ? logNorms : logNorms.slice(0, zero);
  const identity = Math.log(matrix.length) / 2;
  const y = [0, ...kept.map((value) => (value - identity) / Math.LN10)];
  return [{ name, x: y.map((_, i) => i + 1), y }];
}
