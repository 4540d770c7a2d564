#include "pool.h"

#include <stdatomic.h>

#include "threads.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

static Mutex mutex = MUTEX_READY;
static Condition started = CONDITION_READY, ended = CONDITION_READY;
static Thread threads[MAX_THREADS];
static int running = 0;
static atomic_int wanted = 1;
static atomic_bool refused = false;
static bool stopping = false;

/* One job at a time has the threads; what else comes meanwhile runs on the thread that it came from. */
static atomic_flag taken = ATOMIC_FLAG_INIT;

/* The job of the moment. A thread that takes a ticket takes part in it. */
static const Kernels *kernels_now;
static const Job *job_now;
static size_t count_now;
static atomic_size_t next_task;
static int tickets = 0, active = 0;

/*
 * Numbers too small for a normal float count as 0 while kernels compute. Gradients that vanish become such numbers, and some
 * processors take a hundred times as long for them. The old mode is given back: the host's arithmetic must not change.
 */
#if defined(__x86_64__)
typedef unsigned Mode;
#define FLUSH_AND_ZERO 0x8040u
static Mode flush_denormals(void) {
  Mode before = _mm_getcsr();
  _mm_setcsr(before | FLUSH_AND_ZERO);
  return before;
}
static void restore_mode(Mode mode) { _mm_setcsr(mode); }
#elif defined(__aarch64__)
typedef uint64_t Mode;
#define FLUSH (1ull << 24)
static void restore_mode(Mode mode) { __asm__ volatile("msr fpcr, %0" : : "r"(mode)); }
static Mode flush_denormals(void) {
  Mode before;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  restore_mode(before | FLUSH);
  return before;
}
#else
typedef int Mode;
static Mode flush_denormals(void) { return 0; }
static void restore_mode(Mode mode) { (void)mode; }
#endif

static void take_tasks(const Kernels *kernels, const Job *job, size_t count) {
  for (;;) {
    size_t index = atomic_fetch_add(&next_task, 1);
    if (index >= count) return;
    kernels->work(job, index);
  }
}

THREAD_FUNCTION(take_part) {
  (void)argument;
  flush_denormals();
  lock(&mutex);
  while (!stopping) {
    if (tickets == 0) {
      wait_for(&started, &mutex);
      continue;
    }
    --tickets;
    ++active;
    const Kernels *kernels = kernels_now;
    const Job *job = job_now;
    size_t count = count_now;
    unlock(&mutex);
    take_tasks(kernels, job, count);
    lock(&mutex);
    if (--active == 0) wake_all(&ended);
  }
  unlock(&mutex);
  return THREAD_RESULT;
}

#if !defined(_WIN32)
/* A forked child has none of the threads, and whatever they held is in an unknown state. */
static void after_fork(void) {
  static const Mutex new_mutex = MUTEX_READY;
  static const Condition new_condition = CONDITION_READY;
  mutex = new_mutex;
  started = ended = new_condition;
  running = tickets = active = 0;
  atomic_flag_clear(&taken);
}
#endif

static void start_threads(int count) {
#if !defined(_WIN32)
  static bool watches_forks = false;
  if (!watches_forks) watches_forks = pthread_atfork(NULL, NULL, after_fork) == 0;
#endif
  while (running < count && !atomic_load(&refused)) {
    if (start_thread(&threads[running], take_part)) ++running;
    else atomic_store(&refused, true);
  }
}

void pool_set_threads(int count) { atomic_store(&wanted, count < 1 ? 1 : count > MAX_THREADS ? MAX_THREADS : count); }
int pool_threads(void) { return atomic_load(&wanted); }
bool pool_was_refused(void) { return atomic_load(&refused); }

void pool_run(const Kernels *kernels, const Job *job, size_t count, bool alone) {
  const Mode mode = flush_denormals();
  const int helpers = atomic_load(&wanted) - 1;
  if (alone || helpers < 1 || count < 2 || atomic_flag_test_and_set(&taken)) {
    for (size_t index = 0; index < count; ++index) kernels->work(job, index);
    restore_mode(mode);
    return;
  }
  lock(&mutex);
  start_threads(helpers);
  kernels_now = kernels;
  job_now = job;
  count_now = count;
  atomic_store(&next_task, 0);
  tickets = helpers < running ? helpers : running;
  if ((size_t)tickets > count - 1) tickets = (int)count - 1;
  wake_all(&started);
  unlock(&mutex);
  take_tasks(kernels, job, count);
  lock(&mutex);
  /* Who has not come by now is not needed. */
  tickets = 0;
  while (active > 0) wait_for(&ended, &mutex);
  unlock(&mutex);
  atomic_flag_clear(&taken);
  restore_mode(mode);
}

void pool_end(void) {
  lock(&mutex);
  stopping = true;
  wake_all(&started);
  const int count = running;
  unlock(&mutex);
  for (int i = 0; i < count; ++i) join_thread(threads[i]);
  lock(&mutex);
  running = 0;
  stopping = false;
  unlock(&mutex);
}
