#include "run.h"

#include <string.h>

#include "memory.h"
#include "plan.h"
#include "pool.h"

/* Parts that the scatter of tokens' gradients and the sum over tasks are cut into. */
#define PARTS 8
/* Jobs of fewer multiply-adds than this are not worth waking a thread for. */
#define PARALLEL_FROM 4e6
#define LINE 16

/* One allocation laid out in parts: sizes first, so that what cannot be had is refused before anything is done. */
typedef struct {
  size_t total;
  float *memory;
} Arena;

#define NOTHING SIZE_MAX

static size_t reserve(Arena *arena, size_t floats) {
  if (floats == 0) return NOTHING;
  size_t offset = arena->total;
  arena->total += round_up(floats, LINE);
  return offset;
}

static float *part(const Arena *arena, size_t offset) { return offset == NOTHING ? NULL : arena->memory + offset; }

static size_t bytes_of(const Arena *arena) { return arena->total * sizeof(float); }

static Refused allocate(Arena *arena) {
  arena->memory = memory_take(bytes_of(arena));
  return arena->memory ? 0 : bytes_of(arena);
}

static void release(Arena *arena) { memory_give(arena->memory, bytes_of(arena)); }

/* Where the planes of a tape are in an arena. */
typedef struct {
  size_t y, s, g, m;
  PlaneSizes task;
} Planes;

static Planes reserve_planes(Arena *arena, const Problem *problem, const Plan *plan, size_t steps) {
  Planes planes = {.task = plane_sizes(problem, plan, steps)};
  planes.y = reserve(arena, planes.task.y * plan->tasks);
  planes.s = reserve(arena, planes.task.s * plan->tasks);
  planes.g = reserve(arena, planes.task.g * plan->tasks);
  planes.m = reserve(arena, planes.task.m * plan->tasks);
  return planes;
}

static Blocks blocks_at(const Arena *arena, size_t offset, size_t task) { return (Blocks){part(arena, offset), task}; }

/* Packed weights of one direction. */
typedef struct {
  size_t weights, linear;
} Weights;

static size_t recurrent_columns(const Problem *problem, const Plan *plan) {
  return problem->family == DYNAMICAL ? plan->width : problem->family == LSTM ? plan->z_width : 2 * plan->width;
}

static Weights reserve_weights(Arena *arena, const Problem *problem, const Plan *plan, bool back) {
  const size_t columns = recurrent_columns(problem, plan);
  const bool linear = plan->linear || problem->family == GRU;
  if (problem->family == DYNAMICAL || !back) {
    return (Weights){reserve(arena, problem->units * columns),
                     reserve(arena, linear ? problem->units * plan->width : 0)};
  }
  return (Weights){reserve(arena, columns * plan->width), reserve(arena, linear ? plan->width * plan->width : 0)};
}

/* Gates [first, first + count) of the recurrent kernel, as the product of one direction reads them. */
static void pack_gates(const Kernels *kernels, const Problem *problem, const Plan *plan, float *target, size_t first,
                       size_t count, bool back) {
  const size_t units = problem->units, all = plan->gates * units;
  const size_t depth = back ? (count - 1) * plan->width + units : units;
  const size_t columns = back ? plan->width : count * plan->width;
  memset(target, 0, depth * columns * sizeof(float));
  for (size_t gate = 0; gate < count; ++gate) {
    const float *source = problem->recurrent + (first + gate) * units;
    const Block block = back ? (Block){source, 1, all, units, units, gate * plan->width, 0}
                             : (Block){source, all, 1, units, units, 0, gate * plan->width};
    kernels->pack(target, depth, columns, &block);
  }
}

/* W or A: a square matrix that multiplies column vectors, so that rows of states meet its columns on the way forward. */
static void pack_square(const Kernels *kernels, const Problem *problem, const Plan *plan, float *target,
                        const float *source, bool back) {
  const size_t units = problem->units;
  memset(target, 0, units * plan->width * sizeof(float));
  const Block block = {source, back ? units : 1, back ? 1 : units, units, units, 0, 0};
  kernels->pack(target, units, plan->width, &block);
}

