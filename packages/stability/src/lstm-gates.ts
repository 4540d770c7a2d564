import { StabilityError } from './errors.js';
import { type MatrixLike, toMatrix, toVector, type VectorLike } from './matrix.js';

/** How a gate saturates: its value, the value's distance from 1, its inverse, and its largest slope. */
interface GateFunction {
  value(x: number): number;
  complement(x: number): number;
  inverse(y: number): number;
  readonly slope: number;
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const hard = (x: number): number => Math.max(0, Math.min(1, 0.2 * x + 0.5));

/** The gate functions of tf.layers: the logistic function, and its piecewise linear stand-in. */
export const gateFunctions = {
  sigmoid: {
    value: logistic,
    complement: (x) => logistic(-x),
    inverse: (y) => Math.log(y / (1 - y)),
    slope: 0.25,
  },
  hardSigmoid: { value: hard, complement: (x) => hard(-x), inverse: (y) => (y - 0.5) / 0.2, slope: 0.2 },
} as const satisfies Record<string, GateFunction>;

/** A name in `gateFunctions`. */
export type GateActivation = keyof typeof gateFunctions;

/** The gate function meant. */
export function toGateFunction(where: string, name: GateActivation): GateFunction {
  if (Object.hasOwn(gateFunctions, name)) return gateFunctions[name];
  const names = Object.keys(gateFunctions).join(' or ');
  throw new StabilityError(
    where,
    `recurrentActivation to be ${names}`,
    String(name),
    'Other gates are not covered.',
  );
}

/** LSTM weights as tf.layers stores them: gates in the order i, f, c, o along the columns. */
export interface LSTMWeights {
  /** [inputs, 4·units] */
  readonly kernel: MatrixLike;
  /** [units, 4·units] */
  readonly recurrentKernel: MatrixLike;
  /** [4·units]; zero when absent. */
  readonly bias?: VectorLike;
  /** The layer's `recurrentActivation`. tf.layers' own default is 'hardSigmoid'. */
  readonly recurrentActivation?: GateActivation;
}

/** Names of `LSTMWeights`. */
export const lstmOptions = {
  kernel: true,
  recurrentKernel: true,
  bias: true,
  recurrentActivation: true,
} as const;

/** One gate in the papers' convention: pre-activation W h + U x + b. */
export interface Gate {
  /** units x units */
  readonly W: number[][];
  /** units x inputs */
  readonly U: number[][];
  readonly b: number[];
}

/** The four gates, by their tf.layers letters; c is the candidate (the papers' z or g). */
export type Gates = Readonly<Record<'i' | 'f' | 'c' | 'o', Gate>>;

/** Splits tf.layers weights into gates and turns them to the papers' convention. */
export function splitGates(
  where: string,
  { kernel, recurrentKernel, bias }: Omit<LSTMWeights, 'recurrentActivation'>,
): Gates {
  const K = toMatrix(where, 'kernel', kernel);
  const R = toMatrix(where, 'recurrentKernel', recurrentKernel);
  const n = R.rows;
  if (R.columns !== 4 * n || K.columns !== 4 * n) {
    const got = `kernel [${K.rows}, ${K.columns}] and recurrentKernel [${R.rows}, ${R.columns}]`;
    const fix = 'Pass the weights of a tf.layers LSTM as they are.';
    throw new StabilityError(
      where,
      'kernel [inputs, 4·units] and recurrentKernel [units, 4·units]',
      got,
      fix,
    );
  }
  const b = bias === undefined ? new Float64Array(4 * n) : toVector(where, 'bias', bias, 4 * n);
  const gate = (index: number): Gate => ({
    W: R.subMatrix(0, n - 1, index * n, (index + 1) * n - 1)
      .transpose()
      .to2DArray(),
    U: K.subMatrix(0, K.rows - 1, index * n, (index + 1) * n - 1)
      .transpose()
      .to2DArray(),
    b: Array.from(b.subarray(index * n, (index + 1) * n)),
  });
  return { i: gate(0), f: gate(1), c: gate(2), o: gate(3) };
}
