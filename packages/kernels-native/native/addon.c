/* The Node-API module: plain arrays in and out. What it is given comes from this package's own TypeScript, which checks it. */
#include <node_api.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "cpu.h"
#include "memory.h"
#include "pool.h"
#include "run.h"

/* These orders are those of src/settings.ts. */
enum Setting {
  FAMILY, ACTIVATION, RECURRENT_ACTIVATION, UNITS, BATCH, TIME, INPUT_DIM, TOKENS, REVERSE, RESET_AFTER, CARRY, STAGES,
  SETTINGS,
};
enum Array {
  INPUTS, KERNEL, MATRIX_W, MATRIX_A, BIAS, GATE_KERNEL, GATE_BIAS, RECURRENT_KERNEL, INITIAL_H, INITIAL_C, MASK, TABLEAU_A,
  TABLEAU_B, ARRAYS,
};
enum Result { STATES, FINAL, FINAL_CELL, RESULTS };

static const Kernels *found[MAX_KERNELS];
static int found_count = 0;
static _Atomic(const Kernels *) chosen = NULL;
/* Environments of this process, each a thread of the host with its own values, that have loaded the addon. */
static atomic_int environments = 0;

static napi_value fail(napi_env env, const char *message) {
  napi_throw_error(env, NULL, message);
  return NULL;
}

static napi_value number(napi_env env, double value) {
  napi_value result = NULL;
  napi_create_double(env, value, &result);
  return result;
}

static napi_value nothing(napi_env env) {
  napi_value result = NULL;
  napi_get_undefined(env, &result);
  return result;
}

/* The memory of a typed array, or NULL where the value is none. An empty one has some address too: it is there. */
static void *data_of(napi_env env, napi_value value) {
  static float empty;
  bool is_array = false;
  void *data = NULL;
  napi_is_typedarray(env, value, &is_array);
  if (!is_array) return NULL;
  napi_get_typedarray_info(env, value, NULL, NULL, &data, NULL, NULL);
  return data ? data : &empty;
}

static void read_list(napi_env env, napi_value list, void **data, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    napi_value item;
    data[i] = napi_get_element(env, list, i, &item) == napi_ok ? data_of(env, item) : NULL;
  }
}

static bool read_problem(napi_env env, napi_value settings, napi_value arrays, Problem *problem) {
  const double *s = data_of(env, settings);
  if (!s) return false;
  void *a[ARRAYS];
  read_list(env, arrays, a, ARRAYS);
  *problem = (Problem){
      .family = (enum Family)s[FAMILY],
      .activation = (enum Activation)s[ACTIVATION],
      .recurrent_activation = (enum Activation)s[RECURRENT_ACTIVATION],
      .units = (size_t)s[UNITS],
      .batch = (size_t)s[BATCH],
      .time = (size_t)s[TIME],
      .input_dim = (size_t)s[INPUT_DIM],
      .tokens = s[TOKENS] != 0,
      .reverse = s[REVERSE] != 0,
      .reset_after = s[RESET_AFTER] != 0,
      .carry = s[CARRY] != 0,
      .stages = (size_t)s[STAGES],
      .kernel = a[KERNEL],
      .W = a[MATRIX_W],
      .A = a[MATRIX_A],
      .bias = a[BIAS],
      .gate_kernel = a[GATE_KERNEL],
      .gate_bias = a[GATE_BIAS],
      .recurrent = a[RECURRENT_KERNEL],
      .initial_h = a[INITIAL_H],
      .initial_c = a[INITIAL_C],
      .mask = a[MASK],
      .tableau_a = a[TABLEAU_A],
      .tableau_b = a[TABLEAU_B],
  };
  if (problem->tokens) problem->token = a[INPUTS];
  else problem->inputs = a[INPUTS];
  return true;
}

static void free_tape(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  release_tape(data);
  free(data);
}

#define ARGUMENTS(count)                                                              \
  napi_value argument[count];                                                         \
  size_t given = count;                                                               \
  if (napi_get_cb_info(env, info, &given, argument, NULL, NULL) != napi_ok || given < (count)) \
    return fail(env, "too few arguments");

