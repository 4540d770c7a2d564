/*
 * All kernels of one instruction set. This file is compiled once for each, with the compiler's flags for it and KERNELS set to
 * the name of the table; nothing else here is visible outside.
 */
#include "dynamical.h"
#include "gru.h"
#include "lstm.h"

/* Sums the tasks' gradients in the order of the tasks, into the first; part `index` takes its own share of each. */
static void reduce(const Job *job, size_t index) {
  size_t vectors = job->grads.task / WIDEST;
  size_t from = vectors * index / job->parts * WIDEST;
  size_t to = vectors * (index + 1) / job->parts * WIDEST;
  for (size_t at = from; at < to; at += LANES) {
    vf sum = load(job->grads.at + at);
    for (size_t block = 1; block < job->tasks; ++block) sum += load(job->grads.at + block * job->grads.task + at);
    store(job->grads.at + at, sum);
  }
}

/* Back through the segments, the last one first. */
static void backward(Task *task) {
  const Job *job = task->job;
  const size_t first = task->from;
  for (size_t end = task->to; end > first; end = task->from) {
    task->from = job->segment == 0 ? first : (end - 1) / job->segment * job->segment;
    task->to = end;
    if (job->family == DYNAMICAL) backward_dynamical(task);
    else if (job->family == LSTM) backward_lstm(task);
    else backward_gru(task);
  }
}

static void work(const Job *job, size_t index) {
  if (job->operation == SCATTER) {
    scatter_tokens(job, index);
    return;
  }
  if (job->operation == REDUCE) {
    reduce(job, index);
    return;
  }
  size_t first = rows_before(job, index);
  Task task = {job, index, first, rows_before(job, index + 1) - first, job->from, job->to};
  if (job->operation == BACKWARD) backward(&task);
  else if (job->family == DYNAMICAL) forward_dynamical(&task);
  else if (job->family == LSTM) forward_lstm(&task);
  else forward_gru(&task);
}

/* An activation of `count` floats in place, for tests. */
static void apply(enum Activation activation, float *values, size_t count) {
  for (size_t i = 0; i < count; i += LANES) {
    float part[LANES] = {0};
    size_t n = count - i < LANES ? count - i : LANES;
    memcpy(part, values + i, n * sizeof(float));
    FOR_ACTIVATION(activation, ACT, store(part, activate(ACT, load(part), part)))
    memcpy(values + i, part, n * sizeof(float));
  }
}

#define CHAINS 12

/* The most multiply-adds that this core does, for benchmarks. */
static double multiply_add(size_t rounds, float *values) {
  vf x = load(values), y = load(values + LANES);
  vf sum[CHAINS];
#pragma GCC unroll 12
  for (int i = 0; i < CHAINS; ++i) sum[i] = x + splat((float)i);
  for (size_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
    for (int i = 0; i < CHAINS; ++i) sum[i] = sum[i] * x + y;
  }
  vf all = sum[0];
#pragma GCC unroll 12
  for (int i = 1; i < CHAINS; ++i) all += sum[i];
  store(values, all);
  return 2.0 * (double)rounds * CHAINS * LANES;
}

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

const Kernels KERNELS = {TEXT(INSTRUCTION_SET), LANES, work, pack, apply, multiply_add};
