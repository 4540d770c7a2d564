#include "plan.h"

/* A small batch is cut into so many tasks, of at least four rows; more of them only when they would pass so many rows. */
#define SMALL_TASKS 8
#define TASK_ROWS 16
/* All tasks' gradients together are kept below so many floats by making fewer tasks. */
#define GRADIENT_FLOATS ((size_t)128 << 20)

size_t round_up(size_t value, size_t multiple) { return (value + multiple - 1) / multiple * multiple; }

/* An odd number of whole registers: rows then do not compete for the same cache sets, whatever the width. */
static size_t row_floats(size_t floats) { return (round_up(floats, WIDEST) / WIDEST | 1) * WIDEST; }

static size_t task_count(size_t batch, size_t grads) {
  const size_t most = SMALL_TASKS * TASK_ROWS;
  const size_t few = batch / 4 < SMALL_TASKS ? batch / 4 : SMALL_TASKS;
  const size_t wanted = batch <= most ? few : SMALL_TASKS * ((batch + most - 1) / most);
  const size_t affordable = GRADIENT_FLOATS / grads;
  size_t tasks = wanted < affordable ? wanted : affordable;
  return tasks < 1 ? 1 : tasks;
}

Plan plan_of(const Problem *problem) {
  Plan plan = {.gated = problem->gate_kernel != NULL, .linear = problem->A != NULL};
  const bool dynamical = problem->family == DYNAMICAL;
  plan.gates = dynamical ? (plan.gated ? 2 : 1) : problem->family == LSTM ? 4 : 3;
  plan.width = round_up(problem->units, WIDEST);
  plan.z_width = plan.gates * plan.width;
  plan.input_columns = (problem->tokens ? 0 : problem->input_dim) + 1;
  plan.row = row_floats(plan.width);
  plan.z_row = row_floats(plan.z_width);
  plan.x_row = row_floats(plan.input_columns);
  plan.grad_a = problem->units * (dynamical ? plan.width : plan.z_width);
  plan.grad_k = plan.grad_a + (plan.linear ? problem->units * plan.width : 0);
  plan.grad_b = plan.grad_k + plan.input_columns * plan.z_width;
  plan.grads = plan.grad_b + plan.width;
  plan.tasks = task_count(problem->batch, plan.grads);
  plan.task_rows = (problem->batch + plan.tasks - 1) / plan.tasks;
  size_t block = OUTER_ROWS / (plan.task_rows * problem->stages);
  if (block > problem->time) block = problem->time;
  plan.block = block < 1 ? 1 : block;
  return plan;
}

PlaneSizes plane_sizes(const Problem *problem, const Plan *plan, size_t steps) {
  const size_t kept = steps < 1 ? 1 : steps;
  const size_t plane = plan->task_rows * plan->row;
  const size_t states = (steps + 1) * plane;
  const size_t gates = kept * plan->task_rows * plan->z_row;
  if (problem->family == LSTM) return (PlaneSizes){states, gates, states, kept * plane};
  if (problem->family == GRU) return (PlaneSizes){states, gates, kept * plane, 0};
  const size_t slots = kept * problem->stages * plane;
  return (PlaneSizes){slots + (steps > 0 ? plane : 0), slots, plan->gated ? slots : 0,
                      plan->gated && plan->linear ? slots : 0};
}

size_t checkpoint_size(const Problem *problem, const Plan *plan) {
  return plan->task_rows * plan->row * (problem->family == LSTM ? 2 : 1);
}

size_t scratch_size(const Problem *problem, const Plan *plan) {
  const size_t planes = 3 + problem->stages * 2;
  return plan->task_rows * (planes * plan->row + plan->z_row + plan->x_row) + OUTER_ROWS * PANEL_COLUMNS +
         plan->block * plan->task_rows * plan->x_row;
}

double multiply_adds(const Problem *problem, const Plan *plan) {
  const double matrices = plan->gates > 2 ? (double)plan->gates : plan->linear ? 2 : 1;
  const double recurrent = (double)problem->stages * matrices * (double)problem->units * (double)plan->width;
  return (double)problem->batch * (double)problem->time * (recurrent + (double)(plan->input_columns * plan->z_width));
}

bool bias_is_threshold(const Problem *problem) {
  return problem->family == DYNAMICAL && problem->activation == MODRELU && problem->bias != NULL;
}
