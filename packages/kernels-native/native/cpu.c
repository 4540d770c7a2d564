#include "cpu.h"

extern const Kernels kernels_plain;

#if defined(__x86_64__)
#include <cpuid.h>

extern const Kernels kernels_avx2, kernels_avx512;

/* Bits of XCR0: registers that the operating system saves. */
#define YMM_STATE 0x06u
#define ZMM_STATE 0xe6u

static uint32_t saved_state(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

static bool all_of(uint32_t word, uint32_t bits) { return (word & bits) == bits; }

int kernels_here(const Kernels *found[MAX_KERNELS]) {
  int count = 0;
  uint32_t eax, ebx, ecx, edx;
  const uint32_t osxsave_and_fma = bit_OSXSAVE | bit_FMA;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) && all_of(ecx, osxsave_and_fma)) {
    const uint32_t state = saved_state();
    if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && all_of(ebx, bit_AVX2) && all_of(state, YMM_STATE)) {
      const uint32_t avx512 = bit_AVX512F | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL;
      if (all_of(ebx, avx512) && all_of(state, ZMM_STATE)) found[count++] = &kernels_avx512;
      found[count++] = &kernels_avx2;
    }
  }
  found[count++] = &kernels_plain;
  return count;
}

#else

#if defined(__aarch64__)
extern const Kernels kernels_neon;
#endif

int kernels_here(const Kernels *found[MAX_KERNELS]) {
  int count = 0;
#if defined(__aarch64__)
  /* Every 64-bit ARM has NEON. */
  found[count++] = &kernels_neon;
#else
  found[count++] = &kernels_plain;
#endif
  return count;
}

#endif
