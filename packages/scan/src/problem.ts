import type { Tensor } from '@tensorflow/tfjs-core';
import {
  checkedCellActivations,
  checkedStep,
  checkGate,
  checkOptions,
  checkTensor,
  refuse,
} from './checks.js';
import type { Activation, LSTMSpec, RecurrenceInputs, RecurrenceSpec } from './spec.js';

/** Every tensor that a recurrence can depend on, by name. */
export const tensorNames = [
  'inputs',
  'kernel',
  'W',
  'A',
  'bias',
  'gateKernel',
  'gateBias',
  'recurrentKernel',
  'initialH',
  'initialC',
  'mask',
] as const;

export type TensorName = (typeof tensorNames)[number];

/** What a recurrence is besides its tensors: plain data, every default filled in. */
export type RecurrenceAttributes = {
  units: number;
  batch: number;
  time: number;
  inputDim: number;
  /** The inputs are integer tokens that select rows of the kernels. */
  tokens: boolean;
  goBackwards: boolean;
  returnSequences: boolean;
} & (
  | {
      family: 'dynamical';
      carry: 0 | 1;
      epsilon: number;
      activation: Activation;
      /** The tableau without the stages that the step does not depend on; of a step of size 0 there are none. */
      a: number[][];
      b: number[];
    }
  | { family: 'lstm' | 'gru'; activation: CellActivation; recurrentActivation: 'sigmoid' | 'hardSigmoid' }
);

export type CellActivation = Exclude<Activation, 'modrelu'>;

/** A checked recurrence in its normal form, the one thing that implementations read. */
export interface RecurrenceProblem {
  attributes: RecurrenceAttributes;
  /** Only those present; `initialH`, `initialC` absent mean zeros. */
  tensors: Partial<Record<TensorName, Tensor>> & { inputs: Tensor; kernel: Tensor };
}

/** What the user calls a tensor, where it is not its own name. */
const PUBLIC_NAMES: Partial<Record<TensorName, string>> = {
  gateKernel: 'gate.kernel',
  gateBias: 'gate.bias',
  initialH: 'initialState',
  initialC: 'initialState[1]',
};

/** Checks a specification against its inputs, fills in the defaults and names the tensors. */
export function resolveProblem(inputs: RecurrenceInputs, spec: RecurrenceSpec): RecurrenceProblem {
  checkTensor('of inputs', inputs);
  checkOptions(spec);
  const tokens = inputs.rank === 2 && inputs.dtype === 'int32';
  if (!tokens && !(inputs.rank === 3 && inputs.dtype === 'float32')) {
    refuse(
      'float32 inputs [batch, time, inputDim] or int32 tokens [batch, time]',
      inputs,
      'Reshape or cast the inputs.',
    );
  }
  const [batch, time] = inputs.shape as [number, number];
  if (batch < 1 || time < 1) {
    refuse('at least one sequence and one time step', inputs, 'Pass a non-empty batch.');
  }
  const cell = spec.family === 'lstm' || spec.family === 'gru';
  const matrix = cell ? spec.recurrentKernel : spec.W;
  checkTensor(`${cell ? 'recurrentKernel' : 'W'}, the recurrent matrix`, matrix);
  checkTensor('kernel', spec.kernel);
  const units = matrix.shape[0] ?? 0;
  if (units < 1) refuse('a recurrent matrix of at least one unit', matrix, 'Its first size is the units.');
  const inputDim = tokens ? (spec.kernel.shape[0] ?? 0) : (inputs.shape[2] as number);
  const tensors: Partial<Record<TensorName, Tensor>> = { inputs };
  const take = (name: TensorName, tensor: Tensor | undefined | null, shape: number[]) => {
    if (tensor == null) return;
    const known = PUBLIC_NAMES[name] ?? name;
    checkTensor(`${known} of shape [${shape}]`, tensor);
    const types = name === 'mask' ? ['bool', 'int32', 'float32'] : ['float32'];
    if (!types.includes(tensor.dtype) || tensor.shape.join() !== shape.join()) {
      refuse(
        `${known} of shape [${shape}] in ${types.join(', ')}`,
        tensor,
        `The inputs have shape [${inputs.shape}] and the recurrent matrix has ${units} units.`,
      );
    }
    tensors[name] = tensor;
  };
  const shared = {
    units,
    batch,
    time,
    inputDim,
    tokens,
    goBackwards: spec.goBackwards ?? false,
    returnSequences: spec.returnSequences ?? true,
  };
  take('mask', spec.mask, [batch, time]);
  let attributes: RecurrenceAttributes;
  if (spec.family === 'lstm' || spec.family === 'gru') {
    const gates = spec.family === 'lstm' ? 4 : 3;
    take('kernel', spec.kernel, [inputDim, gates * units]);
    take('recurrentKernel', spec.recurrentKernel, [units, gates * units]);
    take('bias', spec.bias, [gates * units]);
    const [h, c] = spec.family === 'lstm' ? statePair(spec.initialState) : [spec.initialState, undefined];
    take('initialH', h, [batch, units]);
    take('initialC', c, [batch, units]);
    attributes = { ...shared, family: spec.family, ...checkedCellActivations(spec) };
  } else {
    take('kernel', spec.kernel, [inputDim, units]);
    take('W', spec.W, [units, units]);
    take('A', spec.A, [units, units]);
    take('bias', spec.bias, [units]);
    if (spec.gate != null) {
      checkGate(spec.gate);
      checkTensor('gate.kernel', spec.gate.kernel);
      checkTensor('gate.bias', spec.gate.bias);
      take('gateKernel', spec.gate.kernel, [inputDim, units]);
      take('gateBias', spec.gate.bias, [units]);
    }
    take('initialH', spec.initialState, [batch, units]);
    attributes = { ...shared, family: 'dynamical', ...checkedStep(spec) };
  }
  return { attributes, tensors: tensors as RecurrenceProblem['tensors'] };
}

/** The initial h and c of an LSTM. */
function statePair(pair: LSTMSpec['initialState']): [Tensor?, Tensor?] {
  if (pair == null) return [];
  if (!Array.isArray(pair) || pair.length !== 2) {
    refuse('initialState [h, c]', pair, 'An LSTM starts from both: pass its finalState as it is.');
  }
  return pair;
}
