import { described } from '@hurwitz/input';
import {
  add,
  cast,
  concat,
  customGrad,
  div,
  engine,
  exp,
  fused,
  type GradSaveFunc,
  gather,
  log,
  matMul,
  max,
  mean,
  mul,
  oneHot,
  ones,
  reshape,
  type Scalar,
  scatterND,
  slice,
  softmax,
  sub,
  sum,
  Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import { CellError } from './errors.js';
import { checkCount, checkOptions } from './options.js';

/** The readout of {@link linearCrossEntropy}: the weights of a `tf.layers.dense`. */
export interface LinearCrossEntropyOptions {
  /** [units, classes] */
  kernel: Tensor2D;
  /** [classes]; zero when absent. */
  bias?: Tensor1D;
  /** Logits that exist at a time, as a number of floats; at least one row of them. */
  blockSize?: number;
}

/**
 * The mean cross-entropy, in nats, of the classes that a linear readout gives to some states:
 * mean_i (log Σ_j exp z_ij - z_i,label(i)) with z = states · kernel + bias. For many classes, such as the words of a language:
 * only a block of the logits exists at a time, in the gradient too, and it never overflows.
 *
 * Under one gradient, that gradient is computed along the way, so the products are done three times in all and none of
 * them is transposed, which the WebAssembly backend of tfjs does ten times as slowly. Under nested gradients it is plain
 * tfjs operations on all logits at once.
 *
 * @param states [rows, units]: steps of all sequences together.
 * @param labels [rows], int32: the class of each row. Read back to be checked.
 * @throws {@link CellError} where a shape or type does not fit, or a label is no class.
 */
export function linearCrossEntropy(
  states: Tensor2D,
  labels: Tensor1D,
  options: LinearCrossEntropyOptions,
): Scalar {
  checkOptions(where, options, { kernel: true, bias: true, blockSize: true });
  const { kernel, bias, blockSize = 2 ** 22 } = options;
  checkInput({ states, labels, kernel, bias });
  checkCount(where, 'blockSize', blockSize);
  return tidy(() => {
    const b = bias ?? (zeros([kernel.shape[1]]) as Tensor1D);
    if (engine().state.gradientDepth > 1) return unblocked({ states, labels, kernel, bias: b });
    const rows = Math.max(1, Math.floor(blockSize / kernel.shape[1]));
    const withGradient = engine().state.gradientDepth > 0;
    const loss = customGrad((x, k, offset, save) => {
      const readout = { states: x, labels, kernel: k, bias: offset } as Readout;
      const { value, gradient } = blocked(readout, { rows, withGradient });
      (save as GradSaveFunc)(gradient);
      return { value, gradFunc: (dy: Tensor, saved: Tensor[]) => saved.map((each) => mul(each, dy)) };
    });
    return loss(states, kernel, b) as Scalar;
  });
}

const where = 'linearCrossEntropy';

interface Readout {
  states: Tensor2D;
  labels: Tensor1D;
  kernel: Tensor2D;
  bias: Tensor1D;
}

/** The loss and, if wanted, its gradient by states, kernel and bias. */
function blocked(
  { states, labels, kernel, bias }: Readout,
  { rows, withGradient }: { rows: number; withGradient: boolean },
): { value: Scalar; gradient: Tensor[] } {
  const [count, units] = states.shape;
  const kernelT = transpose(kernel);
  const ofLabels = gather(kernelT, labels);
  const chosen = add(sum(mul(states, ofLabels), 1), gather(bias, labels));
  const normalisers: Tensor[] = [];
  const pulled: Tensor[] = [];
  let spread: Tensor2D | undefined;
  for (let from = 0; from < count; from += rows) {
    const part = slice(states, [from, 0], [Math.min(rows, count - from), units]);
    const [normaliser, back, outer] = tidy(() => {
      const logits = fused.matMul({ a: part, b: kernel, bias }) as Tensor2D;
      const p = softmax(logits) as Tensor2D;
      // The largest probability is exp(0)/Σ: it gives the sum back without another exponential of every logit.
      const each = sub(max(logits, 1), log(max(p, 1)));
      if (!withGradient) return [each];
      return [each, matMul(p, kernelT), plus(spread, matMul(transpose(withOnes(part)), p))];
    });
    normalisers.push(normaliser!);
    if (!withGradient) continue;
    pulled.push(back!);
    spread?.dispose();
    spread = outer as Tensor2D;
  }
  const value = mean(sub(concat(normalisers), chosen)) as Scalar;
  if (spread === undefined) return { value, gradient: [] };
  const byStates = div(sub(concat(pulled), ofLabels), count);
  const taken = scatterND(reshape(labels, [count, 1]), withOnes(states), [kernel.shape[1], units + 1]);
  const byReadout = div(sub(spread, transpose(taken)), count) as Tensor2D;
  const byBias = reshape(slice(byReadout, [units, 0]), bias.shape);
  return { value, gradient: [byStates, slice(byReadout, [0, 0], [units, -1]), byBias] };
}

/** A further unit that is always 1, whose row of the readout is the bias. */
const withOnes = (x: Tensor2D): Tensor2D => concat([x, ones([x.shape[0], 1])], 1) as Tensor2D;

const plus = (sumSoFar: Tensor2D | undefined, next: Tensor): Tensor =>
  sumSoFar === undefined ? next : add(sumSoFar, next);

function unblocked({ states, labels, kernel, bias }: Readout): Scalar {
  const chosen = cast(oneHot(labels, kernel.shape[1]), 'float32');
  const logits = add(matMul(states, kernel), bias);
  // Any shift leaves the result as it is, so this one is a constant: tfjs cannot differentiate a maximum twice.
  const shift = customGrad((z) => ({
    value: max(z as Tensor, 1, true),
    gradFunc: () => zeros(logits.shape),
  }));
  const shifted = sub(logits, shift(logits));
  return mean(sub(log(sum(exp(shifted), 1)), sum(mul(shifted, chosen), 1))) as Scalar;
}

function checkInput({ states, labels, kernel, bias }: Omit<Readout, 'bias'> & { bias?: Tensor1D }): void {
  const fail = (expected: string, got: string, fix: string): never => {
    throw new CellError(where, expected, got, fix);
  };
  for (const [name, value] of Object.entries({
    states,
    labels,
    kernel,
    ...(bias !== undefined && { bias }),
  })) {
    if (value instanceof Tensor && !value.isDisposed) continue;
    const got = value instanceof Tensor ? 'a tensor that was disposed of' : described(value);
    fail(`a tensor ${name}`, got, 'Pass a tensor of TensorFlow.js.');
  }
  const shape = (tensor: Tensor): string => `[${tensor.shape}]`;
  const [rows, units] = states.shape;
  const [inputs, classes] = kernel.shape;
  if (states.rank !== 2 || kernel.rank !== 2 || units !== inputs || rows === 0) {
    const got = `${shape(states)} and ${shape(kernel)}`;
    fail('states [rows, units] and a kernel [units, classes]', got, 'Fold batch and time into one axis.');
  }
  if (bias !== undefined && (bias.rank !== 1 || bias.shape[0] !== classes)) {
    fail(`a bias [${classes}], one number a class`, shape(bias), 'Pass the bias of the same readout.');
  }
  if (labels.dtype !== 'int32' || labels.rank !== 1 || labels.shape[0] !== rows) {
    const got = `${labels.dtype} ${shape(labels)}`;
    fail(`labels [${rows}] in int32, one a row`, got, "Make them with tf.tensor1d(values, 'int32').");
  }
  const wrong = labels.dataSync().find((label) => label < 0 || label >= classes);
  if (wrong === undefined) return;
  fail(`labels from 0 to ${classes - 1}`, String(wrong), 'Use a readout with a class for every label.');
}
