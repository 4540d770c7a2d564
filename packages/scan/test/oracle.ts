/** The families of `recurrence` in plain float64 loops, one sequence at a time: slow, obvious, and sharing no code with it. */

export interface OracleSpec {
  family: 'dynamical' | 'lstm' | 'gru';
  units: number;
  kernel: number[][];
  matrix: number[][]; // W, or the recurrent kernel
  A?: number[][];
  bias?: number[];
  gateKernel?: number[][];
  gateBias?: number[];
  carry?: number;
  epsilon?: number;
  activation: string;
  recurrentActivation?: string;
  a?: readonly (readonly number[])[];
  b?: readonly number[];
  goBackwards?: boolean;
}

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const scalar = (name: string, z: number, b = 0): number => {
  if (name === 'tanh') return Math.tanh(z);
  if (name === 'relu') return Math.max(z, 0);
  if (name === 'sigmoid') return sigmoid(z);
  if (name === 'hardSigmoid') return Math.min(1, Math.max(0, 0.2 * z + 0.5));
  if (name === 'modrelu') return Math.sign(z) * Math.max(Math.abs(z) + b, 0);
  return z;
};
/** Column convention: (M h)_i. */
const times = (M: number[][], h: number[]) => M.map((row) => row.reduce((sum, m, j) => sum + m * h[j]!, 0));
/** Row convention: (x K)_j. */
const rowTimes = (x: number[], K: number[][]) =>
  K[0]!.map((_, j) => x.reduce((sum, xi, i) => sum + xi * K[i]![j]!, 0));

/** All states of one sequence, in the order computed, and the final state [h] or [h, c]. */
export function oracle(x: number[][], spec: OracleSpec, h0?: number[], c0?: number[], mask?: number[]) {
  const n = spec.units;
  let h = h0 ?? Array<number>(n).fill(0);
  let c = c0 ?? Array<number>(n).fill(0);
  const states: number[][] = [];
  const order = x.map((_, t) => (spec.goBackwards ? x.length - 1 - t : t));
  for (const t of order) {
    if (mask === undefined || mask[t] !== 0) {
      if (spec.family === 'dynamical') h = dynamicalStep(h, x[t]!, spec);
      else if (spec.family === 'lstm') [h, c] = lstmStep(h, c, x[t]!, spec);
      else h = gruStep(h, x[t]!, spec);
    }
    states.push(h);
  }
  return { states, finalState: spec.family === 'lstm' ? [h, c] : [h] };
}

function dynamicalStep(h: number[], x: number[], spec: OracleSpec): number[] {
  const { matrix, A, kernel, bias, gateKernel, gateBias, carry = 1, epsilon = 1 } = spec;
  const { a = [[]], b = [1] } = spec;
  const modrelu = spec.activation === 'modrelu';
  const z = rowTimes(x, kernel).map((v, i) => v + (modrelu ? 0 : (bias?.[i] ?? 0)));
  const g = gateKernel && rowTimes(x, gateKernel).map((v, i) => v + gateBias![i]!);
  const slope = (y: number[]) => {
    const Wy = times(matrix, y);
    const Ay = A ? times(A, y) : undefined;
    return Wy.map((w, i) => {
      // modReLU without a bias has threshold zero
      const k = (Ay?.[i] ?? 0) + scalar(spec.activation, w + z[i]!, bias?.[i] ?? 0);
      return g ? sigmoid(w + g[i]!) * k : k;
    });
  };
  const k: number[][] = [];
  const sum = (base: number[], weights: readonly number[]) =>
    base.map((v, i) => weights.reduce((s, w, j) => s + epsilon * w * k[j]![i]!, v));
  for (const row of a) k.push(slope(sum(h, row)));
  return sum(
    h.map((v) => carry * v),
    b,
  );
}

function lstmStep(h: number[], c: number[], x: number[], spec: OracleSpec): [number[], number[]] {
  const n = spec.units;
  const hU = rowTimes(h, spec.matrix);
  const z = rowTimes(x, spec.kernel).map((v, i) => v + hU[i]! + (spec.bias?.[i] ?? 0));
  const gate = (i: number) => scalar(spec.recurrentActivation!, z[i]!);
  const cell = c.map((v, i) => gate(n + i) * v + gate(i) * scalar(spec.activation, z[2 * n + i]!));
  return [cell.map((v, i) => gate(3 * n + i) * scalar(spec.activation, v)), cell];
}

function gruStep(h: number[], x: number[], spec: OracleSpec): number[] {
  const n = spec.units;
  const xK = rowTimes(x, spec.kernel).map((v, i) => v + (spec.bias?.[i] ?? 0));
  const hU = rowTimes(h, spec.matrix);
  const gate = (i: number) => scalar(spec.recurrentActivation!, xK[i]! + hU[i]!);
  const rh = h.map((v, i) => gate(n + i) * v);
  const rhU = rowTimes(rh, spec.matrix);
  return h.map((v, i) => {
    const candidate = scalar(spec.activation, xK[2 * n + i]! + rhU[2 * n + i]!);
    return gate(i) * v + (1 - gate(i)) * candidate;
  });
}
