/*
 * k(h) = g ∘ (A h + act(W h + z)), g = sigmoid(W h + z_g) or 1, and h⁺ = carry · h + epsilon · Φ(k, h).
 *
 * The planes of the tape hold, per step, stage and row: Y the stage's state, S act(...), G the gate, M what the gate multiplies
 * (only if gated with a linear term: elsewhere it is S). Without a tape all steps share one slot.
 */
#ifndef HURWITZ_DYNAMICAL_H
#define HURWITZ_DYNAMICAL_H

#include "input.h"

/* Scratch of a task; all but z, x, panel and dx are planes of states. */
typedef struct {
  float *cotangent, *z, *linear, *slopes, *stage_cotangents, *x, *panel, *dx;
  size_t plane;
} DynamicalScratch;

static DynamicalScratch dynamical_scratch(const Task *task) {
  const Job *job = task->job;
  size_t plane = task->rows * job->row;
  DynamicalScratch s = {.plane = plane, .cotangent = of_task(job->scratch, task)};
  s.z = s.cotangent + plane;
  s.linear = s.z + task->rows * job->z_row;
  s.slopes = s.linear + plane;
  s.stage_cotangents = s.slopes + job->stages * plane;
  s.x = s.stage_cotangents + job->stages * plane;
  s.panel = s.x + task->rows * job->x_row;
  s.dx = s.panel + OUTER_ROWS * PANEL_COLUMNS;
  return s;
}

/* target = carry · y + Σ weights_i k_i over the first `count` slopes, those of weight 0 left out; a masked row is carried over. */
static void combine(const Task *task, const DynamicalScratch *scratch, float *target, const float *y, bool carry,
                    const float *weights, size_t count, size_t t) {
  const Job *job = task->job;
  for (size_t r = 0; r < task->rows; ++r) {
    size_t at = r * job->row;
    if (masked(task, r, t)) {
      if (target != y) copy_floats(target + at, y + at, job->width);
      continue;
    }
    for (size_t j = at; j < at + job->width; j += LANES) {
      vf sum = carry ? load(y + j) : splat(0);
      for (size_t i = 0; i < count; ++i) {
        if (weights[i] != 0) sum += splat(weights[i]) * load(scratch->slopes + i * scratch->plane + j);
      }
      store(target + j, sum);
    }
  }
}

/*
 * s holds W y (direct: W y + z): s = act(W y + z), g = sigmoid(W y + z_g), m = A y + s, and the slope is k = g ∘ m. All in one
 * pass, which leaves at `target` the slope or, where it is the only one, carry · y + (epsilon b) k.
 */
INLINE void respond(const enum Activation activation, const bool GATED, const Task *task, const DynamicalScratch *scratch,
                    float *target, const float *y, float *s, float *g, float *m, size_t t) {
  const Job *job = task->job;
  const bool single = job->stages == 1;
  const bool direct = single && !GATED;
  const bool has_linear = job->linear != NULL;
  const bool carry = job->carry;
  const vf weight = splat(job->tableau_b[0]);
  const size_t width = job->width;
  for (size_t r = 0; r < task->rows; ++r) {
    size_t at = r * job->row;
    if (single && masked(task, r, t)) {
      if (target != y) copy_floats(target + at, y + at, width);
      continue;
    }
    const float *z = scratch->z + r * job->z_row;
    for (size_t i = 0; i < width; i += LANES) {
      size_t j = at + i;
      vf product = load(s + j);
      vf value = activate(activation, direct ? product : product + load(z + i), job->threshold + i);
      store(s + j, value);
      if (has_linear) value += load(scratch->linear + j);
      if (GATED) {
        if (m) store(m + j, value);
        vf gate = sigmoid_of(product + load(z + width + i));
        store(g + j, gate);
        value *= gate;
      }
      if (single) value = carry ? load(y + j) + weight * value : weight * value;
      store(target + j, value);
    }
  }
}

/* Steps [from, to) from the state in the first slot of Y; with `out`, results go to the caller. */
static void advance_dynamical(const Task *task, bool tape, bool out) {
  const Job *job = task->job;
  const DynamicalScratch scratch = dynamical_scratch(task);
  const size_t stages = job->stages, plane = scratch.plane;
  const size_t step = tape ? stages * plane : 0;
  /* One stage without a gate: z can be formed where W h is added to it. */
  const bool direct = stages == 1 && !job->gated;
  float *y = of_task(job->y, task);
  float *s = of_task(job->s, task);
  float *g = of_task(job->g, task);
  float *m = tape && job->gated && job->linear ? of_task(job->m, task) : NULL;
  for (size_t t = task->from; t < task->to; ++t) {
    if (out && job->segment != 0 && t % job->segment == 0) {
      copy_floats(of_task(job->checkpoints, task) + t / job->segment * plane, y, plane);
    }
    project(task, t, direct ? s : scratch.z, direct ? job->row : job->z_row, scratch.x);
    for (size_t stage = 0; stage < stages; ++stage) {
      size_t at = stage * plane;
      if (stage > 0) combine(task, &scratch, y + at, y, true, job->tableau_a + stage * stages, stage, t);
      gemm(y + at, job->row, job->weights, s + at, job->row, task->rows, job->width, job->units, direct);
      if (job->linear) {
        gemm(y + at, job->row, job->linear, scratch.linear, job->row, task->rows, job->width, job->units, false);
      }
      float *target = stages == 1 ? y + step : scratch.slopes + at;
      if (job->gated) {
        FOR_ACTIVATION(job->activation, ACT,
                       respond(ACT, true, task, &scratch, target, y, s + at, g + at, m ? m + at : NULL, t))
      } else {
        FOR_ACTIVATION(job->activation, ACT, respond(ACT, false, task, &scratch, target, y, s + at, NULL, NULL, t))
      }
    }
    if (stages > 1) combine(task, &scratch, y + step, y, job->carry, job->tableau_b, stages, t);
    y += step;
    s += step;
    if (job->gated) g += step;
    if (m) m += step;
    if (out && job->states) store_rows(task, job->states + t * job->units, job->time * job->units, y);
  }
  if (out && task->to == job->time) store_rows(task, job->final, job->units, y);
}

