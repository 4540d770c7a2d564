import { described as inWords, listed, optionsInput } from '@hurwitz/input';
import type { Tableau } from '@hurwitz/integrators';
import { Tensor } from '@tensorflow/tfjs-core';
import { RecurrenceError } from './errors.js';
import type { CellActivation } from './problem.js';
import type { DynamicalSpec, GateSpec, RecurrenceSpec } from './spec.js';

const EULER: Pick<Tableau, 'a' | 'b'> = { a: [[]], b: [1] };
const ACTIVATIONS: readonly string[] = ['tanh', 'relu', 'linear', 'sigmoid', 'modrelu'];
const RECURRENT_ACTIVATIONS: readonly string[] = ['sigmoid', 'hardSigmoid'];
const SHARED = [
  'family',
  'kernel',
  'bias',
  'activation',
  'initialState',
  'mask',
  'goBackwards',
  'returnSequences',
];
const CELL = [...SHARED, 'recurrentKernel', 'recurrentActivation'];
const OPTIONS: Record<string, readonly string[]> = {
  dynamical: [...SHARED, 'W', 'A', 'carry', 'epsilon', 'gate', 'tableau'],
  lstm: CELL,
  gru: CELL,
};

const { checkOptions: checkNames } = optionsInput(RecurrenceError);

export function refuse(expected: string, got: unknown, fix: string): never {
  throw new RecurrenceError('recurrence', expected, described(got), fix);
}

/** What came, in a few words; text in quotes. */
export function described(value: unknown): string {
  if (value instanceof Tensor) {
    return `${value.isDisposed ? 'a disposed tensor, ' : ''}${value.dtype} of shape [${value.shape}]`;
  }
  return inWords(value);
}

/** Throws unless `value` is a tensor that still has its data. */
export function checkTensor(name: string, value: unknown): asserts value is Tensor {
  if (!(value instanceof Tensor) || value.isDisposed) {
    refuse(`a tensor ${name}`, value, 'Pass a tensor of TensorFlow.js that has not been disposed of.');
  }
}

/** Throws unless an option that switches something is true or false, or left out. */
export function checkFlag(name: string, value: unknown): void {
  if (value != null && typeof value !== 'boolean') {
    refuse(`${name}, true or false`, value, 'Leave it out for the default.');
  }
}

/** Throws unless the specification is an object whose family is known and every option one of that family's. */
export function checkOptions(spec: RecurrenceSpec): void {
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) {
    refuse('a specification, such as { kernel, W }', spec, 'Pass it after the inputs.');
  }
  const family = spec.family ?? 'dynamical';
  const options = Object.hasOwn(OPTIONS, family) ? OPTIONS[family] : undefined;
  if (options === undefined) {
    refuse("family 'dynamical', 'lstm' or 'gru'", family, 'Leave family out for the dynamical one.');
  }
  checkNames('recurrence', spec, listed(options));
  checkFlag('goBackwards', spec.goBackwards);
  checkFlag('returnSequences', spec.returnSequences);
}

/** Throws unless the gate is an object of its two tensors and nothing else. */
export function checkGate(gate: unknown): asserts gate is GateSpec {
  const other =
    typeof gate === 'object' && Object.keys(gate as object).find((name) => !/^(kernel|bias)$/.test(name));
  if (typeof gate !== 'object' || Array.isArray(gate) || other) {
    refuse('gate { kernel, bias }', other || gate, 'The recurrent matrix of the gate is W.');
  }
}

/** The options of the step besides tensors, with their defaults. */
export function checkedStep({ carry = 1, epsilon = 1, activation = 'tanh', tableau }: DynamicalSpec) {
  if (carry !== 0 && carry !== 1) {
    refuse('carry 0 or 1', carry, 'Use 1 to add the step to the state, 0 to replace it.');
  }
  if (typeof epsilon !== 'number' || !Number.isFinite(Math.fround(epsilon))) {
    refuse('a finite step size epsilon in float32', epsilon, 'Typical values are 0.01 to 1.');
  }
  if (!ACTIVATIONS.includes(activation)) {
    refuse(`an activation among ${ACTIVATIONS.join(', ')}`, activation, 'Pick one of them.');
  }
  return { carry, epsilon, activation, ...withoutIdleStages(checkedTableau(tableau ?? EULER), epsilon) };
}

/** The stages that the step depends on: what has weight 0 in float32 is left out, and not multiplied by 0. */
function withoutIdleStages({ a, b }: { a: number[][]; b: number[] }, epsilon: number) {
  const counts = (weight: number) => Math.fround(weight * epsilon) !== 0;
  const live: number[] = [];
  for (let i = b.length - 1; i >= 0; i--) {
    if (counts(b[i]!) || live.some((later) => counts(a[later]![i]!))) live.unshift(i);
  }
  return {
    a: live.map((i, at) => live.slice(0, at).map((j) => a[i]![j]!)),
    b: live.map((i) => b[i]!),
  };
}

function checkedTableau(tableau: Pick<Tableau, 'a' | 'b'>): { a: number[][]; b: number[] } {
  const { a, b } = tableau;
  const explicit =
    Array.isArray(a) &&
    Array.isArray(b) &&
    a.length === b.length &&
    b.length > 0 &&
    a.every((row, i) => Array.isArray(row) && row.length === i);
  if (!explicit || ![...b, ...a.flat()].every(Number.isFinite)) {
    throw new RecurrenceError(
      'recurrence',
      'an explicit tableau: s weights b, and s rows a where row i has i finite entries',
      typeof tableau === 'string' ? `'${tableau}'` : JSON.stringify({ a, b }),
      'Take one from @hurwitz/integrators.',
    );
  }
  return { a: a.map((row) => [...row]), b: [...b] };
}

/** The activations of an LSTM or a GRU, with their defaults. */
export function checkedCellActivations(spec: {
  activation?: CellActivation;
  recurrentActivation?: 'sigmoid' | 'hardSigmoid';
}) {
  const { activation = 'tanh', recurrentActivation = 'hardSigmoid' } = spec;
  if (!ACTIVATIONS.includes(activation) || (activation as string) === 'modrelu') {
    refuse('activation tanh, relu, linear or sigmoid', activation, 'Pick one of them.');
  }
  if (!RECURRENT_ACTIVATIONS.includes(recurrentActivation)) {
    refuse("recurrentActivation 'sigmoid' or 'hardSigmoid'", recurrentActivation, 'Pick one of them.');
  }
  return { activation, recurrentActivation };
}
