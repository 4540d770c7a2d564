import { Act } from '../../src/codes';

/** An activation of a pre-activation, in float64; `threshold` is modReLU's. */
export function value(act: usize, z: f64, threshold: f64): f64 {
  if (act == <usize>Act.tanh) return Math.tanh(z);
  if (act == <usize>Act.relu) return Math.max(0, z);
  if (act == <usize>Act.linear) return z;
  if (act == <usize>Act.sigmoid) return 1 / (1 + Math.exp(-z));
  if (act == <usize>Act.hardSigmoid) return Math.min(1, Math.max(0, 0.2 * z + 0.5));
  const magnitude = Math.max(0, Math.abs(z) + threshold);
  return z == 0 ? 0 : copysign<f64>(magnitude, z);
}

/** Its derivative, which keeps its relative accuracy where the activation saturates. At a kink, from the flat side. */
export function slope(act: usize, z: f64, threshold: f64): f64 {
  if (act == <usize>Act.tanh) return 4 * logisticSlope(2 * z);
  if (act == <usize>Act.relu) return z > 0 ? 1 : 0;
  if (act == <usize>Act.linear) return 1;
  if (act == <usize>Act.sigmoid) return logisticSlope(z);
  if (act == <usize>Act.hardSigmoid) return Math.abs(z) < 2.5 ? 0.2 : 0;
  if (z == 0) return threshold >= 0 ? 1 : 0;
  return Math.abs(z) + threshold > 0 ? 1 : 0;
}

function logisticSlope(z: f64): f64 {
  const decay = Math.exp(-Math.abs(z));
  return decay / ((1 + decay) * (1 + decay));
}
