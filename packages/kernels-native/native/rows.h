/* Rows of states: a task's own, in whole registers, and the caller's. */
#ifndef HURWITZ_ROWS_H
#define HURWITZ_ROWS_H

#include "math.h"

/* A task: rows [first_row, first_row + rows) of the batch, over the steps [from, to). */
typedef struct {
  const Job *job;
  size_t index, first_row, rows;
  size_t from, to;
} Task;

INLINE float *of_task(Blocks blocks, const Task *task) {
  return blocks.at ? blocks.at + task->index * blocks.task : NULL;
}

/* Position in the inputs of the step that is read as number t. */
INLINE size_t input_step(const Job *job, size_t t) { return job->reverse ? job->time - 1 - t : t; }

/* Whether row r of this task is skipped at step t: its state is carried over. */
INLINE bool masked(const Task *task, size_t r, size_t t) {
  const Job *job = task->job;
  return job->mask && job->mask[(task->first_row + r) * job->time + input_step(job, t)] == 0;
}

INLINE void clear_floats(float *to, size_t count) { memset(to, 0, count * sizeof(float)); }
INLINE void copy_floats(float *to, const float *from, size_t count) { memcpy(to, from, count * sizeof(float)); }
INLINE void add_floats(float *to, const float *from, size_t count) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) store(to + i, load(to + i) + load(from + i));
  for (; i < count; ++i) to[i] += from[i];
}

/* Rows of `units` floats in the caller's layout into this task's padded rows, or zeros where there are none. */
static void load_rows(const Task *task, float *to, const float *from, size_t stride) {
  const Job *job = task->job;
  clear_floats(to, task->rows * job->row);
  if (!from) return;
  for (size_t r = 0; r < task->rows; ++r) copy_floats(to + r * job->row, from + (task->first_row + r) * stride, job->units);
}

/* This task's rows out to the caller's layout; nothing where `to` is null. */
static void store_rows(const Task *task, float *to, size_t stride, const float *from) {
  const Job *job = task->job;
  if (!to) return;
  for (size_t r = 0; r < task->rows; ++r) copy_floats(to + (task->first_row + r) * stride, from + r * job->row, job->units);
}

/* Adds rows of the caller's layout to this task's; nothing where `from` is null. */
static void add_rows(const Task *task, float *to, const float *from, size_t stride) {
  const Job *job = task->job;
  if (!from) return;
  for (size_t r = 0; r < task->rows; ++r) add_floats(to + r * job->row, from + (task->first_row + r) * stride, job->units);
}

/* The cotangents of masked rows at step t: a product with weights that are not finite must not reach them. */
static void copy_masked_rows(const Task *task, float *to, const float *from, size_t t) {
  const Job *job = task->job;
  if (!job->mask) return;
  for (size_t r = 0; r < task->rows; ++r) {
    if (masked(task, r, t)) copy_floats(to + r * job->row, from + r * job->row, job->width);
  }
}

/* Zero in what each gate's padding holds of `count` rows: what is not finite there, times a padded weight of 0, is NaN. */
static void clear_padding(const Job *job, float *z, size_t count) {
  if (job->units == job->width) return;
  for (size_t r = 0; r < count; ++r) {
    for (size_t gate = 0; gate < job->gates; ++gate) {
      clear_floats(z + r * job->z_row + gate * job->width + job->units, job->width - job->units);
    }
  }
}

#endif
