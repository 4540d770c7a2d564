#define _DEFAULT_SOURCE
#include "memory.h"

#include <stdint.h>
#include <stdlib.h>

#include "threads.h"

#if defined(_WIN32)
#include <malloc.h>
#else
#include <sys/mman.h>
#endif

#define ALIGNMENT 64
#define HUGE_PAGE ((size_t)2 << 20)
/* Blocks kept for later. */
#define KEPT 16
/* Beyond half as much again as was ever used, and this, nothing is kept. */
#define SLACK ((size_t)64 << 20)

typedef struct {
  void *memory;
  size_t bytes;
} Kept;

static Mutex mutex = MUTEX_READY;
static Kept kept[KEPT];
static int kept_count = 0;
static size_t kept_bytes = 0, used = 0, most_used = 0, limit = SIZE_MAX;

#if !defined(_WIN32)
/* A process forks while no thread changes the list, so that the child has a whole one. */
static void hold(void) { lock(&mutex); }
static void let_go(void) { unlock(&mutex); }
#endif

/* Called with the lock. */
static void watch_forks(void) {
#if !defined(_WIN32)
  static bool watches = false;
  if (!watches) watches = pthread_atfork(hold, let_go, let_go) == 0;
#endif
}

static size_t rounded(size_t bytes) {
  size_t unit = bytes >= HUGE_PAGE ? HUGE_PAGE : ALIGNMENT;
  return bytes > SIZE_MAX - unit ? SIZE_MAX : (bytes + unit - 1) / unit * unit;
}

static void *take_fresh(size_t bytes) {
  size_t alignment = bytes >= HUGE_PAGE ? HUGE_PAGE : ALIGNMENT;
#if defined(_WIN32)
  return _aligned_malloc(bytes, alignment);
#else
  void *memory = NULL;
  if (posix_memalign(&memory, alignment, bytes) != 0) return NULL;
#if defined(MADV_HUGEPAGE)
  if (bytes >= HUGE_PAGE) madvise(memory, bytes, MADV_HUGEPAGE);
#endif
  return memory;
#endif
}

static void free_fresh(void *memory) {
#if defined(_WIN32)
  _aligned_free(memory);
#else
  free(memory);
#endif
}

/* Takes a kept block out of keeping. */
static void *unkeep(int index) {
  void *memory = kept[index].memory;
  kept_bytes -= kept[index].bytes;
  for (int i = index; i + 1 < kept_count; ++i) kept[i] = kept[i + 1];
  --kept_count;
  return memory;
}

static void free_oldest_until(size_t most) {
  while (kept_count > 0 && kept_bytes > most) free_fresh(unkeep(0));
}

void *memory_take(size_t bytes) {
  const size_t size = rounded(bytes);
  void *memory = NULL;
  lock(&mutex);
  watch_forks();
  if (size <= limit && used <= limit - size) {
    for (int i = kept_count - 1; i >= 0 && !memory; --i) {
      if (kept[i].bytes == size) memory = unkeep(i);
    }
    if (!memory) {
      const size_t after = used + size > most_used ? used + size : most_used;
      const size_t reserve = after + after / 2 + SLACK;
      free_oldest_until(reserve - used - size);
      if (kept_bytes > limit - used - size) free_oldest_until(limit - used - size);
      memory = take_fresh(size);
      if (!memory) {
        free_oldest_until(0);
        memory = take_fresh(size);
      }
    }
  }
  if (memory) {
    used += size;
    if (used > most_used) most_used = used;
  }
  unlock(&mutex);
  return memory;
}

void memory_give(void *memory, size_t bytes) {
  if (!memory) return;
  const size_t size = rounded(bytes);
  lock(&mutex);
  used -= size;
  if (kept_count == KEPT) free_fresh(unkeep(0));
  kept[kept_count++] = (Kept){memory, size};
  kept_bytes += size;
  unlock(&mutex);
}

void memory_trim(void) {
  lock(&mutex);
  free_oldest_until(0);
  unlock(&mutex);
}

void memory_set_limit(size_t bytes) {
  lock(&mutex);
  limit = bytes;
  unlock(&mutex);
}

size_t memory_limit(void) { return limit; }
size_t memory_used(void) { return used; }
size_t memory_reserved(void) { return used + kept_bytes; }
