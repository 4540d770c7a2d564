import { scalarFunctions } from './activations.js';
import { apply, diagonalSum, product, type Rows, toArrays } from './matrix.js';
import type { RawSystem } from './system.js';

export interface GatedParts {
  /** Uᵀ split by gate, each [units, inputDim]; i, f, c, o for LSTM and z, r, h for GRU. */
  U: Rows[];
  /** The recurrent matrices by gate, each [units, units], multiplying a column vector. */
  W: Rows[];
  bias: Float64Array[];
  activation: 'tanh' | 'relu' | 'linear' | 'sigmoid' | 'hardSigmoid';
  recurrentActivation: 'sigmoid' | 'hardSigmoid' | 'tanh' | 'relu' | 'linear';
}

const zip = (f: (...values: number[]) => number, ...vectors: Float64Array[]): Float64Array =>
  vectors[0]!.map((_, i) => f(...vectors.map((v) => v[i]!)));

const zeroRows = (n: number): Rows => Array.from({ length: n }, () => new Float64Array(n));

/**
 * tf.layers' LSTM as a map of [h, c]. With `frozenCell` the Jacobian is only d h⁺ / d h at fixed c, as
 * Vogt et al. 2022 use it; it misses the slow modes of the cell.
 */
export function lstmTangent(parts: GatedParts, frozenCell: boolean): RawSystem {
  const n = parts.W[0]!.length;
  const act = scalarFunctions[parts.activation];
  const gate = scalarFunctions[parts.recurrentActivation];
  const evaluate = (state: ArrayLike<number>, input: ArrayLike<number>) => {
    const all = Float64Array.from(state);
    const [h, c] = [all.subarray(0, n), all.subarray(n, 2 * n)];
    const z = parts.W.map((W, k) =>
      zip((u, w, b) => u + w + b, apply(parts.U[k]!, input), apply(W, h), parts.bias[k]!),
    );
    const [i, f, o] = [z[0]!, z[1]!, z[3]!].map((v) => v.map((x) => gate.value(x, 0))) as Float64Array[];
    const candidate = z[2]!.map((x) => act.value(x, 0));
    const cell = zip((fi, ci, ii, gi) => fi * ci + ii * gi, f!, c, i!, candidate);
    return { c, z, i: i!, f: f!, o: o!, candidate, cell };
  };
  return {
    stateSize: 2 * n,
    tangentSize: frozenCell ? n : 2 * n,
    inputSize: parts.U[0]![0]!.length,
    step: (state, input) => {
      const { o, cell } = evaluate(state, input);
      return Float64Array.from([...zip((oi, ci) => oi * act.value(ci, 0), o, cell), ...cell]);
    },
    jacobian: (state, input) => {
      const { c, z, i, f, o, candidate, cell } = evaluate(state, input);
      const slope = (v: Float64Array) => v.map((x) => gate.derivative(x, 0));
      const dCell_dh = diagonalSum(
        [zip((s, ci) => s * ci, slope(z[1]!), c), parts.W[1]!],
        [zip((s, g) => s * g, slope(z[0]!), candidate), parts.W[0]!],
        [zip((ii, x) => ii * act.derivative(x, 0), i, z[2]!), parts.W[2]!],
      );
      const outward = zip((oi, ci) => oi * act.derivative(ci, 0), o, cell);
      const dh_dh = diagonalSum(
        [outward, dCell_dh],
        [zip((s, ci) => s * act.value(ci, 0), slope(z[3]!), cell), parts.W[3]!],
      );
      if (frozenCell) return toArrays(dh_dh);
      const diagonal = (d: Float64Array) => zeroRows(n).map((row, k) => row.fill(d[k]!, k, k + 1));
      const right = [diagonal(zip((a, b) => a * b, outward, f)), diagonal(f)];
      return [dh_dh, dCell_dh].flatMap((left, block) => left.map((row, k) => [...row, ...right[block]![k]!]));
    },
  };
}

/** tf.layers' GRU (resetAfter false) as a map of h. */
export function gruTangent(parts: GatedParts): RawSystem {
  const n = parts.W[0]!.length;
  const act = scalarFunctions[parts.activation];
  const gate = scalarFunctions[parts.recurrentActivation];
  const evaluate = (state: ArrayLike<number>, input: ArrayLike<number>) => {
    const h = Float64Array.from(state);
    const x = parts.U.map((U, k) => zip((u, b) => u + b, apply(U, input), parts.bias[k]!));
    const [z, r] = [0, 1].map((k) => zip((u, w) => u + w, x[k]!, apply(parts.W[k]!, h)));
    const [update, reset] = [z!, r!].map((v) => v.map((p) => gate.value(p, 0)));
    const p = zip(
      (u, w) => u + w,
      x[2]!,
      apply(
        parts.W[2]!,
        zip((ri, hi) => ri * hi, reset!, h),
      ),
    );
    return { h, z: z!, r: r!, update: update!, reset: reset!, p };
  };
  return {
    stateSize: n,
    inputSize: parts.U[0]![0]!.length,
    step: (state, input) => {
      const { h, update, p } = evaluate(state, input);
      return zip((u, hi, pi) => u * hi + (1 - u) * act.value(pi, 0), update, h, p);
    },
    jacobian: (state, input) => {
      const { h, z, r, update, reset, p } = evaluate(state, input);
      // d(r ∘ h)/dh = diag(r) + diag(h r') W_r
      const inner = diagonalSum([zip((hi, ri) => hi * gate.derivative(ri, 0), h, r), parts.W[1]!]);
      inner.forEach((row, k) => {
        row[k] = row[k]! + reset[k]!;
      });
      const J = diagonalSum(
        [zip((zi, hi, pi) => gate.derivative(zi, 0) * (hi - act.value(pi, 0)), z, h, p), parts.W[0]!],
        [zip((u, pi) => (1 - u) * act.derivative(pi, 0), update, p), product(parts.W[2]!, inner)],
      );
      return toArrays(J).map((row, k) => {
        row[k] = row[k]! + update[k]!;
        return row;
      });
    },
  };
}
