/*
 * Vectors of the width that this instruction set has. Everything is written in the vector types of GCC and clang; the few
 * operations that those lack, or compile badly, are named here.
 */
#ifndef HURWITZ_VECTOR_H
#define HURWITZ_VECTOR_H

#include <string.h>

#include "job.h"

#if defined(__AVX512F__)
#include <immintrin.h>
#define LANES 16
/* Rows and vectors of the register tile: 24 sums of 32 registers. */
#define TILE_ROWS 8
#define TILE_VECTORS 3
#elif defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
#define LANES 8
/* 12 sums of 16 registers. */
#define TILE_ROWS 6
#define TILE_VECTORS 2
#elif defined(__aarch64__)
#include <arm_neon.h>
#define LANES 4
#define TILE_ROWS 8
#define TILE_VECTORS 3
#else
#define LANES 4
#define TILE_ROWS 5
#define TILE_VECTORS 2
#endif

#define INLINE static inline __attribute__((always_inline))

typedef float vf __attribute__((vector_size(LANES * 4)));
typedef int32_t vi __attribute__((vector_size(LANES * 4)));
/* In memory: of any alignment, as memory of the caller may be. */
typedef float vf_memory __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

INLINE vf load(const float *p) { return *(const vf_memory *)p; }
INLINE void store(float *p, vf value) { *(vf_memory *)p = value; }

#if LANES == 16
#define EACH_LANE(x) {x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}
#elif LANES == 8
#define EACH_LANE(x) {x, x, x, x, x, x, x, x}
#else
#define EACH_LANE(x) {x, x, x, x}
#endif

INLINE vf splat(float x) { return (vf)EACH_LANE(x); }
INLINE vi splat_int(int32_t x) { return (vi)EACH_LANE(x); }

/* yes where the mask is all ones, no where it is zero. */
INLINE vf choose(vi mask, vf yes, vf no) { return (vf)(((vi)yes & mask) | ((vi)no & ~mask)); }

/* The larger and the smaller of a bound and x; x where x is NaN. */
INLINE vf at_least(vf bound, vf x) {
#if LANES == 16
  return (vf)_mm512_max_ps((__m512)bound, (__m512)x);
#elif LANES == 8
  return (vf)_mm256_max_ps((__m256)bound, (__m256)x);
#else
  return choose(bound > x, bound, x);
#endif
}
INLINE vf at_most(vf bound, vf x) {
#if LANES == 16
  return (vf)_mm512_min_ps((__m512)bound, (__m512)x);
#elif LANES == 8
  return (vf)_mm256_min_ps((__m256)bound, (__m256)x);
#else
  return choose(bound < x, bound, x);
#endif
}

/* a / b for b from 1 to 2: with AVX-512 a division takes as long as a whole polynomial. */
INLINE vf divide(vf a, vf b) {
#if LANES == 16
  vf r = (vf)_mm512_rcp14_ps((__m512)b);
  r += r * (splat(1) - b * r);
  vf quotient = a * r;
  return quotient + (a - quotient * b) * r;
#else
  return a / b;
#endif
}

#endif