static void forward_dynamical(const Task *task) {
  const Job *job = task->job;
  load_rows(task, of_task(job->y, task), job->initial, job->units);
  advance_dynamical(task, job->tape, true);
}

/* What one stage reads and leaves: planes of the tape, and the cotangents that weights meet. */
typedef struct {
  float *y;
  const float *s, *g, *m;
  float *w, *a, *dz;
} StagePlanes;

static void clear_masked(const Job *job, const StagePlanes *p, size_t base, float *dz) {
  clear_floats(p->y + base, job->width);
  clear_floats(p->w + base, job->width);
  if (job->linear_back) clear_floats(p->a + base, job->width);
  if (dz) clear_floats(dz, job->z_width);
}

/* `stage_back` for a single stage without a threshold, the usual case: nothing left to ask in the inner loop. */
INLINE void single_stage_back(const enum Activation activation, const bool GATED, const Task *task, float *cotangent,
                              const StagePlanes *p, size_t t) {
  const Job *job = task->job;
  const bool has_linear = job->linear_back != NULL;
  const bool carry = job->carry;
  const vf weight = splat(job->tableau_b[0]);
  const size_t width = job->width;
  for (size_t r = 0; r < task->rows; ++r) {
    size_t base = r * job->row;
    float *dz = p->dz + r * job->z_row;
    if (masked(task, r, t)) {
      clear_masked(job, p, base, GATED ? dz : NULL);
      continue;
    }
    for (size_t i = 0; i < width; i += LANES) {
      size_t j = base + i;
      vf dh = load(cotangent + j);
      vf value = load(p->s + j);
      if (!carry) store(cotangent + j, splat(0));
      vf dm = weight * dh;
      if (GATED) {
        vf gate = load(p->g + j);
        dm *= gate;
        vf du = dm * derivative(activation, value);
        vf d_gate = dm * load(p->m + j) * (splat(1) - gate);
        store(p->w + j, du + d_gate);
        store(dz + i, du);
        store(dz + width + i, d_gate);
      } else {
        store(p->w + j, dm * derivative(activation, value));
      }
      if (has_linear) store(p->a + j, dm);
    }
  }
}

/* The elementwise part of one stage, from the cotangent of its slope. */
INLINE void stage_back(const enum Activation activation, const Task *task, const DynamicalScratch *scratch,
                       const StagePlanes *p, size_t stage, size_t t) {
  const Job *job = task->job;
  const size_t stages = job->stages, width = job->width;
  const bool last = stage == stages - 1;
  const float weight = job->tableau_b[stage];
  float *threshold_grad = job->threshold ? of_task(job->grads, task) + job->grad_b : NULL;
  for (size_t r = 0; r < task->rows; ++r) {
    size_t base = r * job->row;
    float *dz = p->dz + r * job->z_row;
    if (masked(task, r, t)) {
      clear_masked(job, p, base, !job->shared_z && last ? dz : NULL);
      continue;
    }
    for (size_t i = 0; i < width; i += LANES) {
      size_t j = base + i;
      vf dh = load(scratch->cotangent + j);
      vf dk = weight != 0 ? splat(weight) * dh : splat(0);
      for (size_t later = stage + 1; later < stages; ++later) {
        float factor = job->tableau_a[later * stages + stage];
        if (factor != 0) dk += splat(factor) * load(scratch->stage_cotangents + later * scratch->plane + j);
      }
      vf value = load(p->s + j);
      vf dm = dk;
      vf d_gate = splat(0);
      if (job->gated) {
        vf gate = load(p->g + j);
        dm = dk * gate;
        d_gate = dm * load(p->m + j) * (splat(1) - gate);
      }
      vf du = dm * derivative(activation, value);
      store(p->w + j, du + d_gate);
      if (job->linear_back) store(p->a + j, dm);
      if (threshold_grad) {
        vf signed_du = (vf)((vi)du ^ ((vi)value & sign_bits()));
        store(threshold_grad + i, load(threshold_grad + i) + signed_du);
      }
      if (!job->shared_z) {
        store(dz + i, last ? du : load(dz + i) + du);
        if (job->gated) store(dz + width + i, last ? d_gate : load(dz + width + i) + d_gate);
      }
      if (stages == 1 && !job->carry) store(scratch->cotangent + j, splat(0));
    }
  }
}

