import type { TangentSystem } from '@hurwitz/cells';
import {
  entropyBound,
  type GrowthVerdict,
  growthVerdict,
  kaplanYorkeDimension,
  type LyapunovSpectrum,
  lyapunovSpectrum,
  meanExponent,
} from '@hurwitz/lyapunov';
import { memoryOfHeap, requireMemory, UserError } from '@hurwitz/training';
import { checkInputs, type DrivingInputs } from './inputs.js';

export interface MeasureOptions {
  exponents?: number;
  warmup?: number;
  steps?: number;
  qrInterval: number;
  precision: 'float64' | 'float32';
}

/** A spectrum with what it was measured on. */
export interface MeasuredSpectrum extends LyapunovSpectrum {
  inputs: string;
  sequences: number;
  warmup: number;
  qrInterval: number;
  /** Of the tangent vectors. */
  precision: 'float64' | 'float32';
  /** Of the tangents: the exponents that there are in all. */
  dimension: number;
  /** Of all exponents; null where only some are followed and their sum has no closed form. */
  mean: number | null;
  /** Whether small differences grow, as far as the estimate tells. */
  verdict: GrowthVerdict;
  /** These two are null where the sign of the largest exponent is not known. */
  kaplanYorkeDimension: number | null;
  entropyBound: number | null;
}

/** What rounding of float32 weights may add to an exponent, in nats per step. */
const weightRounding = 1e-6;

/** Steps in which the state may forget its start, for a number of counted ones. */
export const defaultWarmup = (steps: number): number => Math.floor(steps / 5);

/** @throws UserError when the sequences are too short for what is asked. */
export function measureSpectrum(
  system: TangentSystem,
  inputs: DrivingInputs,
  { exponents, warmup: wanted, steps, qrInterval, precision }: MeasureOptions,
): MeasuredSpectrum {
  checkInputs(inputs, system);
  const { sequences, starts, source } = inputs;
  const length = sequences[0]!.length;
  const counted = steps ?? Math.ceil((5 / 6) * length);
  const warmup = wanted ?? Math.min(defaultWarmup(counted), Math.max(length - counted, 0));
  if (warmup + (steps ?? 1) > length) {
    throw new UserError(
      `--warmup ${warmup} and ${steps === undefined ? 'a counted step' : `--steps ${steps}`} need sequences of ${warmup + (steps ?? 1)} steps; those of ${source} have ${length}.`,
    );
  }
  const { tangentDimension } = system;
  const count = exponents ?? tangentDimension;
  if (count > tangentDimension) {
    throw new UserError(`--exponents ${count}: this system has ${tangentDimension}.`);
  }
  const run = { inputs: sequences, initialState: starts, steps, warmup };
  const measuredSteps = length - warmup;
  if (qrInterval > measuredSteps) {
    throw new UserError(
      `--qr-interval: must be at most the ${measuredSteps} counted steps, got ${qrInterval}.`,
    );
  }
  requireMemory(
    [
      {
        what: 'the exponents after each step',
        bytes: (measuredSteps / qrInterval) * count * Float64Array.BYTES_PER_ELEMENT,
        flags: ['--steps', '--exponents'],
      },
      {
        what: 'the tangents',
        bytes:
          (sequences.length * count + tangentDimension) * tangentDimension * Float64Array.BYTES_PER_ELEMENT,
        flags: ['--exponents', '--sequences'],
      },
    ],
    { available: memoryOfHeap(), of: 'JavaScript' },
  );
  const spectrum = lyapunovSpectrum(system, { ...run, exponents: count, qrInterval, precision });
  const verdict = growthVerdict(spectrum, { tolerance: weightRounding });
  const known = verdict.growth !== 'undecided';
  return {
    ...spectrum,
    inputs: source,
    sequences: sequences.length,
    warmup,
    qrInterval,
    precision,
    dimension: tangentDimension,
    mean: meanOf(system, spectrum.exponents, run),
    verdict,
    kaplanYorkeDimension: known ? kaplanYorkeDimension(spectrum.exponents) : null,
    entropyBound: known
      ? entropyBound([0, ...spectrum.exponents.filter((_, i) => verdict.signs[i] === 1)])
      : null,
  };
}

function meanOf(
  system: TangentSystem,
  exponents: readonly number[],
  run: Parameters<typeof meanExponent>[1],
): number | null {
  if (exponents.length === system.tangentDimension) {
    return exponents.reduce((sum, value) => sum + value, 0) / exponents.length;
  }
  return system.logDeterminant ? meanExponent(system, run).mean : null;
}
