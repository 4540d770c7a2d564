import { Family } from '../../codes.js';
import type { FamilyPlan } from '../family-plan.js';
import { recurrentGates } from '../matrices.js';
import { gatedPlan } from './gated.js';

/** tf.layers' GRU with resetAfter false: see assembly/recurrence/gru.ts. */
export const gruPlan: FamilyPlan = {
  code: Family.gru,
  ...gatedPlan(3),
  // The update and reset gates meet h, the candidate r ∘ h.
  recurrentMatrices: (problem, sizes, back) => ({
    weights: recurrentGates(problem, sizes, { from: 0, to: 2, back }),
    linear: recurrentGates(problem, sizes, { from: 2, to: 3, back }),
  }),
  // Y: h, one slot more than steps; S: the three gates side by side; G: r ∘ h.
  planes: ({ taskRows, row, zRow }, steps) => {
    const kept = Math.max(1, steps) * taskRows;
    return { planeY: (steps + 1) * taskRows * row, planeS: kept * zRow, planeG: kept * row, planeM: 0 };
  },
  states: 1,
};
