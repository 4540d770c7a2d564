/* Activations and their derivatives. NaN stays NaN in all of them. */
#ifndef HURWITZ_MATH_H
#define HURWITZ_MATH_H

#include "vector.h"

/* Added to a float below 2^22, it leaves the nearest integer in the low bits of the sum. */
#define ROUNDING 12582912.0f

INLINE vi sign_bits(void) { return splat_int(INT32_MIN); }

/* exp(r) - 1 for |r| up to ln 2 / 2 (the polynomial of Cephes' expf), by Estrin's scheme: the chain is what takes time. */
INLINE vf reduced_expm1(vf r) {
  vf square = r * r;
  vf high = splat(1.9875691500e-4f) * r + splat(1.3981999507e-3f);
  vf middle = splat(8.3334519073e-3f) * r + splat(4.1665795894e-2f);
  vf low = splat(1.6666665459e-1f) * r + splat(5.0000001201e-1f);
  return ((high * square + middle) * square + low) * square + r;
}

/* 2^n of the integer in the low bits of `rounded`. */
INLINE vf power_of_two(vf rounded) { return (vf)(((vi)rounded << 23) + (vi)splat(1)); }

/*
 * tanh |x| = |e| / (e + 2) with e = exp(-2 |x|) - 1, which no cancellation spoils: near 0 it is the polynomial itself. ln 2 in
 * one part is enough, as what that loses is small beside 1 - exp(-2 |x|). From 9.02 on it is 1 in float32.
 */
INLINE vf tanh_of(vf value) {
  vf x = at_least(splat(-9.02f), (vf)((vi)value | sign_bits()));
  vf rounded = x * splat(2.88539008f) + splat(ROUNDING);
  vf n = rounded - splat(ROUNDING);
  vf power = power_of_two(rounded);
  vf e = power * reduced_expm1(n * splat(-0.693147181f) + (x + x)) + (power - splat(1));
  vf magnitude = divide((vf)((vi)e & ~sign_bits()), e + splat(2));
  return (vf)((vi)magnitude | ((vi)value & sign_bits()));
}

/* The logistic function as e / (1 + e) or 1 / (1 + e) with e = exp(-|x|), exact to rounding in both tails; 0 below -87.7. */
INLINE vf sigmoid_of(vf value) {
  vf x = at_least(splat(-88.0f), (vf)((vi)value | sign_bits()));
  vf rounded = x * splat(1.44269504f) + splat(ROUNDING);
  vf n = rounded - splat(ROUNDING);
  /* By Cody and Waite: the result keeps its relative precision. */
  vf r = n * splat(2.12194440e-4f) + (n * splat(-0.693359375f) + x);
  vf e = power_of_two(rounded) * (reduced_expm1(r) + splat(1));
  return divide(choose((vi)value < splat_int(0), e, splat(1)), splat(1) + e);
}

/* tf.layers' hardSigmoid: 0.2 x + 0.5 held within [0, 1]. */
INLINE vf hard_sigmoid_of(vf value) {
  vf line = value * splat(0.2f) + splat(0.5f);
  return at_most(splat(1), at_least(splat(0), line));
}

/* sign(x) · max(|x| + threshold, 0), a product, so that 0 times what is not finite is NaN. */
INLINE vf modrelu_of(vf value, vf threshold) {
  vf magnitude = at_least(splat(0), (vf)((vi)value & ~sign_bits()) + threshold);
  vf one = (vf)((vi)splat(1) | ((vi)value & sign_bits()));
  return (vf)((vi)one & (vi)(value != splat(0))) * magnitude;
}

INLINE vf activate(const enum Activation activation, vf value, const float *threshold) {
  switch (activation) {
    case TANH: return tanh_of(value);
    case RELU: return at_least(splat(0), value);
    case SIGMOID: return sigmoid_of(value);
    case MODRELU: return modrelu_of(value, load(threshold));
    case HARD_SIGMOID: return hard_sigmoid_of(value);
    default: return value;
  }
}

/*
 * The derivative of an activation, from its value: NaN where that is NaN, and at a kink the flat side's. All ones are a NaN
 * too, so a comparison of the value with itself makes one.
 */
INLINE vf derivative(const enum Activation activation, vf value) {
  switch (activation) {
    case TANH: return splat(1) - value * value;
    case LINEAR: return splat(1);
    case SIGMOID: return value * (splat(1) - value);
    case HARD_SIGMOID: {
      vi sloped = (vi)(value > splat(0)) & (vi)(value < splat(1));
      return (vf)(((vi)splat(0.2f) & sloped) | (vi)(value != value));
    }
    /* relu, and modReLU: slope 1 wherever the value is not cut off. */
    default: return (vf)(((vi)splat(1) & (vi)(value != splat(0))) | (vi)(value != value));
  }
}

/* Runs `call` with the activation as a constant, so that the loops inside ask nothing. */
#define FOR_ACTIVATION(activation, ACT, call)                                   \
  switch (activation) {                                                         \
    case TANH: { const enum Activation ACT = TANH; call; break; } \
    case RELU: { const enum Activation ACT = RELU; call; break; } \
    case SIGMOID: { const enum Activation ACT = SIGMOID; call; break; } \
    case MODRELU: { const enum Activation ACT = MODRELU; call; break; } \
    case HARD_SIGMOID: { const enum Activation ACT = HARD_SIGMOID; call; break; } \
    default: { const enum Activation ACT = LINEAR; call; break; } \
  }

#endif
