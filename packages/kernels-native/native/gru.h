/*
 * GRU: (z, r) = gates of u + h R_zr; n = act(u_h + (r ∘ h) R_h) or, with reset after, act(u_h + r ∘ (h R_h + b_h));
 * h⁺ = z ∘ h + (1 - z) ∘ n.
 *
 * Planes of the tape: Y holds h (one slot more than steps), S the gates z, r, n side by side, G r ∘ h or h R_h + b_h.
 */
#ifndef HURWITZ_GRU_H
#define HURWITZ_GRU_H

#include "lstm.h"

/* The gates z and r, and r ∘ h for the product. */
INLINE void gru_gates(const enum Activation recurrent, const Task *task, float *gates, const float *h, float *reset) {
  const Job *job = task->job;
  const size_t width = job->width;
  for (size_t row = 0; row < task->rows; ++row) {
    float *z = gates + row * job->z_row;
    for (size_t j = 0; j < width; j += LANES) {
      vf r = activate(recurrent, load(z + width + j), NULL);
      store(z + j, activate(recurrent, load(z + j), NULL));
      store(z + width + j, r);
      store(reset + row * job->row + j, r * load(h + row * job->row + j));
    }
  }
}

/* n and h⁺ = n + z ∘ (h - n). */
INLINE void gru_step(const enum Activation activation, const Task *task, float *gates, const float *h, float *next,
                     size_t t) {
  const Job *job = task->job;
  const size_t width = job->width;
  for (size_t r = 0; r < task->rows; ++r) {
    size_t at = r * job->row;
    float *z = gates + r * job->z_row;
    if (masked(task, r, t)) {
      if (next != h) copy_floats(next + at, h + at, width);
      continue;
    }
    for (size_t j = 0; j < width; j += LANES) {
      vf candidate = activate(activation, load(z + 2 * width + j), NULL);
      store(z + 2 * width + j, candidate);
      store(next + at + j, candidate + load(z + j) * (load(h + at + j) - candidate));
    }
  }
}

/* With reset after: all of a step in one pass; `product` holds h R_h and keeps h R_h + b_h. */
INLINE void gru_step_after(const enum Activation activation, const enum Activation recurrent, const Task *task, float *gates,
                           float *product, const float *h, float *next, size_t t) {
  const Job *job = task->job;
  const size_t width = job->width;
  for (size_t row = 0; row < task->rows; ++row) {
    size_t at = row * job->row;
    float *gate = gates + row * job->z_row;
    if (masked(task, row, t)) {
      if (next != h) copy_floats(next + at, h + at, width);
      continue;
    }
    for (size_t j = 0; j < width; j += LANES) {
      vf z = activate(recurrent, load(gate + j), NULL);
      vf r = activate(recurrent, load(gate + width + j), NULL);
      vf q = load(product + at + j) + load(job->reset_bias + j);
      vf candidate = activate(activation, load(gate + 2 * width + j) + r * q, NULL);
      store(gate + j, z);
      store(gate + width + j, r);
      store(gate + 2 * width + j, candidate);
      store(product + at + j, q);
      store(next + at + j, candidate + z * (load(h + at + j) - candidate));
    }
  }
}

static void advance_gru(const Task *task, bool tape, bool out) {
  const Job *job = task->job;
  const CellScratch scratch = cell_scratch(task);
  const size_t plane = scratch.plane, width = job->width;
  const size_t step = tape ? plane : 0;
  float *h = of_task(job->y, task);
  float *gates = of_task(job->s, task);
  float *reset = of_task(job->g, task);
  for (size_t t = task->from; t < task->to; ++t) {
    if (out && job->segment != 0 && t % job->segment == 0) {
      copy_floats(of_task(job->checkpoints, task) + t / job->segment * plane, h, plane);
    }
    project(task, t, gates, job->z_row, scratch.x);
    gemm(h, job->row, job->weights, gates, job->z_row, task->rows, 2 * width, job->units, true);
    if (job->reset_after) {
      gemm(h, job->row, job->linear, reset, job->row, task->rows, width, job->units, false);
      FOR_RECURRENT(job->recurrent_activation, REC,
                    FOR_ACTIVATION(job->activation, ACT,
                                   gru_step_after(ACT, REC, task, gates, reset, h, h + step, t)))
    } else {
      FOR_RECURRENT(job->recurrent_activation, REC, gru_gates(REC, task, gates, h, reset))
      gemm(reset, job->row, job->linear, gates + 2 * width, job->z_row, task->rows, width, job->units, true);
      FOR_ACTIVATION(job->activation, ACT, gru_step(ACT, task, gates, h, h + step, t))
    }
    h += step;
    if (tape) {
      gates += scratch.gate_plane;
      reset += plane;
    }
    if (out && job->states) store_rows(task, job->states + t * job->units, job->time * job->units, h);
  }
  if (out && task->to == job->time) store_rows(task, job->final, job->units, h);
}

static void forward_gru(const Task *task) {
  const Job *job = task->job;
  load_rows(task, of_task(job->y, task), job->initial, job->units);
  advance_gru(task, job->tape, true);
}

/* What a step back reads and leaves. */
typedef struct {
  const float *gates;
  float *h, *reset, *dz, *dq;
} GruPlanes;