static void pack_weights(const Kernels *kernels, const Problem *problem, const Plan *plan, const Arena *arena,
                         Weights at, bool back) {
  float *weights = part(arena, at.weights), *linear = part(arena, at.linear);
  if (problem->family == DYNAMICAL) {
    pack_square(kernels, problem, plan, weights, problem->W, back);
    if (linear) pack_square(kernels, problem, plan, linear, problem->A, back);
    return;
  }
  pack_gates(kernels, problem, plan, weights, 0, problem->family == LSTM ? 4 : 2, back);
  if (linear) pack_gates(kernels, problem, plan, linear, 2, 1, back);
}

/* The kernel of one gate: its first column, and the stride of its rows. */
static const float *gate_kernel(const Problem *problem, size_t gate) {
  if (problem->family == DYNAMICAL) return gate == 0 ? problem->kernel : problem->gate_kernel;
  return problem->kernel + gate * problem->units;
}
static size_t kernel_row(const Problem *problem, const Plan *plan) {
  return problem->family == DYNAMICAL ? problem->units : plan->gates * problem->units;
}

/* The biases that are part of z, one row of all gates. */
static void put_biases(const Problem *problem, const Plan *plan, float *row) {
  const size_t units = problem->units;
  memset(row, 0, plan->z_width * sizeof(float));
  if (problem->family == DYNAMICAL) {
    if (problem->bias && !bias_is_threshold(problem)) memcpy(row, problem->bias, units * sizeof(float));
    if (problem->gate_bias) memcpy(row + plan->width, problem->gate_bias, units * sizeof(float));
    return;
  }
  if (!problem->bias) return;
  for (size_t gate = 0; gate < plan->gates; ++gate) {
    memcpy(row + gate * plan->width, problem->bias + gate * units, units * sizeof(float));
  }
  if (!problem->reset_after) return;
  /* The recurrent biases of z and r add to those of the inputs. */
  const float *recurrent = problem->bias + plan->gates * units;
  for (size_t gate = 0; gate < 2; ++gate) {
    for (size_t i = 0; i < units; ++i) row[gate * plan->width + i] += recurrent[gate * units + i];
  }
}

/* [kernel; bias], which meets [x, 1]; row by row where inputs are few. */
static void put_input_kernel(const Kernels *kernels, const Problem *problem, const Plan *plan, float *target) {
  const size_t row = kernel_row(problem, plan), dim = problem->input_dim;
  memset(target, 0, plan->input_columns * plan->z_width * sizeof(float));
  if (dim <= NARROW) {
    for (size_t i = 0; i < dim; ++i) {
      for (size_t gate = 0; gate < plan->gates; ++gate) {
        memcpy(target + i * plan->z_width + gate * plan->width, gate_kernel(problem, gate) + i * row,
               problem->units * sizeof(float));
      }
    }
    return;
  }
  for (size_t gate = 0; gate < plan->gates; ++gate) {
    const Block block = {gate_kernel(problem, gate), row, 1, dim, problem->units, 0, gate * plan->width};
    kernels->pack(target, plan->input_columns, plan->z_width, &block);
  }
}

static void put_input_bias(const Kernels *kernels, const Problem *problem, const Plan *plan, float *target,
                           const float *biases) {
  if (problem->input_dim <= NARROW) {
    memcpy(target + problem->input_dim * plan->z_width, biases, plan->z_width * sizeof(float));
    return;
  }
  const Block block = {biases, plan->z_width, 1, 1, plan->z_width, problem->input_dim, 0};
  kernels->pack(target, plan->input_columns, plan->z_width, &block);
}

/* What both directions need: scratch, biases, and the kernel of the inputs where steps are computed. */
typedef struct {
  size_t bias, extra, kernel, scratch;
} Common;

static Common reserve_common(Arena *arena, const Problem *problem, const Plan *plan, bool computes) {
  const bool extra = bias_is_threshold(problem) || problem->reset_after;
  return (Common){
      .bias = reserve(arena, plan->z_width),
      .extra = reserve(arena, extra ? plan->width : 0),
      .kernel = reserve(arena, computes && !problem->tokens ? plan->input_columns * plan->z_width : 0),
      .scratch = reserve(arena, scratch_size(problem, plan) * plan->tasks),
  };
}

