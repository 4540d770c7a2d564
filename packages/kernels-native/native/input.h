/* What the inputs give to a step, and the gradients of kernels, biases and inputs. */
#ifndef HURWITZ_INPUT_H
#define HURWITZ_INPUT_H

#include "gemm.h"
#include "rows.h"

INLINE size_t vector_inputs(const Job *job) { return job->tokens ? 0 : job->input_dim; }

/* [x_t, 1] of each row, which meets [kernel; bias]. A masked row is zero: what it holds must not matter. */
static void gather_inputs(const Task *task, float *to, size_t t) {
  const Job *job = task->job;
  size_t dim = vector_inputs(job);
  size_t sequence = job->time * dim;
  const float *from = dim == 0 ? NULL : job->x + task->first_row * sequence + input_step(job, t) * dim;
  for (size_t r = 0; r < task->rows; ++r) {
    if (masked(task, r, t)) {
      clear_floats(to, dim + 1);
    } else {
      if (dim == 1) to[0] = from[0];
      else if (dim > 0) copy_floats(to, from, dim);
      to[dim] = 1;
    }
    to += job->x_row;
    if (from) from += sequence;
  }
}

/* z = x · kernel + b row by row, from [kernel; bias] as it is. */
static void project_narrow(const Task *task, const float *x, float *z, size_t z_row) {
  const Job *job = task->job;
  const float *bias = job->kernel + job->input_dim * job->z_width;
  for (size_t r = 0; r < task->rows; ++r) {
    for (size_t j = 0; j < job->z_width; j += LANES) {
      vf sum = load(bias + j);
      for (size_t i = 0; i < job->input_dim; ++i) sum += splat(x[i]) * load(job->kernel + i * job->z_width + j);
      store(z + j, sum);
    }
    x += job->x_row;
    z += z_row;
  }
}

INLINE size_t token_of(const Job *job, size_t row, size_t t) {
  return (size_t)job->token[row * job->time + input_step(job, t)];
}

/* The bias and the kernel's row that each token selects. */
static void gather_kernels(const Task *task, size_t t, float *z, size_t z_row) {
  const Job *job = task->job;
  for (size_t r = 0; r < task->rows; ++r) {
    size_t offset = token_of(job, task->first_row + r, t) * job->kernel_row;
    copy_floats(z, job->bias, job->z_width);
    for (size_t gate = 0; gate < job->gates; ++gate) {
      add_floats(z + gate * job->width, job->token_kernel[gate] + offset, job->units);
    }
    z += z_row;
  }
}

/* z_t = U x_t + b of all gates into rows of stride `z_row`; `x` is scratch for [x_t, 1]. */
static void project(const Task *task, size_t t, float *z, size_t z_row, float *x) {
  const Job *job = task->job;
  if (job->tokens) {
    gather_kernels(task, t, z, z_row);
    return;
  }
  gather_inputs(task, x, t);
  if (job->input_dim <= NARROW) project_narrow(task, x, z, z_row);
  else gemm(x, job->x_row, job->kernel, z, z_row, task->rows, job->z_width, job->input_columns, false);
}

/* Keeps [x_t, 1] for `input_gradients`; the ring holds the steps of one block. */
static void remember_inputs(const Task *task, size_t t, size_t block_start) {
  const Job *job = task->job;
  gather_inputs(task, of_task(job->ring_x, task) + (t - block_start) * task->rows * job->x_row, t);
}

/*
 * From the cotangents dz of the steps [from, to): the gradient of [kernel; bias] into this task's sums, and that of the inputs
 * where wanted. `panel` is scratch for `outer`, `dx` for as many rows of inputs.
 */
static void input_gradients(const Task *task, size_t from, size_t to, float *dz, float *panel, float *dx) {
  const Job *job = task->job;
  size_t count = (to - from) * task->rows;
  float *gradient = of_task(job->grads, task) + job->grad_k;
  outer(of_task(job->ring_x, task), job->x_row, vector_inputs(job) + 1, dz, job->z_row, job->z_width, gradient, job->z_width,
        count, panel, NULL, NULL);
  if (!job->input_grad) return;
  size_t dim = vector_inputs(job);
  size_t padded = (dim + WIDEST - 1) / WIDEST * WIDEST;
  clear_padding(job, dz, count);
  gemm(dz, job->z_row, job->kernel_back, dx, job->x_row, count, padded, job->z_width, false);
  for (size_t t = from; t < to; ++t) {
    for (size_t r = 0; r < task->rows; ++r) {
      float *at = job->input_grad + ((task->first_row + r) * job->time + input_step(job, t)) * dim;
      if (masked(task, r, t)) clear_floats(at, dim);
      else copy_floats(at, dx, dim);
      dx += job->x_row;
    }
  }
}

/*
 * Adds the cotangents of every step of the segment to the rows of the kernels' gradients that its tokens name. Part `index`
 * takes its own columns of every gate, so that the order of each sum is the batch's and the step's.
 */
static void scatter_tokens(const Job *job, size_t index) {
  size_t from = job->units * index / job->parts;
  size_t columns = job->units * (index + 1) / job->parts - from;
  if (columns == 0) return;
  for (size_t block = 0; block < job->tasks; ++block) {
    size_t first = rows_before(job, block);
    size_t last = rows_before(job, block + 1);
    const float *dz = job->ring_z.at + block * job->ring_z.task + from;
    for (size_t t = job->from; t < job->to; ++t) {
      for (size_t row = first; row < last; ++row) {
        size_t offset = token_of(job, row, t) * job->kernel_row + from;
        for (size_t gate = 0; gate < job->gates; ++gate) {
          add_floats(job->token_grad[gate] + offset, dz + gate * job->width, columns);
        }
        dz += job->z_row;
      }
    }
  }
}

#endif
