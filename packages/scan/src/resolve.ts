import { optionsInput } from '@hurwitz/input';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkFlag, checkTensor, refuse } from './checks.js';
import { isFamily } from './define-family.js';
import { RecurrenceError } from './errors.js';
import { families } from './families/index.js';
import type { FamilySizes, FamilyWeights, RecurrentFamily } from './family.js';
import type { FamilyProblem } from './problem.js';
import type { RecurrenceInputs } from './shared-spec.js';
import type { AnyRecurrenceSpec, FamilySpec } from './spec.js';

const { checkOptions: checkNames } = optionsInput(RecurrenceError);

/** Checks a specification against its inputs, fills in the defaults and names the tensors. */
export function resolveProblem(inputs: RecurrenceInputs, given: AnyRecurrenceSpec): FamilyProblem {
  checkTensor('of inputs', inputs);
  const { family, spec } = familyOf(given);
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
  const units = unitsOf(family, spec);
  const inputDim = tokens ? (spec.kernel.shape[0] ?? 0) : (inputs.shape[2] as number);
  const taking = {
    units,
    sizes: () => `The inputs have shape [${inputs.shape}] and ${said(family, units)}.`,
  };
  const tensors: Record<string, Tensor> & FamilyProblem['tensors'] = { inputs, kernel: spec.kernel };
  if (spec.mask != null) {
    take('mask', spec.mask, { shape: [batch, time], types: ['bool', 'int32', 'float32'], ...taking });
    tensors.mask = spec.mask;
  }
  takeWeights(tensors, { family, spec, inputDim, ...taking });
  const initial = initialStates(family, spec.initialState);
  for (const [i, { name, called, width }] of family.initial.entries()) {
    const state = initial[i];
    if (state == null) continue;
    tensors[name] = take(called, state, { shape: [batch, width * units], ...taking });
  }
  const sequence = {
    units,
    batch,
    time,
    inputDim,
    tokens,
    goBackwards: spec.goBackwards ?? false,
    returnSequences: spec.returnSequences ?? true,
  };
  const attributes = { ...sequence, family: family.name, ...family.attributes(spec) };
  return { family, attributes, tensors };
}

/** The weights and options of a specification, checked and named, without a sequence to run it on. */
export function resolveWeights(given: AnyRecurrenceSpec): FamilyWeights & { family: RecurrentFamily } {
  const { family, spec } = familyOf(given);
  const units = unitsOf(family, spec);
  const inputDim = spec.kernel.shape[0] ?? 0;
  const tensors: Record<string, Tensor> = { kernel: spec.kernel };
  const sizes = () => `The kernel has shape [${spec.kernel.shape}] and ${said(family, units)}.`;
  takeWeights(tensors, { family, spec, inputDim, units, sizes });
  return { family, attributes: { units, inputDim, ...family.attributes(spec) }, tensors };
}

const quoted = (name: string): string => `'${name}'`;

/** The family of a specification. Throws unless every option is one of that family's. */
function familyOf(given: AnyRecurrenceSpec): { family: RecurrentFamily; spec: FamilySpec } {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    refuse('a specification, such as { kernel, W }', given, 'Pass it after the inputs.');
  }
  const named: unknown = given.family ?? 'dynamical';
  const own = typeof named === 'string' && Object.hasOwn(families, named);
  const family = own ? families[named as keyof typeof families] : named;
  if (!isFamily(family)) {
    refuse(
      `family ${Object.keys(families).map(quoted).join(', ')} or one that defineFamily made`,
      named,
      'Leave family out for the dynamical one.',
    );
  }
  const spec = given as FamilySpec;
  checkNames('recurrence', spec as object, family.known as object);
  checkFlag('goBackwards', spec.goBackwards);
  checkFlag('returnSequences', spec.returnSequences);
  return { family, spec };
}

/** The number of units: the first size of the recurrent matrix, or what the kernel's columns make. */
function unitsOf({ recurrent, blocks }: RecurrentFamily, spec: FamilySpec): number {
  if (recurrent === undefined) {
    checkTensor('kernel', spec.kernel);
    const units = (spec.kernel.shape[1] ?? 0) / blocks;
    if (Number.isInteger(units) && units >= 1) return units;
    const expected = blocks === 1 ? 'at least one unit' : `${blocks} columns for each unit`;
    refuse(`a kernel [inputDim, columns] of ${expected}`, spec.kernel, 'Its second size tells the units.');
  }
  const matrix = (spec as Record<string, unknown>)[recurrent];
  checkTensor(`${recurrent}, the recurrent matrix`, matrix);
  checkTensor('kernel', spec.kernel);
  const units = matrix.shape[0] ?? 0;
  if (units < 1) refuse('a recurrent matrix of at least one unit', matrix, 'Its first size is the units.');
  return units;
}

/** Where the number of units comes from, in words. */
const said = ({ recurrent }: RecurrentFamily, units: number): string =>
  `the ${recurrent === undefined ? 'kernel' : 'recurrent matrix'} has ${units} units`;

interface Taking {
  /** What a message says of the sizes. */
  sizes(): string;
  units: number;
}

/** Puts the kernel and the family's tensors among the tensors. */
function takeWeights(
  tensors: Record<string, Tensor>,
  {
    family,
    spec,
    inputDim,
    ...taking
  }: Taking & { family: RecurrentFamily; spec: FamilySpec; inputDim: number },
): void {
  const given: FamilySizes = { units: taking.units, inputDim };
  take('kernel', spec.kernel, { shape: [inputDim, family.blocks * taking.units], ...taking });
  for (const [name, { shape, optional = false, of, called = name }] of family.named) {
    const value = of ? of(spec) : (spec as Record<string, unknown>)[name];
    const mayMiss = typeof optional === 'function' ? optional(spec) : optional;
    if (value == null && mayMiss) continue;
    if (!mayMiss) checkTensor(called, value);
    tensors[name] = take(called, value, { shape: shape(given), ...taking });
  }
}

const FLOAT32 = ['float32'];

function take(
  called: string,
  tensor: unknown,
  { shape, types = FLOAT32, sizes }: Taking & { shape: number[]; types?: string[] },
): Tensor {
  checkTensor(`${called} of shape [${shape}]`, tensor);
  if (!types.includes(tensor.dtype) || tensor.shape.join() !== shape.join()) {
    refuse(`${called} of shape [${shape}] in ${types.join(', ')}`, tensor, sizes());
  }
  return tensor;
}

/** The initial states as a list. */
function initialStates(
  { name, states }: RecurrentFamily,
  given: FamilySpec['initialState'],
): readonly (Tensor | undefined)[] {
  const names = Object.keys(states);
  if (given == null) return [];
  if (names.length === 1) return [given as Tensor];
  if (Array.isArray(given) && given.length === names.length) return given as readonly Tensor[];
  const all = names.length === 2 ? 'both' : 'all of them';
  const fix = `The family ${name} starts from ${all}: pass its finalState as it is.`;
  refuse(`initialState [${names.join(', ')}]`, given, fix);
}
