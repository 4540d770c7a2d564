/*
 * tf.layers' LSTM: (i, f, g, o) = gates of z + h R, c⁺ = f ∘ c + i ∘ g, h⁺ = o ∘ act(c⁺).
 *
 * Planes of the tape: Y holds h and G holds c (one slot more than steps), S the four gates side by side, M act(c⁺).
 */
#ifndef HURWITZ_LSTM_H
#define HURWITZ_LSTM_H

#include "input.h"

typedef struct {
  float *dh, *dc, *kept, *x, *panel, *dx;
  size_t plane, gate_plane;
} CellScratch;

static CellScratch cell_scratch(const Task *task) {
  const Job *job = task->job;
  size_t plane = task->rows * job->row;
  CellScratch s = {.plane = plane, .gate_plane = task->rows * job->z_row, .dh = of_task(job->scratch, task)};
  s.dc = s.dh + plane;
  s.kept = s.dc + plane;
  s.x = s.kept + plane;
  s.panel = s.x + task->rows * job->x_row;
  s.dx = s.panel + OUTER_ROWS * PANEL_COLUMNS;
  return s;
}

/* The gates in place, c⁺, act(c⁺) and h⁺, in one pass. */
INLINE void lstm_step(const enum Activation activation, const enum Activation recurrent, const Task *task, float *gates,
                      float *squashed, const float *h, const float *c, float *next_h, float *next_c, size_t t) {
  const Job *job = task->job;
  const size_t width = job->width;
  for (size_t r = 0; r < task->rows; ++r) {
    size_t at = r * job->row;
    float *z = gates + r * job->z_row;
    if (masked(task, r, t)) {
      if (next_h != h) copy_floats(next_h + at, h + at, width);
      if (next_c != c) copy_floats(next_c + at, c + at, width);
      continue;
    }
    for (size_t j = 0; j < width; j += LANES) {
      vf i = activate(recurrent, load(z + j), NULL);
      vf f = activate(recurrent, load(z + width + j), NULL);
      vf g = activate(activation, load(z + 2 * width + j), NULL);
      vf o = activate(recurrent, load(z + 3 * width + j), NULL);
      vf cell = i * g + f * load(c + at + j);
      vf a = activate(activation, cell, NULL);
      store(z + j, i);
      store(z + width + j, f);
      store(z + 2 * width + j, g);
      store(z + 3 * width + j, o);
      store(next_c + at + j, cell);
      store(squashed + at + j, a);
      store(next_h + at + j, o * a);
    }
  }
}

#define FOR_RECURRENT(activation, REC, call)                                    \
  if ((activation) == HARD_SIGMOID) {                                           \
    const enum Activation REC = HARD_SIGMOID; \
    call;                                                                       \
  } else {                                                                      \
    const enum Activation REC = SIGMOID; \
    call;                                                                       \
  }

static void advance_lstm(const Task *task, bool tape, bool out) {
  const Job *job = task->job;
  const CellScratch scratch = cell_scratch(task);
  const size_t plane = scratch.plane;
  const size_t step = tape ? plane : 0;
  float *h = of_task(job->y, task);
  float *c = of_task(job->g, task);
  float *gates = of_task(job->s, task);
  float *squashed = of_task(job->m, task);
  for (size_t t = task->from; t < task->to; ++t) {
    if (out && job->segment != 0 && t % job->segment == 0) {
      float *at = of_task(job->checkpoints, task) + t / job->segment * 2 * plane;
      copy_floats(at, h, plane);
      copy_floats(at + plane, c, plane);
    }
    project(task, t, gates, job->z_row, scratch.x);
    gemm(h, job->row, job->weights, gates, job->z_row, task->rows, job->z_width, job->units, true);
    FOR_RECURRENT(job->recurrent_activation, REC,
                  FOR_ACTIVATION(job->activation, ACT,
                                 lstm_step(ACT, REC, task, gates, squashed, h, c, h + step, c + step, t)))
    h += step;
    c += step;
    if (tape) {
      gates += scratch.gate_plane;
      squashed += plane;
    }
    if (out && job->states) store_rows(task, job->states + t * job->units, job->time * job->units, h);
  }
  if (out && task->to == job->time) {
    store_rows(task, job->final, job->units, h);
    store_rows(task, job->final_cell, job->units, c);
  }
}

