import type { FamilyPlan } from '../family-plan.js';
import { type FamilySizes, OUTER_ROWS, type Sizes } from '../sizes.js';

/** What LSTM and GRU share: gates side by side in one kernel, one recurrent kernel and one bias. */
export const gatedPlan = (
  gates: number,
): Pick<
  FamilyPlan,
  | 'gates'
  | 'products'
  | 'biasIsThreshold'
  | 'columns'
  | 'recurrentGradientBytes'
  | 'recurrentGradients'
  | 'scratch'
  | 'rings'
> => ({
  gates: () => gates,
  products: () => gates,
  biasIsThreshold: () => false,
  columns: ({ units }, kind) =>
    Array.from({ length: gates }, (_, gate) => ({
      name: kind,
      offset: gate * units,
      rowFloats: gates * units,
    })),
  recurrentGradientBytes: ({ units, zWidth }: FamilySizes) => units * zWidth * 4,
  recurrentGradients: ({ units, width, zWidth }: Sizes) =>
    Array.from({ length: gates }, (_, gate) => ({
      name: 'recurrentKernel' as const,
      at: gate * width * 4,
      paddedRow: zWidth,
      rows: units,
      offset: gate * units,
      rowFloats: gates * units,
    })),
  scratch: ({ taskRows, row, xRow, block }) => ({
    stateCotangent: taskRows * row,
    secondCotangent: taskRows * row,
    keptCotangents: taskRows * row,
    inputs: taskRows * xRow,
    panel: OUTER_ROWS * 32,
    inputCotangents: block * taskRows * xRow,
  }),
  rings: ({ taskRows, zRow }, zSteps) => ({ ringZ: zSteps * taskRows * zRow }),
});