static Job job_of(const Kernels *kernels, const Problem *problem, const Plan *plan, const Arena *arena, Common at) {
  Job job = {
      .family = problem->family,
      .activation = problem->activation,
      .recurrent_activation = problem->recurrent_activation,
      .tokens = problem->tokens,
      .reverse = problem->reverse,
      .gated = plan->gated,
      .reset_after = problem->reset_after,
      .tasks = plan->tasks,
      .parts = PARTS,
      .batch = problem->batch,
      .time = problem->time,
      .units = problem->units,
      .input_dim = problem->input_dim,
      .width = plan->width,
      .z_width = plan->z_width,
      .row = plan->row,
      .z_row = plan->z_row,
      .x_row = plan->x_row,
      .input_columns = plan->input_columns,
      .gates = plan->gates,
      .block = plan->block,
      .stages = problem->stages,
      .carry = problem->carry,
      .tableau_a = problem->tableau_a,
      .tableau_b = problem->tableau_b,
      .x = problem->inputs,
      .token = problem->token,
      .mask = problem->mask,
      .bias = part(arena, at.bias),
      .kernel = part(arena, at.kernel),
      .kernel_row = kernel_row(problem, plan),
      .scratch = blocks_at(arena, at.scratch, scratch_size(problem, plan)),
      .grad_a = plan->grad_a,
      .grad_k = plan->grad_k,
      .grad_b = plan->grad_b,
  };
  /* modReLU without a bias is the identity. */
  if (problem->activation == MODRELU && !bias_is_threshold(problem)) job.activation = LINEAR;
  put_biases(problem, plan, part(arena, at.bias));
  float *extra = part(arena, at.extra);
  if (extra) {
    memset(extra, 0, plan->width * sizeof(float));
    const float *source = bias_is_threshold(problem) ? problem->bias : problem->bias ? problem->bias + 5 * problem->units : NULL;
    if (source) memcpy(extra, source, problem->units * sizeof(float));
    if (problem->reset_after) job.reset_bias = extra;
    else job.threshold = extra;
  }
  if (job.kernel) {
    put_input_kernel(kernels, problem, plan, part(arena, at.kernel));
    put_input_bias(kernels, problem, plan, part(arena, at.kernel), job.bias);
  }
  if (problem->tokens) {
    for (size_t gate = 0; gate < plan->gates; ++gate) job.token_kernel[gate] = gate_kernel(problem, gate);
  }
  return job;
}

static void use_planes(Job *job, const Arena *arena, Planes planes) {
  job->y = blocks_at(arena, planes.y, planes.task.y);
  job->s = blocks_at(arena, planes.s, planes.task.s);
  job->g = blocks_at(arena, planes.g, planes.task.g);
  job->m = blocks_at(arena, planes.m, planes.task.m);
}

static void use_tape(Job *job, const Tape *tape) {
  job->y = tape->y;
  job->s = tape->s;
  job->g = tape->g;
  job->m = tape->m;
}

static void run(const Kernels *kernels, const Job *job, size_t count, double cost) {
  pool_run(kernels, job, count, cost < PARALLEL_FROM);
}

/* Steps per segment of the tape. */
static size_t segment_steps(const Problem *problem, const Plan *plan, size_t max_tape_bytes) {
  const PlaneSizes task = plane_sizes(problem, plan, problem->time);
  const size_t whole = plan->tasks * (task.y + task.s + task.g + task.m) * sizeof(float);
  if (whole <= max_tape_bytes) return problem->time;
  size_t root = 1;
  while (root * root < problem->time) ++root;
  return root;
}

Refused run_forward(const Kernels *kernels, const Problem *problem, const Results *results, Tape *tape,
                    size_t max_tape_bytes) {
  const Plan plan = plan_of(problem);
  const size_t time = problem->time;
  const size_t segment = tape ? segment_steps(problem, &plan, max_tape_bytes) : time;
  const bool segmented = segment < time;
  const bool whole = tape && !segmented;

  Arena kept = {0}, work = {0};
  const size_t checkpoints_task = checkpoint_size(problem, &plan) * ((time + segment - 1) / segment);
  const size_t checkpoints = reserve(&kept, segmented ? checkpoints_task * plan.tasks : 0);
  const Planes planes = reserve_planes(whole ? &kept : &work, problem, &plan, whole ? time : 0);
  const Weights weights = reserve_weights(&work, problem, &plan, false);
  const Common common = reserve_common(&work, problem, &plan, true);
  if (tape) {
    const Refused refused = allocate(&kept);
    if (refused) return refused + bytes_of(&work);
  }
  const Refused refused = allocate(&work);
  if (refused) {
    if (tape) release(&kept);
    return refused + bytes_of(&kept);
  }

  pack_weights(kernels, problem, &plan, &work, weights, false);
  Job job = job_of(kernels, problem, &plan, &work, common);
  job.operation = FORWARD;
  job.to = time;
  job.segment = segmented ? segment : 0;
  job.tape = whole;
  job.weights = part(&work, weights.weights);
  job.linear = part(&work, weights.linear);
  job.initial = problem->initial_h;
  job.initial_cell = problem->initial_c;
  job.states = results->states;
  job.final = results->final;
  job.final_cell = results->final_cell;
  job.checkpoints = blocks_at(&kept, checkpoints, checkpoints_task);
  use_planes(&job, whole ? &kept : &work, planes);
  run(kernels, &job, plan.tasks, multiply_adds(problem, &plan));
  release(&work);
  if (tape) {
    *tape = (Tape){.memory = kept.memory, .bytes = bytes_of(&kept), .segment = segment, .checkpoints = job.checkpoints};
    if (whole) {
      tape->y = job.y;
      tape->s = job.s;
      tape->g = job.g;
      tape->m = job.m;
    }
  }
  return 0;
}