static void forward_lstm(const Task *task) {
  const Job *job = task->job;
  load_rows(task, of_task(job->y, task), job->initial, job->units);
  load_rows(task, of_task(job->g, task), job->initial_cell, job->units);
  advance_lstm(task, job->tape, true);
}

/* The elementwise part of one step back; leaves the gates' cotangents at dz, and dh at zero for the product to fill. */
INLINE void lstm_back(const enum Activation activation, const enum Activation recurrent, const Task *task,
                      const CellScratch *scratch, size_t t, size_t slot, float *dz) {
  const Job *job = task->job;
  const size_t width = job->width;
  const float *gates = of_task(job->s, task) + slot * scratch->gate_plane;
  float *previous = of_task(job->y, task) + slot * scratch->plane;
  const float *c = of_task(job->g, task) + slot * scratch->plane;
  const float *squashed = of_task(job->m, task) + slot * scratch->plane;
  for (size_t r = 0; r < task->rows; ++r) {
    size_t at = r * job->row;
    const float *z = gates + r * job->z_row;
    float *d = dz + r * job->z_row;
    if (masked(task, r, t)) {
      clear_floats(previous + at, width);
      clear_floats(d, job->z_width);
      continue;
    }
    for (size_t j = 0; j < width; j += LANES) {
      vf i = load(z + j), f = load(z + width + j), g = load(z + 2 * width + j), o = load(z + 3 * width + j);
      vf a = load(squashed + at + j);
      vf dh = load(scratch->dh + at + j);
      vf dc = dh * o * derivative(activation, a) + load(scratch->dc + at + j);
      store(d + j, dc * g * derivative(recurrent, i));
      store(d + width + j, dc * load(c + at + j) * derivative(recurrent, f));
      store(d + 2 * width + j, dc * i * derivative(activation, g));
      store(d + 3 * width + j, dh * a * derivative(recurrent, o));
      store(scratch->dc + at + j, dc * f);
      store(scratch->dh + at + j, splat(0));
    }
  }
}

static void backward_lstm(const Task *task) {
  const Job *job = task->job;
  const CellScratch scratch = cell_scratch(task);
  const size_t plane = scratch.plane;
  float *y = of_task(job->y, task);
  float *grads = of_task(job->grads, task);
  if (job->recompute) {
    const float *at = of_task(job->checkpoints, task) + task->from / job->segment * 2 * plane;
    copy_floats(y, at, plane);
    copy_floats(of_task(job->g, task), at + plane, plane);
    advance_lstm(task, true, false);
  }
  if (task->to == job->time) {
    clear_floats(grads, job->grads.task);
    load_rows(task, scratch.dh, job->final_grad, job->units);
    load_rows(task, scratch.dc, job->final_cell_grad, job->units);
  }
  float *ring_z = of_task(job->ring_z, task);
  for (size_t end = task->to; end > task->from;) {
    size_t start = end - task->from > job->block ? end - job->block : task->from;
    size_t z_start = job->keep_z ? task->from : start;
    for (size_t t = end; t-- > start;) {
      float *dz = ring_z + (t - z_start) * scratch.gate_plane;
      if (job->state_grad) add_rows(task, scratch.dh, job->state_grad + t * job->units, job->time * job->units);
      copy_masked_rows(task, scratch.kept, scratch.dh, t);
      FOR_RECURRENT(job->recurrent_activation, REC,
                    FOR_ACTIVATION(job->activation, ACT, lstm_back(ACT, REC, task, &scratch, t, t - task->from, dz)))
      clear_padding(job, dz, task->rows);
      gemm(dz, job->z_row, job->weights_back, scratch.dh, job->row, task->rows, job->width, job->z_width - job->width + job->units,
           true);
      copy_masked_rows(task, scratch.dh, scratch.kept, t);
      remember_inputs(task, t, start);
    }
    float *dz = ring_z + (start - z_start) * scratch.gate_plane;
    outer(y + (start - task->from) * plane, job->row, job->units, dz, job->z_row, job->z_width, grads + job->grad_w,
          job->z_width, (end - start) * task->rows, scratch.panel, NULL, NULL);
    input_gradients(task, start, end, dz, scratch.panel, scratch.dx);
    end = start;
  }
  if (task->from == 0) {
    store_rows(task, job->initial_grad, job->units, scratch.dh);
    store_rows(task, job->initial_cell_grad, job->units, scratch.dc);
  }
}

#endif
