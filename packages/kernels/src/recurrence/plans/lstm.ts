import { Family } from '../../codes.js';
import type { FamilyPlan } from '../family-plan.js';
import { recurrentGates } from '../matrices.js';
import { gatedPlan } from './gated.js';

/** tf.layers' LSTM: see assembly/recurrence/lstm.ts. */
export const lstmPlan: FamilyPlan = {
  code: Family.lstm,
  ...gatedPlan(4),
  recurrentMatrices: (problem, sizes, back) => ({
    weights: recurrentGates(problem, sizes, { from: 0, to: 4, back }),
  }),
  // Y and G: h and c, one slot more than steps; S: the four gates side by side; M: act(c⁺).
  planes: ({ taskRows, row, zRow }, steps) => {
    const kept = Math.max(1, steps) * taskRows;
    const states = (steps + 1) * taskRows * row;
    return { planeY: states, planeS: kept * zRow, planeG: states, planeM: kept * row };
  },
  states: 2,
};
