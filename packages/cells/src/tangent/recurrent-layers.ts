import { type Rows, rowsOf } from '@hurwitz/network';
import type { Tensor } from '@tensorflow/tfjs-core';
import { tidy } from '@tensorflow/tfjs-core';
import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { DynamicalCell } from '../dynamical-cell.js';
import { CellError, NotBuiltError, UnsupportedLayerError } from '../errors.js';
import { dynamicalMap } from './dynamical.js';
import { gruMap } from './gru.js';
import { lstmMap } from './lstm.js';
import type { GatedParts } from './parts.js';
import { activationOf } from './read-activation.js';
import type { RecurrentMap } from './system.js';

const WHERE = 'tangentSystem';

const accepted =
  'a recurrent layer or cell of @hurwitz/cells, or a SimpleRNN, LSTM or GRU of tf.layers, or a model of them';

type Layer = layers.Layer;

/** The members of tf.layers' own cells that are read here. */
interface KerasCell extends Layer {
  units: number;
  kernel: LayerVariable;
  recurrentKernel: LayerVariable;
  bias: LayerVariable | null;
  activation: { getClassName(): string };
  recurrentActivation: { getClassName(): string };
}

/** What a cell is read with. */
interface Reading {
  /** Of the layer, for messages. */
  name: string;
  /** Tangents of h alone, at a fixed LSTM cell. */
  frozenCell: boolean;
  /** Whether the layer reads tokens. */
  tokens: boolean;
}

const kerasCells: Record<string, (cell: KerasCell, reading: Reading) => RecurrentMap> = {
  SimpleRNNCell: simpleRNN,
  LSTMCell: (cell, reading) => lstmMap(gatedParts(cell, 4, reading), reading.frozenCell),
  GRUCell: (cell, reading) => gruMap(gatedParts(cell, 3, reading)),
};

/** Told by what it has and not by its class, so that two copies of tfjs-layers do not matter. */
const cellOf = (layer: Layer): Layer | undefined => (layer as { cell?: Layer }).cell;

/** Whether a layer carries a state from step to step, whether or not its tangent is known. */
export function isRecurrent(layer: Layer): boolean {
  return cellOf(layer) !== undefined || 'stateSize' in layer || layer.getClassName() === 'Bidirectional';
}

/**
 * The maps of a recurrent layer, or of a cell alone, in the order of the data: one, or several for stacked cells.
 *
 * @throws UnsupportedLayerError when it is not recurrent or of an unknown kind, NotBuiltError without weights.
 */
export function recurrentMaps(
  layer: Layer | undefined,
  { frozenCell }: Pick<Reading, 'frozenCell'>,
): RecurrentMap[] {
  if (!layer?.getClassName) throw new CellError(WHERE, accepted, String(layer), 'Pass the layer itself.');
  const cell = cellOf(layer) ?? layer;
  const stacked = (cell as { cells?: Layer[] }).cells;
  if (stacked) return stacked.flatMap((each) => recurrentMaps(each, { frozenCell }));
  const tokens = (layer as { vocabularySize?: number }).vocabularySize !== undefined;
  if (cell instanceof DynamicalCell) return [ofDynamicalCell(cell, tokens)];
  const reader = kerasCells[cell.getClassName()];
  if (reader) return [reader(cell as KerasCell, { name: layer.name, frozenCell, tokens })];
  throw new UnsupportedLayerError(
    WHERE,
    accepted,
    { name: layer.name, className: layer.getClassName() },
    advice(layer),
  );
}

function advice(layer: Layer): string {
  const kind = layer.getClassName();
  if (kind === 'Bidirectional') {
    return 'It is two systems, one of which runs against time: pass its forwardLayer or its backwardLayer.';
  }
  if (kind.startsWith('Conv')) return 'Convolutional recurrences are not covered.';
  return cellOf(layer)
    ? `The cell ${cellOf(layer)!.getClassName()} is not known here: write { step, jacobian } for lyapunovSpectrum yourself.`
    : 'It has no state of its own: pass a recurrent layer, or the whole model.';
}

function ofDynamicalCell(cell: DynamicalCell, tokens: boolean): RecurrentMap {
  let map!: RecurrentMap;
  tidy(() => {
    const { W, A, kernel, bias, gate } = cell.recurrenceSpec();
    const { carry, epsilon, activation } = cell.member;
    const { a, b } = cell.tableau;
    map = dynamicalMap({
      carry,
      epsilon,
      activation,
      a,
      b,
      W: rows(W),
      A: A && rows(A),
      input: { U: rows(kernel, true), tokens },
      // A modReLU without a threshold is the identity, so zero serves it as well.
      bias: values(bias, cell.units),
      gate: gate && { U: rows(gate.kernel, true), bias: gate.bias.dataSync() },
    });
  });
  return map;
}

/** tf.layers' SimpleRNN is the vanilla member with W the transpose of its recurrent kernel. */
function simpleRNN(cell: KerasCell, { name, tokens }: Reading): RecurrentMap {
  const { kernel, recurrentKernel, bias } = weightsOf(cell);
  return dynamicalMap({
    carry: 0,
    epsilon: 1,
    activation: activationOf(cell.activation, name),
    a: [[]],
    b: [1],
    W: rows(recurrentKernel, true),
    input: { U: rows(kernel, true), tokens },
    bias: values(bias, cell.units),
  });
}

function gatedParts(cell: KerasCell, gates: number, { name, tokens }: Reading): GatedParts {
  const { kernel, recurrentKernel, bias } = weightsOf(cell);
  const { units } = cell;
  const byGate = <T>(all: { slice(from: number, to: number): T }): T[] =>
    Array.from({ length: gates }, (_, k) => all.slice(k * units, (k + 1) * units));
  return {
    U: byGate(rows(kernel, true)),
    W: byGate(rows(recurrentKernel, true)),
    bias: byGate(values(bias, gates * units)),
    activation: activationOf(cell.activation, name),
    recurrentActivation: activationOf(cell.recurrentActivation, name),
    tokens,
  };
}

function weightsOf({ kernel, recurrentKernel, bias }: KerasCell) {
  if (!kernel || !recurrentKernel) throw new NotBuiltError(WHERE);
  return { kernel: kernel.read(), recurrentKernel: recurrentKernel.read(), bias: bias?.read() };
}

const rows = (matrix: Tensor, transposed = false): Rows =>
  rowsOf(matrix.dataSync(), matrix.shape, transposed);

const values = (vector: Tensor | undefined, size: number): Float64Array =>
  vector ? Float64Array.from(vector.dataSync()) : new Float64Array(size);