/* forward(settings, arrays, results, maxTapeBytes): the tape, undefined if that is negative, or the bytes that were refused. */
static napi_value forward(napi_env env, napi_callback_info info) {
  ARGUMENTS(4)
  Problem problem;
  if (!read_problem(env, argument[0], argument[1], &problem)) return fail(env, "expected settings");
  void *r[RESULTS];
  read_list(env, argument[2], r, RESULTS);
  double most = -1;
  napi_get_value_double(env, argument[3], &most);
  Tape *tape = NULL;
  if (most >= 0) {
    tape = calloc(1, sizeof(Tape));
    if (!tape) return number(env, sizeof(Tape));
  }
  const Results results = {r[STATES], r[FINAL], r[FINAL_CELL]};
  const size_t bound = most >= (double)(SIZE_MAX / 2) ? SIZE_MAX : (size_t)(most < 0 ? 0 : most);
  const Refused refused = run_forward(chosen, &problem, &results, tape, bound);
  if (refused) {
    free(tape);
    return number(env, (double)refused);
  }
  if (!tape) return nothing(env);
  napi_value handle;
  if (napi_create_external(env, tape, free_tape, NULL, &handle) != napi_ok) {
    free_tape(env, tape, NULL);
    return fail(env, "no handle for the tape");
  }
  return handle;
}

static Tape *tape_of(napi_env env, napi_value value) {
  napi_valuetype type;
  void *tape = NULL;
  if (napi_typeof(env, value, &type) != napi_ok || type != napi_external) return NULL;
  napi_get_value_external(env, value, &tape);
  return tape;
}

/* backward(settings, arrays, tape, cotangents, gradients): undefined, or the bytes that were refused. */
static napi_value backward(napi_env env, napi_callback_info info) {
  ARGUMENTS(5)
  Problem problem;
  const Tape *tape = tape_of(env, argument[2]);
  if (!tape || !tape->memory) return fail(env, "expected a tape that was not released");
  if (!read_problem(env, argument[0], argument[1], &problem)) return fail(env, "expected settings");
  void *c[RESULTS], *g[ARRAYS];
  read_list(env, argument[3], c, RESULTS);
  read_list(env, argument[4], g, ARRAYS);
  const Cotangents cotangents = {c[STATES], c[FINAL], c[FINAL_CELL]};
  const Gradients gradients = {
      .inputs = g[INPUTS],
      .kernel = g[KERNEL],
      .W = g[MATRIX_W],
      .A = g[MATRIX_A],
      .bias = g[BIAS],
      .gate_kernel = g[GATE_KERNEL],
      .gate_bias = g[GATE_BIAS],
      .recurrent = g[RECURRENT_KERNEL],
      .initial_h = g[INITIAL_H],
      .initial_c = g[INITIAL_C],
  };
  const Refused refused = run_backward(chosen, &problem, tape, &cotangents, &gradients);
  return refused ? number(env, (double)refused) : nothing(env);
}

/* release(tape): gives its memory back; nothing happens the second time. */
static napi_value release(napi_env env, napi_callback_info info) {
  ARGUMENTS(1)
  Tape *tape = tape_of(env, argument[0]);
  if (tape) release_tape(tape);
  return nothing(env);
}

static napi_value tape_bytes(napi_env env, napi_callback_info info) {
  ARGUMENTS(1)
  const Tape *tape = tape_of(env, argument[0]);
  return number(env, tape && tape->memory ? (double)tape->bytes : 0);
}

/* memory(): [bytes used, bytes reserved, the limit]. */
static napi_value memory(napi_env env, napi_callback_info info) {
  (void)info;
  const double values[] = {(double)memory_used(), (double)memory_reserved(), (double)memory_limit()};
  napi_value list;
  napi_create_array_with_length(env, 3, &list);
  for (uint32_t i = 0; i < 3; ++i) napi_set_element(env, list, i, number(env, values[i]));
  return list;
}

static napi_value set_memory_limit(napi_env env, napi_callback_info info) {
  ARGUMENTS(1)
  double bytes = 0;
  napi_get_value_double(env, argument[0], &bytes);
  memory_set_limit(bytes >= (double)(SIZE_MAX / 2) ? SIZE_MAX : (size_t)bytes);
  return nothing(env);
}

