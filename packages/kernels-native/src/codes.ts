import type { ArrayName, RecurrenceAttributes, RecurrenceProblem } from '@hurwitz/kernels';

/*
 * Problems as the addon reads them: numbers in the order of its `enum Setting`, arrays in that of its `enum Array`
 * (native/addon.c), and names by the numbers of native/job.h.
 */

const families = { dynamical: 0, lstm: 1, gru: 2 };

/** Families that others define are served by plain operations. */
export const isServed = (family: string): boolean => family in families;

export const activations = { tanh: 0, relu: 1, linear: 2, sigmoid: 3, modrelu: 4, hardSigmoid: 5 };

/** The arrays that have gradients come first. */
const arrayNames = [
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
] as const satisfies readonly ArrayName[];

const isResetAfter = (attributes: RecurrenceAttributes): boolean =>
  attributes.family === 'gru' && attributes.resetAfter === true;

/** Column blocks of a kernel. */
const gates = { dynamical: 1, lstm: 4, gru: 3 };

/** How many numbers each array of a recurrence holds. */
function lengths(attributes: RecurrenceAttributes): Record<ArrayName, number> {
  const { family, units, batch, time, inputDim, tokens } = attributes;
  const columns = gates[family] * units;
  return {
    inputs: batch * time * (tokens ? 1 : inputDim),
    kernel: inputDim * columns,
    W: units * units,
    A: units * units,
    bias: isResetAfter(attributes) ? 2 * columns : columns,
    gateKernel: inputDim * units,
    gateBias: units,
    recurrentKernel: units * columns,
    initialH: batch * units,
    initialC: batch * units,
    mask: batch * time,
  };
}

export type AddonArray = Float32Array | Int32Array | Uint8Array | undefined;

/** A problem as the addon reads it. */
export interface AddonProblem {
  settings: Float64Array;
  arrays: AddonArray[];
}

/** Throws a RangeError for an array whose length does not fit: the addon would read past its end. */
export function forAddon({ attributes, arrays }: RecurrenceProblem): AddonProblem {
  const wanted = lengths(attributes);
  const given = [...arrayNames, 'mask' as const].map((name) => {
    const array = arrays[name];
    if (array !== undefined && array.length !== wanted[name]) {
      throw new RangeError(`recurrence: expected ${name} of ${wanted[name]} numbers, got ${array.length}.`);
    }
    return name === 'mask' ? bytes(array) : array;
  });
  const { units, batch, time, inputDim, tokens, goBackwards, family, activation } = attributes;
  const dynamical = attributes.family === 'dynamical';
  const stages = dynamical ? attributes.b.length : 1;
  return {
    settings: Float64Array.of(
      families[family],
      activations[activation],
      dynamical ? 0 : activations[attributes.recurrentActivation],
      units,
      batch,
      time,
      inputDim,
      Number(tokens),
      Number(goBackwards),
      Number(isResetAfter(attributes)),
      dynamical ? attributes.carry : 0,
      stages,
    ),
    arrays: [...given, ...tableau(attributes)],
  };
}

/** epsilon a, stages × stages, and epsilon b. */
function tableau(attributes: RecurrenceAttributes): [Float32Array?, Float32Array?] {
  if (attributes.family !== 'dynamical') return [];
  const { epsilon, a, b } = attributes;
  const stages = b.length;
  const matrix = new Float32Array(stages * stages);
  for (const [i, row] of a.entries())
    for (const [j, weight] of row.entries()) matrix[i * stages + j] = epsilon * weight;
  return [matrix, Float32Array.from(b, (weight) => epsilon * weight)];
}

/** The mask as bytes; any number but 0 counts as true, NaN too. */
function bytes(mask: AddonArray): Uint8Array | undefined {
  if (mask === undefined || mask instanceof Uint8Array) return mask;
  return Uint8Array.from(mask, (value) => (value === 0 ? 0 : 1));
}

/** Room for the gradients of every float array of a problem: by name, and in the addon's order. */
export function gradientsFor({ attributes, arrays }: RecurrenceProblem, inputs: boolean) {
  const named: Partial<Record<ArrayName, Float32Array>> = {};
  const ordered = arrayNames.map((name) => {
    const array = arrays[name];
    if (array === undefined || (name === 'inputs' && (attributes.tokens || !inputs))) return undefined;
    named[name] = new Float32Array(array.length);
    return named[name];
  });
  return { named, ordered };
}
