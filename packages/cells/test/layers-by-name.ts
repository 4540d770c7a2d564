import * as cells from '../src/index.js';

/** The layer factory of a fixture's cell. LSTM and GRU need no more than the options they share with tf.layers. */
export function layerOf(cell: string, options: Record<string, unknown>) {
  const { gateOrder: _, ...rest } = options;
  const args = { ...rest, units: rest.units as number };
  switch (cell) {
    case 'LipschitzRNN':
      return cells.lipschitzRNN(args);
    case 'AntisymmetricRNN':
      return cells.antisymmetricRNN(args);
    case 'VanillaRNN':
      return cells.vanillaRNN(args);
    case 'ResidualRNN':
      return cells.residualRNN(args);
    case 'CayleyRNN':
      return cells.cayleyRNN(args);
    case 'ExponentialRNN':
      return cells.exponentialRNN(args);
    case 'LSTM':
      return cells.lstm(args);
    case 'GRU':
      return cells.gru(args);
    default:
      throw new Error(`no layer ${cell}`);
  }
}
