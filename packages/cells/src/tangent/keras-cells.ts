import { type AnyFamily, families } from '@hurwitz/scan';
import { transpose } from '@tensorflow/tfjs-core';
import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { NotBuiltError } from '../errors.js';
import { activationOf } from './read-activation.js';
import type { Reading, Recurrence } from './recurrence.js';

/** The members of tf.layers' own cells that are read here. */
interface KerasCell extends layers.Layer {
  units: number;
  kernel: LayerVariable;
  recurrentKernel: LayerVariable;
  bias: LayerVariable | null;
  activation: { getClassName(): string };
  recurrentActivation: { getClassName(): string };
}

type Named = KerasCell['activation'];

/** tf.layers' cells as members of the families, by their class names. */
const readers: Record<string, (cell: KerasCell, activation: (of: Named) => string) => Recurrence> = {
  // The vanilla member with W the transpose of the recurrent kernel.
  SimpleRNNCell: (cell, activation) => {
    const { recurrentKernel, ...tensors } = weightsOf(cell);
    return {
      family: families.dynamical,
      attributes: {
        ...sizesOf(cell),
        carry: 0,
        epsilon: 1,
        a: [[]],
        b: [1],
        activation: activation(cell.activation),
      },
      tensors: { ...tensors, W: transpose(recurrentKernel) },
    };
  },
  LSTMCell: (cell, activation) => gated(families.lstm, cell, activation),
  GRUCell: (cell, activation) => gated(families.gru, cell, activation),
};

/** What reads a cell of tf.layers, if it is one; told by its class name, so that two copies of tfjs-layers do not matter. */
export function kerasReader(
  cell: layers.Layer,
  layerName: string,
  { where, called, activations }: Reading,
): (() => Recurrence) | undefined {
  const reader = readers[cell.getClassName()];
  if (reader === undefined) return undefined;
  return () => {
    if (!(cell as KerasCell).kernel) throw new NotBuiltError(where);
    return reader(cell as KerasCell, (of) =>
      activationOf(of, { where, called: called(layerName), known: activations }),
    );
  };
}

function gated(family: AnyFamily, cell: KerasCell, activation: (of: Named) => string): Recurrence {
  return {
    family,
    attributes: {
      ...sizesOf(cell),
      activation: activation(cell.activation),
      recurrentActivation: activation(cell.recurrentActivation),
    },
    tensors: weightsOf(cell),
  };
}

const sizesOf = ({ units, kernel }: KerasCell) => ({ units, inputDim: kernel.shape[0]! });

const weightsOf = ({ kernel, recurrentKernel, bias }: KerasCell) => ({
  kernel: kernel.read(),
  recurrentKernel: recurrentKernel.read(),
  bias: bias?.read(),
});
