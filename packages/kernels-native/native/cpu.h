/* Which instruction sets the processor and the operating system allow. */
#ifndef HURWITZ_CPU_H
#define HURWITZ_CPU_H

#include "job.h"

#define MAX_KERNELS 3

/* The kernels that run here, the fastest first; the number of them. */
int kernels_here(const Kernels *found[MAX_KERNELS]);

#endif
