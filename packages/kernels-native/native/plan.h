/* How a problem is cut up and laid out in memory, from its sizes alone, so that results depend on nothing else. */
#ifndef HURWITZ_PLAN_H
#define HURWITZ_PLAN_H

#include "run.h"

typedef struct {
  size_t tasks, task_rows, gates, block;
  bool gated, linear;
  size_t width, z_width, row, z_row, x_row, input_columns;
  /* Floats of one task's gradients, and where each lies in them. */
  size_t grads, grad_a, grad_k, grad_b;
} Plan;

/* Floats that one task keeps. */
typedef struct {
  size_t y, s, g, m;
} PlaneSizes;

Plan plan_of(const Problem *problem);
/* Of `steps` steps; with 0, the slots that a run without a tape works in. */
PlaneSizes plane_sizes(const Problem *problem, const Plan *plan, size_t steps);
size_t checkpoint_size(const Problem *problem, const Plan *plan);
size_t scratch_size(const Problem *problem, const Plan *plan);
/* Multiply-adds of the forward pass; each of the two backward parts has as many. */
double multiply_adds(const Problem *problem, const Plan *plan);
/* Under modReLU the bias is the threshold of the activation, and no part of z. */
bool bias_is_threshold(const Problem *problem);
size_t round_up(size_t value, size_t multiple);

#endif
