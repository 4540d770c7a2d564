import type { DynamicalDescription, MapSystem } from '../src/index.js';

const activations = {
  tanh: Math.tanh,
  relu: (z: number) => Math.max(z, 0),
  linear: (z: number) => z,
  sigmoid: (z: number) => 1 / (1 + Math.exp(-z)),
  hardSigmoid: (z: number) => Math.min(1, Math.max(0, 0.2 * z + 0.5)),
  modrelu: (z: number, b: number) => Math.sign(z) * Math.max(Math.abs(z) + b, 0),
};

const rowsTimes = (matrix: Float64Array | undefined, v: readonly number[], units: number): number[] =>
  Array.from({ length: units }, (_, i) =>
    matrix ? v.reduce((sum, x, j) => sum + matrix[i * v.length + j]! * x, 0) : 0,
  );

/** The map of a description written out from its formula, with the Jacobian by central differences (error about 1e-10). */
export function dynamicalByHand(network: DynamicalDescription<Float64Array, Float64Array>): MapSystem {
  const { units, inputDim, tokens, W, A, kernel, bias, gate, carry, epsilon, activation } = network;
  const { a, b } = network.scheme ?? { a: [[]], b: [1] };
  const act = activations[activation];
  const modrelu = activation === 'modrelu';
  const drive = (matrix: Float64Array, input: number[]) =>
    rowsTimes(
      matrix,
      tokens ? Array.from({ length: inputDim }, (_, j) => (j === input[0] ? 1 : 0)) : input,
      units,
    );
  const step = (state: number[], input: number[]): number[] => {
    const z = drive(kernel, input);
    const zGate = gate && drive(gate.kernel, input);
    const field = (h: number[]) => {
      const Wh = rowsTimes(W, h, units);
      const Ah = rowsTimes(A, h, units);
      return h.map((_, i) => {
        const inside = Ah[i]! + act(Wh[i]! + z[i]! + (modrelu ? 0 : (bias?.[i] ?? 0)), bias?.[i] ?? 0);
        if (!gate) return inside;
        return inside / (1 + Math.exp(-(Wh[i]! + zGate![i]! + (gate.bias?.[i] ?? 0))));
      });
    };
    const stages: number[][] = [];
    const plus = (start: number[], weights: readonly number[]) =>
      start.map((v, i) => stages.reduce((sum, k, j) => sum + epsilon * (weights[j] ?? 0) * k[i]!, v));
    for (const row of a) stages.push(field(plus(state, row)));
    return plus(
      state.map((v) => carry * v),
      b,
    );
  };
  const delta = 1e-5;
  const jacobian = (state: number[], input: number[]) => {
    const columns = state.map((_, j) => {
      const [up, down] = [delta, -delta].map((d) =>
        step(
          state.map((v, i) => (i === j ? v + d : v)),
          input,
        ),
      );
      return up!.map((v, i) => (v - down![i]!) / (2 * delta));
    });
    return state.map((_, i) => columns.map((column) => column[i]!));
  };
  return { dimension: units, network, step, jacobian };
}
