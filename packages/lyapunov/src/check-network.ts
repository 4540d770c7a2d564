import { LyapunovError } from './errors.js';
import type { DynamicalDescription, NetworkDescription } from './network-description.js';
import { describe } from './numeric-input.js';

const activations = ['tanh', 'sigmoid', 'hardSigmoid', 'relu', 'linear'];
const ofDynamical = [...activations, 'modrelu'];
const gates = { dynamical: 1, lstm: 4, gru: 3 };

type Scheme = NonNullable<DynamicalDescription['scheme']>;

/** Refuses a description whose parts do not fit each other or the sizes of its system. */
export function checkNetwork(
  network: NetworkDescription,
  { stateSize, tangentSize }: { stateSize: number; tangentSize: number },
  where: string,
): void {
  const refuse = refusal(where);
  const { family, units, inputDim } = network;
  if (!Object.hasOwn(gates, family)) refuse(`a family of ${Object.keys(gates).join(', ')}`, family);
  if (!Number.isInteger(units) || units < 1) refuse('units as an integer of at least 1', units);
  if (!Number.isInteger(inputDim) || inputDim < 1) refuse('inputDim as an integer of at least 1', inputDim);
  const state = family === 'lstm' ? 2 * units : units;
  const tangent = family === 'lstm' && network.hiddenOnly ? units : state;
  if (state !== stateSize) refuse(`${stateSize} numbers in its state, as its system`, state);
  if (tangent !== tangentSize) refuse(`${tangentSize} numbers in its tangents, as its system`, tangent);

  const array = (name: string, value: Float64Array | undefined, length: number) => {
    if (!(value instanceof Float64Array) || value.length !== length) {
      refuse(
        `${name} as a Float64Array of ${length}`,
        value instanceof Float64Array ? value.length : describe(value),
      );
    }
    const bad = value!.findIndex((entry) => !Number.isFinite(entry));
    if (bad >= 0) refuse(`finite numbers in ${name}`, `${value![bad]} at position ${bad}`);
  };
  const rows = gates[family] * units;
  array('W', network.W, rows * units);
  array('kernel', network.kernel, rows * inputDim);
  if (network.bias) array('bias', network.bias, rows);
  const known = (name: string, value: string, names = activations) => {
    if (!names.includes(value)) refuse(`${name} of ${names.join(', ')}`, value);
  };
  known('an activation', network.activation, family === 'dynamical' ? ofDynamical : activations);
  if (network.family !== 'dynamical') {
    known('a recurrentActivation', network.recurrentActivation);
    return;
  }
  const { A, gate, carry, epsilon, scheme } = network;
  if (A) array('A', A, units * units);
  if (gate) array('gate.kernel', gate.kernel, units * inputDim);
  if (gate?.bias) array('gate.bias', gate.bias, units);
  if (carry !== 0 && carry !== 1) refuse('carry 0 or 1', carry);
  if (!Number.isFinite(epsilon)) refuse('a finite epsilon', epsilon);
  if (scheme) checkScheme(scheme, refuse);
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
