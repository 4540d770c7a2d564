import type { OptionNames } from '@hurwitz/input';
import { generator } from '@hurwitz/random';
import type { MatrixLike } from '@hurwitz/stability';
import { EquivalenceError } from './errors.js';
import { checkBound, checkInputsWithin, type InputBounded, type InputNorm } from './input-bound.js';
import { checkCounts, checkFlag, checkNumber, checkOptions, toMatrices } from './numeric-input.js';
import { type RNNModel, toNetwork } from './rnn-model.js';
import { outputsOf } from './run-rnn.js';

/** Where two networks differ most. */
export interface Comparison {
  /** Largest |difference| of an output. */
  readonly largestGap: number;
  /** The sequence, step and output it was found at. */
  readonly sequence: number;
  readonly step: number;
  readonly output: number;
  /** Largest |output| of either network, to judge the gap by. */
  readonly largestOutput: number;
}

/** What to compare on: given sequences, or random ones inside a bound. */
export interface ComparisonOptions {
  /** Sequences, each [time, inputDim]. */
  readonly inputs?: readonly MatrixLike[];
  /** Size of random inputs; by default the first bound that a model carries. */
  readonly inputBound?: number;
  readonly inputNorm?: InputNorm;
  /** How many random sequences. */
  readonly sequences?: number;
  /** Their length. */
  readonly steps?: number;
  readonly seed?: number;
  /** Refuse inputs beyond the bound that a model carries. */
  readonly checkInputs?: boolean;
}

/** The names of the options of `compareRNNs`. */
export const comparisonOptions: OptionNames<ComparisonOptions> = {
  inputs: true,
  inputBound: true,
  inputNorm: true,
  sequences: true,
  steps: true,
  seed: true,
  checkInputs: true,
};

/**
 * The largest gap between the outputs of two networks, on given inputs or on random ones inside a bound. Every other
 * random sequence lies on the boundary (corners of the box, surface of the ball), where a bound is tested hardest.
 *
 * @throws EquivalenceError when the networks take different inputs or give different numbers of outputs, or there is
 * neither an input nor a bound.
 * @throws InputBoundError with `checkInputs`, at the first input beyond a model's bound.
 */
export function compareRNNs(
  first: RNNModel & Partial<InputBounded>,
  second: RNNModel & Partial<InputBounded>,
  options: ComparisonOptions = {},
): Comparison {
  const where = 'compareRNNs';
  checkOptions(where, options, comparisonOptions);
  const { checkInputs = false } = options;
  checkFlag(where, 'checkInputs', checkInputs);
  const a = toNetwork(where, first, 'first');
  const b = toNetwork(where, second, 'second');
  const inputDim = a.kernel.length;
  if (inputDim !== b.kernel.length) {
    const fix = 'Two networks can only agree on inputs that both take.';
    throw new EquivalenceError(where, 'one inputDim', `${inputDim} and ${b.kernel.length}`, fix);
  }
  const [outputs, others] = [a.readout[0]!.length, b.readout[0]!.length];
  if (outputs !== others) {
    const fix = 'Give both a readout of one width.';
    throw new EquivalenceError(where, 'one number of outputs', `${outputs} and ${others}`, fix);
  }
  const given = options.inputs ?? randomInputs(where, inputDim, options, first, second);
  const inputs = toMatrices(where, 'inputs', given, { columns: inputDim });
  if (inputs.length === 0) {
    throw new EquivalenceError(where, 'at least one sequence', 'none', 'Pass inputs or an inputBound.');
  }
  let worst = { largestGap: -1, sequence: 0, step: 0, output: 0 };
  let largestOutput = 0;
  for (const [sequence, x] of inputs.entries()) {
    for (const model of checkInputs ? [first, second] : []) {
      if (model.inputBound !== undefined) checkInputsWithin(where, x, model);
    }
    const z = outputsOf(where, b, x);
    for (const [step, y] of outputsOf(where, a, x).entries()) {
      for (const [output, value] of y.entries()) {
        const gap = Math.abs(value - z[step]![output]!);
        largestOutput = Math.max(largestOutput, Math.abs(value), Math.abs(z[step]![output]!));
        if (gap > worst.largestGap) worst = { largestGap: gap, sequence, step, output };
      }
    }
  }
  return { ...worst, largestOutput };
}

function randomInputs(
  where: string,
  inputDim: number,
  { inputBound, inputNorm, sequences = 10, steps = 100, seed = 1 }: ComparisonOptions,
  ...models: Partial<InputBounded>[]
): number[][][] {
  const carrier = models.find((model) => model.inputBound !== undefined);
  const bound = inputBound ?? carrier?.inputBound;
  if (bound === undefined) {
    const fix = 'Pass inputs, or the inputBound of random ones.';
    throw new EquivalenceError(where, 'inputs or an inputBound', 'neither', fix);
  }
  const norm = inputNorm ?? (inputBound === undefined ? carrier?.inputNorm : undefined) ?? 'infinity';
  checkBound(where, { inputBound: bound, inputNorm: norm });
  checkCounts(where, { sequences, steps });
  checkNumber(where, 'seed', seed, { integer: true });
  const draw = generator(seed);
  const inBox = (edge: boolean) =>
    Array.from({ length: inputDim }, () => {
      const u = 2 * draw.uniform() - 1;
      return bound * (edge ? (u < 0 ? -1 : 1) : u);
    });
  const inBall = (edge: boolean) => {
    const direction = Array.from({ length: inputDim }, draw.normal);
    const radius = bound * (edge ? 1 : draw.uniform() ** (1 / inputDim));
    const length = Math.hypot(...direction);
    return direction.map((entry) => (radius * entry) / length);
  };
  const one = norm === '2' ? inBall : inBox;
  return Array.from({ length: sequences }, (_, s) => Array.from({ length: steps }, () => one(s % 2 === 1)));
}
