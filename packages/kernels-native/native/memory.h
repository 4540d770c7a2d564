/*
 * Memory of the process for tapes and for work. What is given back is kept for the next call of the same size, as fresh pages
 * of the operating system cost more time than the kernels have to spare.
 */
#ifndef HURWITZ_MEMORY_H
#define HURWITZ_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* `bytes` of undefined content at a multiple of 64, or NULL where the limit or the system refuses them. */
void *memory_take(size_t bytes);
/* Gives back what `memory_take` gave for as many bytes. */
void memory_give(void *memory, size_t bytes);
/* Frees what is kept for later. */
void memory_trim(void);

void memory_set_limit(size_t bytes);
size_t memory_limit(void);
size_t memory_used(void);
/* Used, and kept for later. */
size_t memory_reserved(void);

#endif
