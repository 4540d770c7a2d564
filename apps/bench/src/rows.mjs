/** The problems of the table. `kind` names what both sides run; sizes are those of published experiments. */
export const rows = [
  { name: 'Lipschitz 128, Euler', kind: 'lipschitz', units: 128, batch: 128, time: 784, inputDim: 1 },
  { name: 'Lipschitz 64, Euler', kind: 'lipschitz', units: 64, batch: 128, time: 784, inputDim: 1 },
  { name: 'Lipschitz 128, RK2', kind: 'lipschitzRK2', units: 128, batch: 128, time: 784, inputDim: 1 },
  { name: 'antisymmetric 128, gated', kind: 'antisymmetric', units: 128, batch: 128, time: 784, inputDim: 1 },
  { name: 'LSTM 128', kind: 'lstm', units: 128, batch: 128, time: 784, inputDim: 1 },
  { name: 'char-RNN LSTM 512', kind: 'lstm', units: 512, batch: 100, time: 100, inputDim: 82, tokens: true },
];

/** Multiply-adds of one training step's matrix products: forward, and twice as many back. */
export function multiplyAdds({ kind, units, batch, time, inputDim, tokens }) {
  const matrices = { lipschitz: 2, lipschitzRK2: 4, antisymmetric: 1, lstm: 4 }[kind];
  const gates = { lipschitz: 1, lipschitzRK2: 1, antisymmetric: 2, lstm: 4 }[kind];
  return 3 * batch * time * units * (matrices * units + gates * (tokens ? 0 : inputDim));
}
