import { Family } from '../../codes.js';
import type { RecurrenceShape } from '../../contract.js';
import type { FamilyPlan } from '../family-plan.js';
import { type Matrix, square } from '../matrices.js';
import { OUTER_ROWS } from '../sizes.js';

/** k(h) = g ∘ (A h + act(W h + z)), and h⁺ = carry h + epsilon Φ(k, h): see assembly/recurrence/dynamical-scratch.ts. */
export const dynamicalPlan: FamilyPlan = {
  code: Family.dynamical,
  gates: ({ has }) => (has('gateKernel') ? 2 : 1),
  products: ({ linear }) => (linear ? 2 : 1),
  biasIsThreshold: ({ attributes, has }: RecurrenceShape) =>
    attributes.activation === 'modrelu' && has('bias'),
  columns: ({ gates, units }, kind) => {
    const names = kind === 'kernel' ? (['kernel', 'gateKernel'] as const) : (['bias', 'gateBias'] as const);
    return names.slice(0, gates).map((name) => ({ name, offset: 0, rowFloats: units }));
  },

  recurrentMatrices: ({ arrays }, { units }, back) => {
    const matrices: { weights: Matrix; linear?: Matrix } = {
      weights: square(arrays.W as Float32Array, units, back),
    };
    if (arrays.A) matrices.linear = square(arrays.A as Float32Array, units, back);
    return matrices;
  },
  recurrentGradientBytes: ({ units, width }) => units * width * 4,
  recurrentGradients: ({ units, width, linear, gradA }) => {
    const matrix = { paddedRow: width, rows: units, offset: 0, rowFloats: units };
    const gradients = [{ name: 'W' as const, at: 0, ...matrix }];
    return linear ? [...gradients, { name: 'A' as const, at: gradA, ...matrix }] : gradients;
  },

  // Y: the state of each stage, and the last one; S: act(...); G: the gate; M: what the gate multiplies, where that is not S.
  planes: ({ stages, taskRows, row, gated, linear }, steps) => {
    const slots = Math.max(1, steps) * stages * taskRows * row;
    return {
      planeY: slots + (steps > 0 ? taskRows * row : 0),
      planeS: slots,
      planeG: gated ? slots : 0,
      planeM: gated && linear ? slots : 0,
    };
  },
  states: 1,
  scratch: ({ taskRows, row, zRow, xRow, stages, block }) => ({
    cotangent: taskRows * row,
    z: taskRows * zRow,
    linear: taskRows * row,
    slopes: stages * taskRows * row,
    stageCotangents: stages * taskRows * row,
    inputs: taskRows * xRow,
    panel: OUTER_ROWS * 32,
    inputCotangents: block * taskRows * xRow,
  }),
  rings: ({ stages, taskRows, row, zRow, gated, linear, block }, zSteps) => {
    const stageCotangents = block * stages * taskRows * row;
    return {
      ringZ: zSteps * taskRows * zRow,
      // With one stage and no gate the cotangent that W meets is that of the drive.
      ...((stages > 1 || gated) && { ringW: stageCotangents }),
      ...(linear && { ringA: stageCotangents }),
    };
  },
};