/* The cotangent of the state before a step of several stages. */
static void carry_back(const Task *task, const DynamicalScratch *scratch, size_t t) {
  const Job *job = task->job;
  for (size_t r = 0; r < task->rows; ++r) {
    if (masked(task, r, t)) continue;
    for (size_t j = r * job->row; j < r * job->row + job->width; j += LANES) {
      vf sum = job->carry ? load(scratch->cotangent + j) : splat(0);
      for (size_t stage = 0; stage < job->stages; ++stage) {
        sum += load(scratch->stage_cotangents + stage * scratch->plane + j);
      }
      store(scratch->cotangent + j, sum);
    }
  }
}

/*
 * One step back; `at` is its slot on the tape. Leaves the cotangents that weights meet at w, a and dz; of a masked row they are
 * zero, and so is the state that they meet.
 */
static void step_back_dynamical(const Task *task, const DynamicalScratch *scratch, size_t t, size_t at, float *w, float *a,
                                float *dz) {
  const Job *job = task->job;
  const size_t stages = job->stages;
  float *cotangent = scratch->cotangent;
  if (job->state_grad) add_rows(task, cotangent, job->state_grad + t * job->units, job->time * job->units);
  copy_masked_rows(task, scratch->slopes, cotangent, t);
  for (size_t stage = stages; stage-- > 0;) {
    size_t offset = stage * scratch->plane;
    StagePlanes p = {.y = of_task(job->y, task) + at + offset, .s = of_task(job->s, task) + at + offset,
                     .w = w + offset, .a = a ? a + offset : NULL, .dz = dz};
    if (job->gated) {
      p.g = of_task(job->g, task) + at + offset;
      p.m = job->linear_back ? of_task(job->m, task) + at + offset : p.s;
    }
    if (stages > 1 || job->threshold) {
      FOR_ACTIVATION(job->activation, ACT, stage_back(ACT, task, scratch, &p, stage, t))
    } else if (job->gated) {
      FOR_ACTIVATION(job->activation, ACT, single_stage_back(ACT, true, task, cotangent, &p, t))
    } else {
      FOR_ACTIVATION(job->activation, ACT, single_stage_back(ACT, false, task, cotangent, &p, t))
    }
    /* With one stage the state's cotangent is already carried over, and takes what comes through the matrices. */
    float *dy = stages == 1 ? cotangent : scratch->stage_cotangents + offset;
    gemm(p.w, job->row, job->weights_back, dy, job->row, task->rows, job->width, job->units, stages == 1);
    if (job->linear_back) gemm(p.a, job->row, job->linear_back, dy, job->row, task->rows, job->width, job->units, true);
  }
  if (stages > 1) carry_back(task, scratch, t);
  copy_masked_rows(task, cotangent, scratch->slopes, t);
}

/* Back through steps [from, to), from the cotangent left by the segment after it. */
static void backward_dynamical(const Task *task) {
  const Job *job = task->job;
  const DynamicalScratch scratch = dynamical_scratch(task);
  const size_t step = job->stages * scratch.plane;
  float *y = of_task(job->y, task);
  float *grads = of_task(job->grads, task);
  if (job->recompute) {
    copy_floats(y, of_task(job->checkpoints, task) + task->from / job->segment * scratch.plane, scratch.plane);
    advance_dynamical(task, true, false);
  }
  if (task->to == job->time) {
    clear_floats(grads, job->grads.task);
    load_rows(task, scratch.cotangent, job->final_grad, job->units);
  }
  float *ring_w = of_task(job->ring_w, task);
  float *ring_a = of_task(job->ring_a, task);
  float *ring_z = of_task(job->ring_z, task);
  const size_t z_plane = task->rows * job->z_row;
  for (size_t end = task->to; end > task->from;) {
    size_t start = end - task->from > job->block ? end - job->block : task->from;
    size_t z_start = job->keep_z ? task->from : start;
    size_t w_start = job->shared_z ? z_start : start;
    for (size_t t = end; t-- > start;) {
      step_back_dynamical(task, &scratch, t, (t - task->from) * step, ring_w + (t - w_start) * step,
                          ring_a ? ring_a + (t - start) * step : NULL, ring_z + (t - z_start) * z_plane);
      remember_inputs(task, t, start);
    }
    outer(ring_w + (start - w_start) * step, job->row, job->units, y + (start - task->from) * step, job->row, job->width,
          grads + job->grad_w, job->width, (end - start) * job->stages * task->rows, scratch.panel, ring_a,
          grads + job->grad_a);
    input_gradients(task, start, end, ring_z + (start - z_start) * z_plane, scratch.panel, scratch.dx);
    end = start;
  }
  if (task->from == 0) store_rows(task, job->initial_grad, job->units, scratch.cotangent);
}

#endif
