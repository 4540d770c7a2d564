/*
 * What the kernels of every instruction set read: one struct that says everything about a run of a recurrence. All sizes and
 * strides are in floats. The layout depends on the problem's sizes alone, so it is the same for every instruction set.
 */
#ifndef HURWITZ_JOB_H
#define HURWITZ_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* These numbers are those of src/settings.ts. */
enum Family { DYNAMICAL, LSTM, GRU };
enum Activation { TANH, RELU, LINEAR, SIGMOID, MODRELU, HARD_SIGMOID };
enum Operation { FORWARD, BACKWARD, SCATTER, REDUCE };

/* One block of memory per task, each `task` floats after the one before. */
typedef struct {
  float *at;
  size_t task;
} Blocks;

/* Widths are multiples of this, the lanes of the widest registers. */
#define WIDEST 16
/* Rows of a product that sums over rows: what one pass takes. */
#define OUTER_ROWS 128
/* Columns of the widest panel of any instruction set. */
#define PANEL_COLUMNS 48
#define MAX_GATES 4

typedef struct {
  enum Operation operation;
  enum Family family;
  enum Activation activation, recurrent_activation;
  bool tokens, reverse, gated;
  bool reset_after;
  /* The planes hold every step of the segment, for the way back. */
  bool tape;
  /* Compute the segment again from its checkpoint before going back through it. */
  bool recompute;
  /* ring_z keeps the whole segment, as the scatter of tokens' gradients comes after it; ring_z is ring_w. */
  bool keep_z, shared_z;

  /* The batch is cut into so many tasks, however many threads there are; parts of a scatter or a reduction. */
  size_t tasks, parts;
  size_t batch, time, units, input_dim;
  /* Steps [from, to) of this operation, steps a segment of the tape (0: not in segments), steps whose cotangents meet at once. */
  size_t from, to, segment, block;
  /* `units` in whole registers, all gates side by side, and from one row to the next of states, gates and [x, 1]. */
  size_t width, z_width, row, z_row, x_row, input_columns, gates;

  size_t stages;
  bool carry;
  /* epsilon · a, stages × stages, and epsilon · b. */
  const float *tableau_a, *tableau_b;

  const float *x;
  const int32_t *token;
  const uint8_t *mask;
  /* [kernel; bias] of all gates: packed, or row by row where inputs are few; kernels packed for the way back. */
  const float *kernel, *kernel_back;
  /* Of tokens: one row of biases, and each gate's unpacked kernel with its row stride; gradients in the same layout. */
  const float *bias;
  const float *token_kernel[MAX_GATES];
  float *token_grad[MAX_GATES];
  size_t kernel_row;
  /* modReLU's. */
  const float *threshold;
  /* GRU with reset after: the bias of the recurrent product of the candidate. */
  const float *reset_bias;

  /* Packed; `linear` is A, or GRU's product for the candidate. */
  const float *weights, *linear, *weights_back, *linear_back;

  const float *initial, *initial_cell;
  float *states, *final, *final_cell;
  const float *state_grad, *final_grad, *final_cell_grad;
  float *initial_grad, *initial_cell_grad, *input_grad;

  /* The tape: see each family's header. */
  Blocks y, s, g, m, checkpoints;
  Blocks scratch;
  Blocks ring_w, ring_a, ring_z, ring_x;
  /* Gradients of one task: W, A, [kernel; bias], and one row for the threshold or the reset bias. */
  Blocks grads;
  size_t grad_w, grad_a, grad_k, grad_b;
} Job;

/* Rows are dealt out evenly: the first batch % tasks tasks have one more. */
static inline size_t rows_before(const Job *job, size_t task) {
  size_t more = job->batch % job->tasks;
  return task * (job->batch / job->tasks) + (task < more ? task : more);
}

/* Where a block of a matrix goes in its packed form. */
typedef struct {
  const float *source;
  size_t row_stride, column_stride, rows, columns;
  size_t at_row, at_column;
} Block;

/* The kernels of one instruction set. */
typedef struct {
  const char *name;
  int lanes;
  /* One task of the job's operation. */
  void (*work)(const Job *job, size_t index);
  /* Puts a block into a packed matrix of `depth` rows and `columns` columns. */
  void (*pack)(float *target, size_t depth, size_t columns, const Block *block);
  void (*apply)(enum Activation activation, float *values, size_t count);
  /* Chains of multiply-adds on registers alone; the number of operations done. */
  double (*multiply_add)(size_t rounds, float *values);
} Kernels;

/* Up to this many inputs, a tile of a product takes longer to enter than to run. */
#define NARROW 3

#endif