void release_tape(Tape *tape) {
  memory_give(tape->memory, tape->bytes);
  tape->memory = NULL;
}

/* Where cotangents of a block of steps are gathered, which then meet the states in one product. */
typedef struct {
  size_t w, a, z, x;
  size_t w_task, a_task, z_task, x_task;
  bool shared_z;
} Rings;

static Rings reserve_rings(Arena *arena, const Problem *problem, const Plan *plan, size_t segment) {
  const bool dynamical = problem->family == DYNAMICAL;
  const size_t states = plan->block * problem->stages * plan->task_rows * plan->row;
  /* Tokens: the scatter comes after the segment, so all its steps are kept. */
  const size_t z_steps = problem->tokens ? segment : plan->block;
  Rings rings = {.shared_z = dynamical && problem->stages == 1 && !plan->gated};
  rings.z_task = z_steps * plan->task_rows * plan->z_row;
  rings.w_task = rings.shared_z || !dynamical ? rings.z_task : states;
  rings.a_task = plan->linear || problem->reset_after ? states : 0;
  rings.x_task = plan->block * plan->task_rows * plan->x_row;
  rings.z = reserve(arena, rings.z_task * plan->tasks);
  rings.w = rings.shared_z || !dynamical ? rings.z : reserve(arena, rings.w_task * plan->tasks);
  rings.a = reserve(arena, rings.a_task * plan->tasks);
  rings.x = reserve(arena, rings.x_task * plan->tasks);
  return rings;
}

/* Rows of `units` out of the padded layout, into a matrix whose rows are `to_row` apart. */
static void take_rows(float *to, size_t to_row, const float *from, size_t from_row, size_t rows, size_t units) {
  for (size_t r = 0; r < rows; ++r) memcpy(to + r * to_row, from + r * from_row, units * sizeof(float));
}

/* The summed gradients of the weights, out of their padded layout. */
static void collect(const float *sums, const Problem *problem, const Plan *plan, const Gradients *gradients) {
  const size_t units = problem->units, width = plan->width, z_width = plan->z_width;
  const size_t dim = problem->tokens ? 0 : problem->input_dim;
  const float *kernel = sums + plan->grad_k;
  const float *bias = kernel + dim * z_width;
  const float *extra = sums + plan->grad_b;
  if (problem->family == DYNAMICAL) {
    take_rows(gradients->W, units, sums, width, units, units);
    if (gradients->A) take_rows(gradients->A, units, sums + plan->grad_a, width, units, units);
    if (!problem->tokens) {
      take_rows(gradients->kernel, units, kernel, z_width, dim, units);
      if (plan->gated) take_rows(gradients->gate_kernel, units, kernel + width, z_width, dim, units);
    }
    if (gradients->bias) memcpy(gradients->bias, bias_is_threshold(problem) ? extra : bias, units * sizeof(float));
    if (gradients->gate_bias) memcpy(gradients->gate_bias, bias + width, units * sizeof(float));
    return;
  }
  const size_t all = plan->gates * units;
  for (size_t gate = 0; gate < plan->gates; ++gate) {
    take_rows(gradients->recurrent + gate * units, all, sums + gate * width, z_width, units, units);
    if (!problem->tokens) take_rows(gradients->kernel + gate * units, all, kernel + gate * width, z_width, dim, units);
    if (!gradients->bias) continue;
    memcpy(gradients->bias + gate * units, bias + gate * width, units * sizeof(float));
    if (problem->reset_after) {
      memcpy(gradients->bias + all + gate * units, gate < 2 ? bias + gate * width : extra, units * sizeof(float));
    }
  }
}

