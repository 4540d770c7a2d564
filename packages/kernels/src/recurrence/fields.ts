/**
 * The job descriptor that TypeScript writes and the WebAssembly kernels read: one 32-bit word per field.
 * This file is compiled by both compilers, so the two sides cannot disagree. Pointers and strides are in
 * bytes, a stride `...Row` goes from one row to the next and `...Task` from one task's block to the next.
 */
export enum Field {
  family,
  op,
  /** The batch is cut into this many tasks, however many threads there are. */
  tasks,
  batch,
  time,
  /** The steps [from, to) that this job covers, in reading order. */
  from,
  to,
  units,
  /** `units` rounded up to a multiple of 8. */
  width,
  /** Row stride of a state-sized plane, and of the z plane that holds all gates side by side. */
  row,
  zRow,
  /** Floats of all gates in a z row: gates · width. */
  zWidth,
  gates,
  activation,
  recurrentActivation,
  flags,
  stages,
  /** float32: 0 or 1. */
  carry,
  /** epsilon · a, stages × stages, and epsilon · b. */
  tableauA,
  tableauB,

  /** Inputs: vectors [batch, time, inputDim] or tokens [batch, time]. */
  x,
  inputDim,
  mask,
  /** Packed [kernel; bias] of all gates, for vectors. */
  kernelPacked,
  kernelBackPacked,
  /** One row of biases of zWidth floats, for tokens; the threshold of modReLU, width floats. */
  bias,
  threshold,
  /** Unpacked kernels per gate for tokens, and their row stride; gradients in the same layout. */
  kernel0,
  kernel1,
  kernel2,
  kernel3,
  kernelRow,
  kernelGrad0,
  kernelGrad1,
  kernelGrad2,
  kernelGrad3,

  /** Packed recurrent weights, for the forward and the backward product; the second pair is A, or GRU's R_h. */
  weights,
  weightsBack,
  linear,
  linearBack,

  initial,
  initialCell,
  states,
  final,
  finalCell,
  stateGrad,
  finalGrad,
  finalCellGrad,
  initialGrad,
  initialCellGrad,
  inputGrad,

  /** The tape's planes; each task has a block of its own. */
  planeY,
  planeYTask,
  planeS,
  planeSTask,
  planeG,
  planeGTask,
  planeM,
  planeMTask,
  /** Segment checkpoints: [segments][rows][row] states (and cells). */
  checkpoints,
  checkpointsTask,
  segmentSteps,

  /** Scratch of one task. */
  scratch,
  scratchTask,
  /** Rings of the backward pass: steps per flush. */
  block,
  ringW,
  ringWTask,
  ringA,
  ringATask,
  ringZ,
  ringZTask,
  ringX,
  ringXTask,
  ringXRow,

  /** Partial gradients: one block per task, laid out W, A, [kernel; bias], threshold. */
  grads,
  gradsTask,
  gradW,
  gradA,
  gradK,
  gradB,

  /** Tasks of this job; those of a scatter or a reduction are not the batch's. */
  count,
}

export enum Op {
  forward,
  backward,
  scatter,
  reduce,
}

/** Bits of `Field.flags`. */
export enum Flag {
  tape = 1,
  tokens = 2,
  reverse = 4,
  gated = 8,
  /** The tape holds one segment: recompute it from its checkpoint before going back. */
  recompute = 16,
  /** ringZ keeps the whole segment (tokens: the scatter comes after). */
  keepZ = 32,
  /** ringZ is ringW. */
  sharedZ = 64,
}
