import {
  type DynamicalDescription,
  describedActivations,
  type FlatNetwork,
  gatesOf,
  type NetworkDescription,
  type WeightMatrix,
} from '@hurwitz/network';
import { LyapunovError } from './errors.js';
import { describe, readMatrix, readVector, type VectorLike } from './numeric-input.js';

const ofDynamical = [...describedActivations, 'modrelu'];

type Scheme = NonNullable<DynamicalDescription['scheme']>;

/** A description with its matrices flat. Refuses one whose parts do not fit each other or the sizes of its system. */
export function readNetwork(
  network: NetworkDescription,
  { stateSize, tangentSize }: { stateSize: number; tangentSize: number },
  where: string,
): FlatNetwork {
  const refuse = refusal(where);
  const { family, units, inputDim } = network;
  if (!Object.hasOwn(gatesOf, family)) refuse(`a family of ${Object.keys(gatesOf).join(', ')}`, family);
  if (!Number.isInteger(units) || units < 1) refuse('units as an integer of at least 1', units);
  if (!Number.isInteger(inputDim) || inputDim < 1) refuse('inputDim as an integer of at least 1', inputDim);
  const state = family === 'lstm' ? 2 * units : units;
  const tangent = family === 'lstm' && network.hiddenOnly ? units : state;
  if (state !== stateSize) refuse(`${stateSize} numbers in its state, as its system`, state);
  if (tangent !== tangentSize) refuse(`${tangentSize} numbers in its tangents, as its system`, tangent);

  const matrix = (name: string, value: WeightMatrix, height: number, width: number): Float64Array => {
    const entries = value instanceof Float64Array ? value : rowsOf(name, value, height, width);
    if (entries.length !== height * width) {
      refuse(`${name} of shape [${height}, ${width}], rows one after the other`, `${entries.length} numbers`);
    }
    const bad = entries.findIndex((entry) => !Number.isFinite(entry));
    if (bad >= 0) refuse(`finite numbers in ${name}`, `${entries[bad]} at position ${bad}`);
    return entries;
  };
  const rowsOf = (name: string, value: WeightMatrix, height: number, width: number): Float64Array => {
    const { data, rows, columns } = readMatrix(value, `network.${name}`, where);
    if (rows !== height || columns !== width)
      refuse(`${name} of shape [${height}, ${width}]`, `[${rows}, ${columns}]`);
    return data;
  };
  const vector = (name: string, value: VectorLike, length: number): Float64Array =>
    readVector(value, `network.${name}`, where, length);
  const rows = gatesOf[family] * units;
  const known = (name: string, value: string, names: readonly string[] = describedActivations) => {
    if (!names.includes(value)) refuse(`${name} of ${names.join(', ')}`, value);
  };
  known('an activation', network.activation, family === 'dynamical' ? ofDynamical : describedActivations);
  const weights = {
    W: matrix('W', network.W, rows, units),
    kernel: matrix('kernel', network.kernel, rows, inputDim),
    ...(network.bias && { bias: vector('bias', network.bias, rows) }),
  };
  if (network.family !== 'dynamical') {
    known('a recurrentActivation', network.recurrentActivation);
    return { ...network, ...weights } as FlatNetwork;
  }
  const { A, gate, carry, epsilon, scheme } = network;
  if (carry !== 0 && carry !== 1) refuse('carry 0 or 1', carry);
  if (!Number.isFinite(epsilon)) refuse('a finite epsilon', epsilon);
  if (scheme) checkScheme(scheme, refuse);
  return {
    ...network,
    ...weights,
    A: A && matrix('A', A, units, units),
    gate: gate && {
      kernel: matrix('gate.kernel', gate.kernel, units, inputDim),
      ...(gate.bias && { bias: vector('gate.bias', gate.bias, units) }),
    },
  } as FlatNetwork;
}

type Refuse = (expected: string, got: unknown) => never;

const refusal =
  (where: string): Refuse =>
  (expected, got) => {
    throw new LyapunovError(where, `network with ${expected}`, `${got}`, 'See NetworkDescription.');
  };

function checkScheme({ a, b }: Scheme, refuse: Refuse): void {
  const expected = 'an explicit scheme { a, b }';
  if (![a, b].every(Array.isArray)) refuse(expected, `a: ${describe(a)}, b: ${describe(b)}`);
  const stages = b.length;
  const implicit = a.some((row, i) =>
    row.some((entry, j) => !Number.isFinite(entry) || (j >= i && entry !== 0)),
  );
  if (stages < 1 || a.length !== stages || implicit || !b.every(Number.isFinite)) {
    refuse(expected, `a of ${a.length} and b of ${stages} stages${implicit ? ', implicit' : ''}`);
  }
}
