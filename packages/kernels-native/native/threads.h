/* The few calls on threads that the pool needs, for POSIX and Windows. */
#ifndef HURWITZ_THREADS_H
#define HURWITZ_THREADS_H

#include <stdbool.h>

#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

typedef SRWLOCK Mutex;
typedef CONDITION_VARIABLE Condition;
typedef HANDLE Thread;
#define MUTEX_READY SRWLOCK_INIT
#define CONDITION_READY CONDITION_VARIABLE_INIT
#define THREAD_FUNCTION(name) static DWORD WINAPI name(LPVOID argument)
#define THREAD_RESULT 0

static inline void lock(Mutex *mutex) { AcquireSRWLockExclusive(mutex); }
static inline void unlock(Mutex *mutex) { ReleaseSRWLockExclusive(mutex); }
static inline void wait_for(Condition *condition, Mutex *mutex) { SleepConditionVariableSRW(condition, mutex, INFINITE, 0); }
static inline void wake_all(Condition *condition) { WakeAllConditionVariable(condition); }
static inline bool start_thread(Thread *thread, DWORD(WINAPI *run)(LPVOID)) {
  *thread = CreateThread(NULL, 0, run, NULL, 0, NULL);
  return *thread != NULL;
}
static inline void join_thread(Thread thread) {
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
}

#else
#include <pthread.h>
#include <signal.h>

typedef pthread_mutex_t Mutex;
typedef pthread_cond_t Condition;
typedef pthread_t Thread;
#define MUTEX_READY PTHREAD_MUTEX_INITIALIZER
#define CONDITION_READY PTHREAD_COND_INITIALIZER
#define THREAD_FUNCTION(name) static void *name(void *argument)
#define THREAD_RESULT NULL

static inline void lock(Mutex *mutex) { pthread_mutex_lock(mutex); }
static inline void unlock(Mutex *mutex) { pthread_mutex_unlock(mutex); }
static inline void wait_for(Condition *condition, Mutex *mutex) { pthread_cond_wait(condition, mutex); }
static inline void wake_all(Condition *condition) { pthread_cond_broadcast(condition); }
static inline bool start_thread(Thread *thread, void *(*run)(void *)) {
  /* Signals are for the threads of the host. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  bool started = pthread_create(thread, NULL, run, NULL) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return started;
}
static inline void join_thread(Thread thread) { pthread_join(thread, NULL); }
#endif

#endif