Refused run_backward(const Kernels *kernels, const Problem *problem, const Tape *tape, const Cotangents *cotangents,
                     const Gradients *gradients) {
  const Plan plan = plan_of(problem);
  const size_t time = problem->time, units = problem->units;
  const bool segmented = tape->segment < time;

  Arena work = {0};
  const Common common = reserve_common(&work, problem, &plan, segmented);
  const Planes planes = segmented ? reserve_planes(&work, problem, &plan, tape->segment) : (Planes){0};
  const Weights again = segmented ? reserve_weights(&work, problem, &plan, false) : (Weights){NOTHING, NOTHING};
  const Weights back = reserve_weights(&work, problem, &plan, true);
  const size_t input_columns = round_up(problem->input_dim, WIDEST);
  const size_t kernel_back = reserve(&work, gradients->inputs ? plan.z_width * input_columns : 0);
  const Rings rings = reserve_rings(&work, problem, &plan, tape->segment);
  const size_t grads = reserve(&work, plan.grads * plan.tasks);
  const Refused refused = allocate(&work);
  if (refused) return refused;

  Job job = job_of(kernels, problem, &plan, &work, common);
  pack_weights(kernels, problem, &plan, &work, back, true);
  job.weights_back = part(&work, back.weights);
  job.linear_back = part(&work, back.linear);
  if (segmented) {
    pack_weights(kernels, problem, &plan, &work, again, false);
    job.weights = part(&work, again.weights);
    job.linear = part(&work, again.linear);
    use_planes(&job, &work, planes);
  } else {
    use_tape(&job, tape);
  }
  if (gradients->inputs) {
    float *packed = part(&work, kernel_back);
    if (packed) memset(packed, 0, plan.z_width * input_columns * sizeof(float));
    for (size_t gate = 0; packed && gate < plan.gates; ++gate) {
      const Block block = {gate_kernel(problem, gate), 1, kernel_row(problem, &plan), units, problem->input_dim,
                           gate * plan.width, 0};
      kernels->pack(packed, plan.z_width, input_columns, &block);
    }
    job.kernel_back = packed;
    job.input_grad = packed ? gradients->inputs : NULL;
  }
  job.recompute = segmented;
  job.segment = segmented ? tape->segment : 0;
  job.checkpoints = tape->checkpoints;
  job.keep_z = problem->tokens;
  job.shared_z = rings.shared_z;
  job.state_grad = cotangents->states;
  job.final_grad = cotangents->final;
  job.final_cell_grad = cotangents->final_cell;
  job.initial_grad = gradients->initial_h;
  job.initial_cell_grad = gradients->initial_c;
  job.ring_w = blocks_at(&work, rings.w, rings.w_task);
  job.ring_a = blocks_at(&work, rings.a, rings.a_task);
  job.ring_z = blocks_at(&work, rings.z, rings.z_task);
  job.ring_x = blocks_at(&work, rings.x, rings.x_task);
  job.grads = blocks_at(&work, grads, plan.grads);
  if (problem->tokens) {
    for (size_t gate = 0; gate < plan.gates; ++gate) {
      job.token_grad[gate] = problem->family != DYNAMICAL ? gradients->kernel + gate * units
                             : gate == 0                  ? gradients->kernel
                                                          : gradients->gate_kernel;
    }
  }

  /* Tokens' gradients are scattered after each segment, by all threads; without, each task goes through all its segments. */
  const size_t span = problem->tokens ? tape->segment : time;
  const double cost = 2 * multiply_adds(problem, &plan) * (double)span / (double)time;
  for (size_t to = time; to > 0; to = job.from) {
    job.operation = BACKWARD;
    job.from = (to - 1) / span * span;
    job.to = to;
    run(kernels, &job, plan.tasks, cost);
    if (problem->tokens) {
      job.operation = SCATTER;
      run(kernels, &job, PARTS, (double)(problem->batch * (to - job.from) * plan.z_width));
    }
  }
  job.operation = REDUCE;
  run(kernels, &job, PARTS, (double)(plan.grads * plan.tasks));
  collect(job.grads.at, problem, &plan, gradients);
  release(&work);
  return 0;
}
