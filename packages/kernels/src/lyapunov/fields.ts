/**
 * The job that TypeScript writes and the WebAssembly kernels read: one 32-bit word per field. This file is compiled by
 * both compilers, so the two sides cannot disagree. Pointers and strides are in bytes; a stride `...Each` goes from one
 * trajectory to the next. Float64 unless said otherwise; matrices are in panels, see assembly/lyapunov/panel.ts.
 */
export enum Field {
  /** Tangents in float32. */
  single,
  family,
  activation,
  recurrentActivation,
  units,
  /** `units` rounded up to a multiple of 8: gates, and h and c in a state, start at multiples of it. */
  width,
  gates,
  hiddenOnly,
  /** 0 or 1. */
  carry,
  stages,
  /** epsilon a, stages x stages, and epsilon b. */
  tableauA,
  tableauB,

  /** [gates width, units], for states and for tangents; A, or the GRU's reset gate by columns, likewise. */
  weights,
  tangentWeights,
  linear,
  tangentLinear,
  /** [kernel, bias], [gates width, inputDim + 1]; the rows of a gate of the dynamical family come second. */
  kernel,
  driveRows,
  gated,
  threshold,

  inputDim,
  tokens,
  inputs,
  inputsEach,

  state,
  stateEach,
  /** Numbers in a state, padding included. */
  stateSize,

  /** Vectors of each frame, and panels that hold them. */
  count,
  panels,
  /** Rows of a panel, padding included, and without. */
  rows,
  tangentSize,
  frame,
  frameEach,
  panelBytes,
  growth,
  growthEach,
  /** One byte for each vector. */
  unresolved,
  unresolvedEach,
  /** A `Fault` for each trajectory. */
  faults,

  scratch,
  scratchEach,

  /** What to do: a step, a factorisation, or one after the other; and whether one step lies between factorisations. */
  step,
  factorise,
  afterOneStep,
  /** Trajectories. */
  tasks,
  fields,
}

export enum Fault {
  none,
  state,
  tangent,
}
