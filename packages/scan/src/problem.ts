import type { Tableau } from '@hurwitz/integrators';
import type { Tensor } from '@tensorflow/tfjs-core';
import { RecurrenceError } from './errors.js';
import type { Activation, DynamicalSpec, RecurrenceInputs, RecurrenceSpec } from './spec.js';

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
  | { family: 'dynamical'; carry: 0 | 1; epsilon: number; activation: Activation; a: number[][]; b: number[] }
  | { family: 'lstm' | 'gru'; activation: CellActivation; recurrentActivation: 'sigmoid' | 'hardSigmoid' }
);

export type CellActivation = Exclude<Activation, 'modrelu'>;

/** A checked recurrence in its normal form, the one thing that implementations read. */
export interface RecurrenceProblem {
  attributes: RecurrenceAttributes;
  /** Only those present; `initialH`, `initialC` absent mean zeros. */
  tensors: Partial<Record<TensorName, Tensor>> & { inputs: Tensor; kernel: Tensor };
}

const EULER: Pick<Tableau, 'a' | 'b'> = { a: [[]], b: [1] };
const ACTIVATIONS: readonly string[] = ['tanh', 'relu', 'linear', 'sigmoid', 'modrelu'];
const RECURRENT_ACTIVATIONS: readonly string[] = ['sigmoid', 'hardSigmoid'];

function refuse(expected: string, got: unknown, fix: string): never {
  throw new RecurrenceError('recurrence', expected, String(got), fix);
}

/** Checks a specification against its inputs, fills in the defaults and names the tensors. */
export function resolveProblem(inputs: RecurrenceInputs, spec: RecurrenceSpec): RecurrenceProblem {
  const tokens = inputs.rank === 2 && inputs.dtype === 'int32';
  if (!tokens && !(inputs.rank === 3 && inputs.dtype === 'float32')) {
    refuse(
      'float32 inputs [batch, time, inputDim] or int32 tokens [batch, time]',
      `${inputs.dtype} of shape [${inputs.shape}]`,
      'Reshape or cast the inputs.',
    );
  }
  const [batch, time] = inputs.shape as [number, number];
  if (batch < 1 || time < 1) {
    refuse('at least one sequence and one time step', `shape [${inputs.shape}]`, 'Pass a non-empty batch.');
  }
  const family = spec.family ?? 'dynamical';
  const matrix = spec.family === 'lstm' || spec.family === 'gru' ? spec.recurrentKernel : spec.W;
  if (matrix?.shape[0] === undefined) {
    refuse(
      `a recurrent matrix ${spec.family === undefined || spec.family === 'dynamical' ? 'W' : 'recurrentKernel'}`,
      matrix,
      'Pass it in the spec.',
    );
  }
  const units = matrix.shape[0];
  const inputDim = tokens ? (spec.kernel?.shape[0] ?? 0) : (inputs.shape[2] as number);
  const tensors: Partial<Record<TensorName, Tensor>> = { inputs };
  const take = (name: TensorName, tensor: Tensor | undefined | null, shape: number[]) => {
    if (tensor == null) return;
    if (tensor.shape.join() !== shape.join() || (name !== 'mask' && tensor.dtype !== 'float32')) {
      refuse(
        `${name} of shape [${shape}]${name === 'mask' ? '' : ' in float32'}`,
        `${tensor.dtype} of shape [${tensor.shape}]`,
        `The inputs have shape [${inputs.shape}] and the recurrent matrix has ${units} units.`,
      );
    }
    tensors[name] = tensor;
  };
  const require = (name: TensorName, tensor: Tensor | undefined | null, shape: number[]) => {
    if (tensor == null) refuse(`a tensor ${name} of shape [${shape}]`, tensor, `Pass ${name} in the spec.`);
    take(name, tensor, shape);
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
    require('kernel', spec.kernel, [inputDim, gates * units]);
    require('recurrentKernel', spec.recurrentKernel, [units, gates * units]);
    take('bias', spec.bias, [gates * units]);
    const [h, c] =
      spec.family === 'lstm'
        ? (spec.initialState ?? [])
        : [spec.initialState as Tensor | undefined, undefined];
    take('initialH', h, [batch, units]);
    take('initialC', c, [batch, units]);
    attributes = { ...shared, family: spec.family, ...checkedCellActivations(spec) };
  } else if (family === 'dynamical') {
    require('kernel', spec.kernel, [inputDim, units]);
    require('W', spec.W, [units, units]);
    take('A', spec.A, [units, units]);
    take('bias', spec.bias, [units]);
    if (spec.gate !== undefined) {
      require('gateKernel', spec.gate.kernel, [inputDim, units]);
      require('gateBias', spec.gate.bias, [units]);
    }
    take('initialH', spec.initialState, [batch, units]);
    attributes = { ...shared, family, ...checkedStep(spec) };
  } else {
    refuse("family 'dynamical', 'lstm' or 'gru'", `'${family}'`, 'Leave family out for the dynamical one.');
  }
  return { attributes, tensors: tensors as RecurrenceProblem['tensors'] };
}

function checkedStep({
  carry = 1,
  epsilon = 1,
  activation = 'tanh',
  tableau = EULER as Tableau,
}: DynamicalSpec) {
  if (carry !== 0 && carry !== 1) {
    refuse('carry 0 or 1', carry, 'Use 1 to add the step to the state, 0 to replace it.');
  }
  if (!Number.isFinite(epsilon))
    refuse('a finite step size epsilon', epsilon, 'Typical values are 0.01 to 1.');
  if (!ACTIVATIONS.includes(activation)) {
    refuse(`an activation among ${ACTIVATIONS.join(', ')}`, `'${activation}'`, 'Pick one of them.');
  }
  const { a, b } = tableau;
  const explicit = a.length === b.length && b.length > 0 && a.every((row, i) => row.length === i);
  if (!explicit || ![...b, ...a.flat()].every(Number.isFinite)) {
    refuse(
      'an explicit tableau: s weights b, and s rows a where row i has i finite entries',
      JSON.stringify({ a, b }),
      'Take one from @hurwitz/integrators.',
    );
  }
  return { carry, epsilon, activation, a: a.map((row) => [...row]), b: [...b] };
}

function checkedCellActivations(spec: {
  activation?: CellActivation;
  recurrentActivation?: 'sigmoid' | 'hardSigmoid';
}) {
  const { activation = 'tanh', recurrentActivation = 'hardSigmoid' } = spec;
  if (!ACTIVATIONS.includes(activation) || (activation as string) === 'modrelu') {
    refuse('activation tanh, relu, linear or sigmoid', `'${activation}'`, 'Pick one of them.');
  }
  if (!RECURRENT_ACTIVATIONS.includes(recurrentActivation)) {
    refuse("recurrentActivation 'sigmoid' or 'hardSigmoid'", `'${recurrentActivation}'`, 'Pick one of them.');
  }
  return { activation, recurrentActivation };
}