static napi_value trim_memory(napi_env env, napi_callback_info info) {
  (void)info;
  memory_trim();
  return nothing(env);
}

static napi_value set_threads(napi_env env, napi_callback_info info) {
  ARGUMENTS(1)
  int32_t count = 1;
  napi_get_value_int32(env, argument[0], &count);
  pool_set_threads(count);
  return number(env, pool_threads());
}

static napi_value threads_refused(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value result;
  napi_get_boolean(env, pool_was_refused(), &result);
  return result;
}

/* instructionSets(): the names of those that run here, the fastest first. */
static napi_value instruction_sets(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value list, name;
  napi_create_array_with_length(env, (size_t)found_count, &list);
  for (int i = 0; i < found_count; ++i) {
    napi_create_string_utf8(env, found[i]->name, NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, list, (uint32_t)i, name);
  }
  return list;
}

/* instructionSet(): the name of the one that computes. */
static napi_value instruction_set(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value name;
  napi_create_string_utf8(env, chosen->name, NAPI_AUTO_LENGTH, &name);
  return name;
}

/* useInstructionSet(index): one of `instructionSets`. */
static napi_value use_instruction_set(napi_env env, napi_callback_info info) {
  ARGUMENTS(1)
  int32_t index = -1;
  napi_get_value_int32(env, argument[0], &index);
  if (index < 0 || index >= found_count) return fail(env, "no such instruction set");
  chosen = found[index];
  return nothing(env);
}

/* apply(activation, values): in place, by the chosen instruction set. */
static napi_value apply(napi_env env, napi_callback_info info) {
  ARGUMENTS(2)
  int32_t activation = 0;
  napi_get_value_int32(env, argument[0], &activation);
  size_t length = 0;
  void *data = NULL;
  if (napi_get_typedarray_info(env, argument[1], NULL, &length, &data, NULL, NULL) != napi_ok) {
    return fail(env, "expected floats");
  }
  const Kernels *kernels = chosen;
  kernels->apply((enum Activation)activation, data, length);
  return nothing(env);
}

/* multiplyAdd(rounds): operations done. */
static napi_value multiply_add(napi_env env, napi_callback_info info) {
  ARGUMENTS(1)
  double rounds = 0;
  napi_get_value_double(env, argument[0], &rounds);
  float values[2 * WIDEST];
  for (int i = 0; i < 2 * WIDEST; ++i) values[i] = i < WIDEST ? 0.5f : 0.25f;
  const Kernels *kernels = chosen;
  return number(env, kernels->multiply_add((size_t)rounds, values));
}

/* The code may be unloaded after its last environment, and no thread may be in it then. */
static void leave(void *data) {
  (void)data;
  if (atomic_fetch_sub(&environments, 1) == 1) {
    pool_end();
    memory_trim();
  }
}

NAPI_MODULE_INIT() {
  atomic_fetch_add(&environments, 1);
  /* Whichever environment comes first, and whichever at the same time, finds the same. */
  found_count = kernels_here(found);
  if (!chosen) chosen = found[0];
  napi_add_env_cleanup_hook(env, leave, NULL);
  const struct {
    const char *name;
    napi_callback function;
  } functions[] = {
      {"forward", forward},
      {"backward", backward},
      {"release", release},
      {"tapeBytes", tape_bytes},
      {"memory", memory},
      {"setMemoryLimit", set_memory_limit},
      {"trimMemory", trim_memory},
      {"setThreads", set_threads},
      {"threadsRefused", threads_refused},
      {"instructionSets", instruction_sets},
      {"instructionSet", instruction_set},
      {"useInstructionSet", use_instruction_set},
      {"apply", apply},
      {"multiplyAdd", multiply_add},
  };
  for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); ++i) {
    napi_value function;
    if (napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].function, NULL, &function) != napi_ok ||
        napi_set_named_property(env, exports, functions[i].name, function) != napi_ok) {
      return fail(env, "the addon could not be set up");
    }
  }
  return exports;
}
