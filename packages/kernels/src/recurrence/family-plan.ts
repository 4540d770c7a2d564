import type { Family } from '../codes.js';
import type { RecurrenceProblem, RecurrenceShape } from '../contract.js';
import type { Matrix } from './matrices.js';
import type { FamilySizes, GateColumns, Sizes } from './sizes.js';

/** The planes of a tape. */
export type Plane = 'planeY' | 'planeS' | 'planeG' | 'planeM';

/** A block of the summed gradients and the columns of the array that it is the gradient of. */
export interface GradientBlock extends GateColumns {
  /** Bytes to its first float in the gradients, and floats per row there. */
  at: number;
  paddedRow: number;
  rows: number;
}

/**
 * What a family keeps where: everything about it but its arithmetic, which is in assembly/recurrence. Sizes are bytes of
 * one task. `steps` is 0 for a run without a tape, which works in one slot.
 */
export interface FamilyPlan {
  readonly code: Family;
  /** Blocks of drive that an input makes. */
  gates(shape: RecurrenceShape): number;
  /** Products of units by width that a stage takes. */
  products(sizes: FamilySizes): number;
  /** Whether the bias is the threshold of the activation, and no part of z. */
  biasIsThreshold(shape: RecurrenceShape): boolean;
  /** Where the columns of each gate are in the kernels, or in the biases (then as one row). */
  columns(sizes: FamilySizes, kind: 'kernel' | 'bias'): GateColumns[];
  /** The recurrent weights as the forward or the backward product meets them. */
  recurrentMatrices(
    problem: RecurrenceProblem,
    sizes: Sizes,
    back: boolean,
  ): { weights: Matrix; linear?: Matrix };
  /** Bytes of the gradient of what `weights` and `linear` are made of, without A. */
  recurrentGradientBytes(sizes: FamilySizes): number;
  recurrentGradients(sizes: Sizes): GradientBlock[];

  /** What the tape holds of each step. */
  planes(sizes: Sizes, steps: number): Record<Plane, number>;
  /** State-sized quantities that one step passes to the next: h, and of an LSTM c. A checkpoint holds them. */
  readonly states: 1 | 2;
  /** Scratch, in the order in which `locate` in assembly/recurrence takes it. */
  scratch(sizes: Sizes): Record<string, number>;
  /** Cotangents of a block of steps, `zSteps` of them for the drive; where ringW is absent it is ringZ. */
  rings(sizes: Sizes, zSteps: number): { ringZ: number; ringW?: number; ringA?: number };
}
