import { describe, expect, it } from 'vitest';
import {
  covariantLyapunovVectors,
  type FlowSystem,
  lyapunovSpectrum,
  type MapSystem,
  meanExponent,
} from '../src/index.js';

const n = 2;

/** A driven map, and its Jacobian, in fresh arrays. */
const map = {
  dimension: n,
  step: ([x, y]: number[], [u]: number[]) => [1 - 1.2 * x! * x! + y! + u!, 0.3 * x! + 0.1 * Math.sin(y!)],
  jacobian: ([x, y]: number[]) => [
    [-2.4 * x!, 1],
    [0.3, 0.1 * Math.cos(y!)],
  ],
} satisfies MapSystem;

/** A driven flow, and its Jacobian, in fresh arrays. */
const flow = {
  dimension: n,
  field: (t: number, [x, y]: Float64Array, [u]: number[]) => [y!, -x! - 0.2 * x! * y! + u! * Math.cos(t)],
  jacobian: (_: number, [x, y]: Float64Array) => [
    [0, 1],
    [-1 - 0.2 * y!, -0.2 * x!],
  ],
} satisfies FlowSystem;

/** `f` with one array for all its values, that spoils every array it is given once it has read it. */
function sharing<Args extends unknown[]>(
  f: (...args: Args) => (number | number[])[],
): (...args: Args) => never {
  const vector = new Float64Array(n);
  const rows = Array.from({ length: n }, () => [0, 0]);
  return (...args) => {
    const value = f(...args);
    for (const arg of args) if (typeof arg === 'object') (arg as number[]).fill(Number.NaN);
    const flat = typeof value[0] === 'number';
    value.forEach((entry, i) => {
      if (flat) vector[i] = entry as number;
      else rows[i]!.splice(0, n, ...(entry as number[]));
    });
    return (flat ? vector : rows) as never;
  };
}

const sharingMap = () => ({ ...map, step: sharing(map.step), jacobian: sharing(map.jacobian) });
const sharingFlow = () => ({ ...flow, field: sharing(flow.field), jacobian: sharing(flow.jacobian) });
const inputs = () => Array.from({ length: 60 }, (_, t) => [0.05 * Math.sin(t)]);
const initialState = [
  [0.1, 0.2],
  [0.3, -0.1],
];

describe('functions that return one array again and again, and spoil what they are given', () => {
  it('of a map change no bit of a spectrum, of one trajectory or of a batch with shared inputs', () => {
    for (const options of [{ initialState: initialState[0]! }, { initialState, qrInterval: 3 }]) {
      const given = inputs();
      expect(lyapunovSpectrum(sharingMap(), { ...options, inputs: given })).toEqual(
        lyapunovSpectrum(map, { ...options, inputs: inputs() }),
      );
      expect(given).toEqual(inputs());
    }
  });

  it('of a map with jvp change no bit either', () => {
    const jvp = (state: number[], _: number[], tangents: Float64Array[]) => {
      const J = map.jacobian(state);
      state.fill(Number.NaN);
      return tangents.map((v) => J.map((row) => row[0]! * v[0]! + row[1]! * v[1]!));
    };
    const sharingSystem = { dimension: n, step: sharing(map.step), jvp };
    const freshSystem = {
      dimension: n,
      step: map.step,
      jvp: (s: number[], u: number[], v: Float64Array[]) => jvp([...s], u, v),
    };
    const run = (system: MapSystem) =>
      lyapunovSpectrum(system, { inputs: inputs(), initialState: [0.1, 0.2] });
    expect(run(sharingSystem)).toEqual(run(freshSystem));
  });

  it('of a flow change no bit of a spectrum', () => {
    const run = (system: FlowSystem) =>
      lyapunovSpectrum(system, { inputs: inputs(), initialState: [1, 0], dt: 0.05 });
    expect(run(sharingFlow())).toEqual(run(flow));
  });

  it('change no bit of covariant vectors', () => {
    const options = { initialState: [0.1, 0.2], steps: 20, warmup: 20, settle: 20, inputs: inputs() };
    expect(covariantLyapunovVectors(sharingMap(), options)).toEqual(covariantLyapunovVectors(map, options));
    expect(covariantLyapunovVectors(sharingFlow(), { ...options, dt: 0.05 })).toEqual(
      covariantLyapunovVectors(flow, { ...options, dt: 0.05 }),
    );
  });

  it('change no bit of the mean exponent, from Jacobians or from determinants', () => {
    const options = () => ({ initialState, inputs: inputs() });
    expect(meanExponent(sharingMap(), options())).toEqual(meanExponent(map, options()));
    const logDeterminant = (state: number[]) => {
      const [[a, b], [c, d]] = map.jacobian(state) as [[number, number], [number, number]];
      state.fill(Number.NaN);
      return Math.log(Math.abs(a * d - b * c));
    };
    const spoiling = { dimension: n, step: sharing(map.step), logDeterminant };
    const fresh = { dimension: n, step: map.step, logDeterminant: (s: number[]) => logDeterminant([...s]) };
    expect(meanExponent(spoiling, options())).toEqual(meanExponent(fresh, options()));
  });
});