/* Through h⁺: the cotangents of z and n at dz, and what h keeps at dh. */
INLINE void gru_back_first(const enum Activation activation, const enum Activation recurrent, const Task *task,
                           const CellScratch *scratch, const GruPlanes *p, size_t t) {
  const Job *job = task->job;
  const size_t width = job->width;
  for (size_t row = 0; row < task->rows; ++row) {
    size_t at = row * job->row;
    const float *gate = p->gates + row * job->z_row;
    float *dz = p->dz + row * job->z_row;
    if (masked(task, row, t)) {
      clear_floats(p->h + at, width);
      clear_floats(p->reset + at, width);
      clear_floats(dz, job->z_width);
      if (p->dq) clear_floats(p->dq + at, width);
      continue;
    }
    for (size_t j = 0; j < width; j += LANES) {
      vf z = load(gate + j), candidate = load(gate + 2 * width + j);
      vf d = load(scratch->dh + at + j);
      vf gap = load(p->h + at + j) - candidate;
      vf dn = d * (splat(1) - z) * derivative(activation, candidate);
      store(dz + j, d * gap * derivative(recurrent, z));
      store(dz + 2 * width + j, dn);
      store(scratch->dh + at + j, d * z);
      if (p->dq) {
        vf r = load(gate + width + j);
        store(p->dq + at + j, dn * r);
        store(dz + width + j, dn * load(p->reset + at + j) * derivative(recurrent, r));
      }
    }
  }
}

/* Reset before: from the cotangent of r ∘ h at scratch->dc, the cotangents of r and of h. */
INLINE void gru_back_reset(const enum Activation recurrent, const Task *task, const CellScratch *scratch,
                           const GruPlanes *p, size_t t) {
  const Job *job = task->job;
  const size_t width = job->width;
  for (size_t row = 0; row < task->rows; ++row) {
    size_t at = row * job->row;
    const float *gate = p->gates + row * job->z_row + width;
    float *dz = p->dz + row * job->z_row + width;
    if (masked(task, row, t)) continue;
    for (size_t j = 0; j < width; j += LANES) {
      vf r = load(gate + j);
      vf d = load(scratch->dc + at + j);
      store(dz + j, d * load(p->h + at + j) * derivative(recurrent, r));
      store(scratch->dh + at + j, load(scratch->dh + at + j) + d * r);
    }
  }
}

/* One step back: through the candidate, then through what it was reset by, then through the two gates. */
static void step_back_gru(const Task *task, const CellScratch *scratch, size_t t, const GruPlanes *p) {
  const Job *job = task->job;
  const size_t width = job->width;
  copy_masked_rows(task, scratch->kept, scratch->dh, t);
  FOR_RECURRENT(job->recurrent_activation, REC,
                FOR_ACTIVATION(job->activation, ACT, gru_back_first(ACT, REC, task, scratch, p, t)))
  clear_padding(job, p->dz, task->rows);
  if (job->reset_after) {
    gemm(p->dq, job->row, job->linear_back, scratch->dh, job->row, task->rows, width, job->units, true);
  } else {
    gemm(p->dz + 2 * width, job->z_row, job->linear_back, scratch->dc, job->row, task->rows, width, job->units, false);
    FOR_RECURRENT(job->recurrent_activation, REC, gru_back_reset(REC, task, scratch, p, t))
    clear_padding(job, p->dz, task->rows);
  }
  gemm(p->dz, job->z_row, job->weights_back, scratch->dh, job->row, task->rows, width, width + job->units, true);
  copy_masked_rows(task, scratch->dh, scratch->kept, t);
}

static void backward_gru(const Task *task) {
  const Job *job = task->job;
  const CellScratch scratch = cell_scratch(task);
  const size_t plane = scratch.plane, width = job->width;
  float *y = of_task(job->y, task);
  float *reset = of_task(job->g, task);
  float *grads = of_task(job->grads, task);
  if (job->recompute) {
    copy_floats(y, of_task(job->checkpoints, task) + task->from / job->segment * plane, plane);
    advance_gru(task, true, false);
  }
  if (task->to == job->time) {
    clear_floats(grads, job->grads.task);
    load_rows(task, scratch.dh, job->final_grad, job->units);
  }
  float *ring_z = of_task(job->ring_z, task);
  float *ring_q = job->reset_after ? of_task(job->ring_a, task) : NULL;
  for (size_t end = task->to; end > task->from;) {
    size_t start = end - task->from > job->block ? end - job->block : task->from;
    size_t z_start = job->keep_z ? task->from : start;
    for (size_t t = end; t-- > start;) {
      size_t slot = t - task->from;
      if (job->state_grad) add_rows(task, scratch.dh, job->state_grad + t * job->units, job->time * job->units);
      GruPlanes p = {.gates = of_task(job->s, task) + slot * scratch.gate_plane, .h = y + slot * plane,
                     .reset = reset + slot * plane, .dz = ring_z + (t - z_start) * scratch.gate_plane,
                     .dq = ring_q ? ring_q + (t - start) * plane : NULL};
      step_back_gru(task, &scratch, t, &p);
      remember_inputs(task, t, start);
    }
    float *dz = ring_z + (start - z_start) * scratch.gate_plane;
    size_t slot = (start - task->from) * plane;
    size_t count = (end - start) * task->rows;
    float *grad_w = grads + job->grad_w;
    outer(y + slot, job->row, job->units, dz, job->z_row, 2 * width, grad_w, job->z_width, count, scratch.panel, NULL, NULL);
    if (ring_q) {
      outer(y + slot, job->row, job->units, ring_q, job->row, width, grad_w + 2 * width, job->z_width, count, scratch.panel,
            NULL, NULL);
      for (size_t r = 0; r < count; ++r) add_floats(grads + job->grad_b, ring_q + r * job->row, width);
    } else {
      outer(reset + slot, job->row, job->units, dz + 2 * width, job->z_row, width, grad_w + 2 * width, job->z_width, count,
            scratch.panel, NULL, NULL);
    }
    input_gradients(task, start, end, dz, scratch.panel, scratch.dx);
    end = start;
  }
  if (task->from == 0) store_rows(task, job->initial_grad, job->units, scratch.dh);
}

#endif
