import { counted, numberText } from '@hurwitz/training';
import { type Finding, finding, type Topic } from '../analyse/findings.js';
import type { MeasuredSpectrum } from './measure.js';

/** Rows of a table of exponents: all of a short spectrum, the two ends of a long one. */
const [shortest, leading, trailing] = [16, 10, 4];

/** The spectrum as text for a terminal: the table of exponents, then what follows from it. */
export function summaryTopics(measured: MeasuredSpectrum): Topic[] {
  const { exponents, dimension, inputs, sequences, warmup, steps, qrInterval } = measured;
  const which =
    exponents.length === dimension
      ? dimension === 1
        ? 'The one exponent'
        : `All ${dimension} exponents`
      : `The ${exponents.length} largest of ${dimension} exponents`;
  const runs = counted(sequences, 'sequence');
  return [
    {
      title: 'Lyapunov exponents',
      text:
        `${which}, in nats per step, over ${runs} of ${inputs}: ${warmup} steps of warm-up, then ${steps} counted` +
        `${qrInterval === 1 ? '' : `, a QR at least every ${qrInterval}`}. ± is the standard error ${sequences === 1 ? 'over blocks of time' : 'over the sequences'}.`,
      findings: rows(measured),
    },
    { title: 'What follows', text: verdict(measured), findings: facts(measured) },
  ];
}

function rows({ exponents, standardError, resolved }: MeasuredSpectrum): Finding[] {
  const row = (i: number): Finding =>
    finding(`λ${i + 1}`, fixed(exponents[i]!), {
      unit: error(standardError[i]!),
      meaning: resolved[i]! < 1 && Number.isFinite(exponents[i]!) ? 'an upper bound: below rounding' : '',
    });
  const all = exponents.map((_, i) => i);
  if (exponents.length <= shortest) return all.map(row);
  const left = exponents.length - leading - trailing;
  return [
    ...all.slice(0, leading).map(row),
    finding('…', '', { meaning: `${left} more in spectrum.json` }),
    ...all.slice(-trailing).map(row),
  ];
}

/** What the largest exponent says, where it has settled and is surely not zero. */
function verdict(measured: MeasuredSpectrum): string {
  const { growth, settled } = measured.verdict;
  if (!settled) return unsettled(measured);
  if (growth === 'expanding') {
    return 'Chaotic along these inputs: almost any small difference of states grows.';
  }
  if (growth === 'contracting') {
    return 'It forgets its start along these inputs: small differences of states die out, and the inputs decide the state.';
  }
  return 'At the edge as far as this tells: the largest exponent is within three standard errors of zero.';
}

/** An estimate that goes on changing says what these steps did, and nothing about the steps after them. */
function unsettled({ exponents, steps }: MeasuredSpectrum): string {
  const largest = exponents[0]!;
  const did = largest > 0 ? 'grew' : largest < 0 ? 'shrank' : 'kept its size';
  return (
    `Finite-time growth: over the ${steps} counted steps the fastest small difference of states ${did}. The estimate has not ` +
    'settled, so this is no limit: take more steps, or a longer warm-up.'
  );
}

function facts(measured: MeasuredSpectrum): Finding[] {
  const { exponents, mean, entropyBound, dimension, verdict } = measured;
  const largest = exponents[0]!;
  const partial = exponents.length < dimension;
  const positive = verdict.signs.filter((sign) => sign === 1).length;
  const bounded = partial && positive === exponents.length;
  const known = verdict.growth !== 'undecided';
  const unknown = { meaning: 'not told from zero' };
  return [
    finding('largest exponent', fixed(largest), {
      unit: `${error(measured.standardError[0]!)} nats per step`,
      meaning: known || !verdict.settled ? timescale(largest) : '',
    }),
    ...(mean === null
      ? []
      : [
          finding('mean exponent', fixed(mean), {
            unit: 'nats per step',
            meaning: `of all ${dimension}: how fast volume changes, per dimension`,
          }),
        ]),
    ...(known
      ? [
          finding('positive exponents', String(positive)),
          finding('Kaplan–Yorke dimension', numberText(measured.kaplanYorkeDimension!), {
            meaning: `of ${dimension}${bounded ? '; at least, with so few exponents' : ''}`,
          }),
          finding('entropy bound', fixed(entropyBound!), {
            unit: 'nats per step',
            meaning: `sum of the positive exponents${bounded ? '; more may follow' : ''}`,
          }),
        ]
      : ['positive exponents', 'Kaplan–Yorke dimension', 'entropy bound'].map((name) =>
          finding(name, '?', unknown),
        )),
  ];
}

function timescale(exponent: number): string {
  if (!Number.isFinite(exponent) || exponent === 0) return '';
  const steps = numberText(1 / Math.abs(exponent));
  return `a small difference ${exponent > 0 ? 'grows' : 'shrinks'} e-fold in ${steps} steps`;
}

const fixed = (value: number): string =>
  Number.isFinite(value) ? value.toFixed(4).replace(/^-(0\.0+)$/, '$1') : '-∞';

const error = (value: number): string => (Number.isFinite(value) ? `± ${value.toPrecision(2)}` : '± unknown');
