/* Threads of this process that take the tasks of a job beside the thread that calls. */
#ifndef HURWITZ_POOL_H
#define HURWITZ_POOL_H

#include "job.h"

#define MAX_THREADS 64

/* Threads that work may use, the calling one included. */
void pool_set_threads(int count);
int pool_threads(void);
/* Whether the system has refused to start as many. */
bool pool_was_refused(void);

/* Runs `count` tasks of the job on at most as many threads; which thread takes which has no effect on any number. */
void pool_run(const Kernels *kernels, const Job *job, size_t count, bool alone);

/* Ends and joins the threads; the next job starts new ones. */
void pool_end(void);

#endif
