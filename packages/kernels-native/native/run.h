/* A recurrence over plain arrays, forward and back. */
#ifndef HURWITZ_RUN_H
#define HURWITZ_RUN_H

#include "job.h"

/* The problem as the caller has it: sizes, and arrays row by row, NULL where absent. */
typedef struct {
  enum Family family;
  enum Activation activation, recurrent_activation;
  bool tokens, reverse, reset_after, carry;
  size_t units, batch, time, input_dim, stages;
  const float *tableau_a, *tableau_b;
  const float *inputs, *kernel, *W, *A, *bias, *gate_kernel, *gate_bias, *recurrent, *initial_h, *initial_c;
  const int32_t *token;
  const uint8_t *mask;
} Problem;

typedef struct {
  float *states, *final, *final_cell;
} Results;

typedef struct {
  const float *states, *final, *final_cell;
} Cotangents;

/* NULL where not wanted; kernels of tokens must be zeros. */
typedef struct {
  float *inputs, *kernel, *W, *A, *bias, *gate_kernel, *gate_bias, *recurrent, *initial_h, *initial_c;
} Gradients;

/* What the way back needs of the way forward. */
typedef struct {
  float *memory;
  size_t bytes;
  size_t segment;
  Blocks y, s, g, m, checkpoints;
} Tape;

/* What could not be had, in bytes; 0 if all went well. */
typedef size_t Refused;

/* With `tape`, fills it; its planes are kept in segments where all of them would pass `max_tape_bytes`. */
Refused run_forward(const Kernels *kernels, const Problem *problem, const Results *results, Tape *tape,
                    size_t max_tape_bytes);
Refused run_backward(const Kernels *kernels, const Problem *problem, const Tape *tape, const Cotangents *cotangents,
                     const Gradients *gradients);
void release_tape(Tape *tape);

#endif
