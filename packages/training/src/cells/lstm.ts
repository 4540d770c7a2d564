import { lstm as lstmLayer } from '@hurwitz/cells';
import { forgetBound, smallestLSTMFactor } from '../hooks/keep-stable.js';
import { defineCell } from './cell.js';

export const lstm = defineCell({
  name: 'lstm',
  options: {},
  layer: (_, place) => lstmLayer({ ...place, recurrentActivation: 'sigmoid' }),
  memory: { square: 4, blocks: 4 },
  refuseStable: ({ stable = 1 }) =>
    stable >= smallestLSTMFactor - 1e-9
      ? undefined
      : `must be at least ${smallestLSTMFactor.toFixed(2)} for an LSTM, whose forget gates may reach ${forgetBound}`,
});
