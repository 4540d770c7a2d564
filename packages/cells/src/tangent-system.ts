import type { Activation, CellActivation } from '@hurwitz/scan';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { type LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { DynamicalCell } from './dynamical-cell.js';
import { CellError, NotBuiltError } from './errors.js';
import { checkName } from './options.js';
import { dynamicalTangent } from './tangent/dynamical.js';
import { type GatedParts, gruTangent, lstmTangent } from './tangent/gated.js';
import { type Rows, rowsOf } from './tangent/matrix.js';
import type { RawSystem, TangentSystem } from './tangent/system.js';

const WHERE = 'tangentSystem';
const ACTIVATIONS: readonly (CellActivation | 'hardSigmoid')[] = [
  'tanh',
  'relu',
  'linear',
  'sigmoid',
  'hardSigmoid',
];

/** The members of tf.layers' own cells that are read here. */
interface KerasCell {
  units: number;
  useBias: boolean;
  kernel: LayerVariable;
  recurrentKernel: LayerVariable;
  bias: LayerVariable | null;
  activation: { getClassName(): string };
  recurrentActivation: { getClassName(): string };
}

export interface TangentSystemOptions {
  /** For an LSTM: `'with-cell'` gives the Jacobian of [h, c], `'only'` that of h at fixed c, as some papers use. */
  hidden?: 'with-cell' | 'only';
}

/**
 * A recurrent layer as a map of its state with the exact Jacobian, in float64, for Lyapunov exponents and stability checks.
 *
 * Takes every layer and cell of this package, and tf.layers' SimpleRNN, LSTM and GRU. The state is h [units], for LSTM
 * [h, c]. The weights are read once: after more training, make it again. Row i of the Jacobian holds the derivatives of
 * the next state's entry i. At a kink of relu, hardSigmoid or modReLU the derivative from the flat side is taken.
 *
 * @throws {@link CellError} for another kind of layer or an activation without a known derivative,
 *   {@link NotBuiltError} before the layer has weights. `step` and `jacobian` throw {@link CellError} for a state or
 *   an input of another length.
 */
export function tangentSystem(
  layer: layers.Layer,
  { hidden = 'with-cell' }: TangentSystemOptions = {},
): TangentSystem {
  checkName(WHERE, 'hidden', hidden, ['with-cell', 'only'] as const);
  return checked(systemOf(layer, hidden === 'only'));
}

function systemOf(layer: layers.Layer, frozenCell: boolean): RawSystem {
  const cell = layer instanceof layers.RNN ? layer.cell : layer;
  if (cell instanceof DynamicalCell) return ofDynamicalCell(cell);
  const kind = cell?.getClassName?.();
  const keras = cell as unknown as KerasCell;
  if (kind === 'SimpleRNNCell') return ofSimpleRNN(keras);
  if (kind === 'LSTMCell') return lstmTangent(gatedParts(keras, 4), frozenCell);
  if (kind === 'GRUCell') return gruTangent(gatedParts(keras, 3));
  throw new CellError(
    WHERE,
    'a layer or cell of @hurwitz/cells, or a SimpleRNN, LSTM or GRU of tf.layers',
    String(kind ?? layer),
    'Bidirectional and stacked layers are several systems: pass one of them.',
  );
}

/** With arguments of the wrong length refused, which would otherwise come out as NaN. */
function checked({
  stateSize,
  tangentSize = stateSize,
  inputSize,
  step,
  jacobian,
}: RawSystem): TangentSystem {
  const check = (state: ArrayLike<number>, input: ArrayLike<number>): void => {
    checkLength('a state', { value: state, size: stateSize, fix: 'An LSTM has the state [h, c].' });
    checkLength('an input', {
      value: input,
      size: inputSize,
      fix: 'Give one vector of inputs for each step.',
    });
  };
  return {
    dimension: stateSize,
    tangentDimension: tangentSize,
    stateSize,
    inputSize,
    step(state, input) {
      check(state, input);
      return step(state, input);
    },
    jacobian(state, input) {
      check(state, input);
      return jacobian(state, input);
    },
  };
}

function checkLength(
  name: string,
  { value, size, fix }: { value: ArrayLike<number> | undefined; size: number; fix: string },
): void {
  if (value?.length === size) return;
  throw new CellError(WHERE, `${name} of ${size} numbers`, String(value?.length), fix);
}

function ofDynamicalCell(cell: DynamicalCell): RawSystem {
  let system!: RawSystem;
  tidy(() => {
    const { W, A, kernel, bias, gate } = cell.recurrenceSpec();
    const { carry, epsilon, activation } = cell.member;
    const { a, b } = cell.tableau;
    system = dynamicalTangent({
      carry,
      epsilon,
      activation,
      a,
      b,
      W: rows(W),
      A: A && rows(A),
      U: rows(kernel, true),
      // A modReLU without a threshold is the identity, so zero serves it as well.
      bias: values(bias, cell.units),
      gate: gate && { U: rows(gate.kernel, true), bias: gate.bias.dataSync() },
    });
  });
  return system;
}

/** tf.layers' SimpleRNN is the vanilla member with W the transpose of its recurrent kernel. */
function ofSimpleRNN(cell: KerasCell): RawSystem {
  const { kernel, recurrentKernel, bias } = weightsOf(cell);
  return dynamicalTangent({
    carry: 0,
    epsilon: 1,
    activation: activationOf(cell.activation) as Activation | 'hardSigmoid',
    a: [[]],
    b: [1],
    W: rows(recurrentKernel, true),
    U: rows(kernel, true),
    bias: values(bias, cell.units),
  });
}

function gatedParts(cell: KerasCell, gates: number): GatedParts {
  const { kernel, recurrentKernel, bias } = weightsOf(cell);
  const { units } = cell;
  const byGate = <T>(all: { slice(from: number, to: number): T }): T[] =>
    Array.from({ length: gates }, (_, k) => all.slice(k * units, (k + 1) * units));
  return {
    U: byGate(rows(kernel, true)),
    W: byGate(rows(recurrentKernel, true)),
    bias: byGate(values(bias, gates * units)),
    activation: activationOf(cell.activation),
    recurrentActivation: activationOf(cell.recurrentActivation),
  };
}

function weightsOf({ kernel, recurrentKernel, bias }: KerasCell) {
  if (!kernel || !recurrentKernel) throw new NotBuiltError(WHERE);
  return { kernel: kernel.read(), recurrentKernel: recurrentKernel.read(), bias: bias?.read() };
}

function activationOf(activation: { getClassName(): string }): CellActivation | 'hardSigmoid' {
  const name = activation.getClassName();
  checkName(WHERE, 'the activation', name, ACTIVATIONS);
  return name;
}

const rows = (matrix: Tensor, transposed = false): Rows =>
  rowsOf(matrix.dataSync(), matrix.shape, transposed);

const values = (vector: Tensor | undefined, size: number): Float64Array =>
  vector ? Float64Array.from(vector.dataSync()) : new Float64Array(size);
