import {
  customGrad,
  type GradSaveFunc,
  reshape,
  slice,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tensor3d,
} from '@tensorflow/tfjs-core';
import { ExplodingTrajectoryError, RankDeficientTangentError } from '../errors.js';
import { type Factorisation, newFactorisation, orthonormalise } from '../orthonormalise.js';
import { type FrameShape, thinQRGradient } from './thin-qr-gradient.js';

/** Rounding of the float32 numbers that come in, relative to the size of each coordinate. */
const FLOAT32_EPSILON = 2 ** -23;

/** Who asks, for messages. */
export interface Occasion {
  readonly where: string;
  /** Step counted from 1, warm-up included. */
  readonly step: number;
}

/** An orthonormal frame and how much each direction grew to it. */
export interface OrthonormalFrame {
  /** [batch, k, m]: Q, its vectors as rows. */
  frame: Tensor3D;
  /** [batch, k]: log R_jj, R_jj > 0. */
  growth: Tensor2D;
}

/**
 * Thin QR factorisation of a batch of tangent frames, as one differentiable operation. Both directions run on the host
 * in float64: tfjs's own `linalg.qr` (4.22) has no gradient, since it compares signs with `greater`, and is some thirty
 * times as slow.
 *
 * @param tangents [batch, k, m], vectors as rows, k <= m.
 * @throws {RankDeficientTangentError} when a vector lies in the span of those before it to float32 rounding, where the
 *   gradient does not exist, {@link ExplodingTrajectoryError} when one is not finite.
 */
export function orthonormalFrame(tangents: Tensor3D, occasion: Occasion): OrthonormalFrame {
  const [batch, count, size] = tangents.shape;
  const packed = customGrad((input, save) => {
    const { value, factors } = factorise(input as Tensor3D, occasion);
    (save as GradSaveFunc)([value]);
    return {
      value,
      gradFunc: (dy, [saved]) =>
        cotangent({ dy: dy as Tensor3D, packed: saved as Tensor3D, factors }, { count, size }),
    };
  })(tangents) as Tensor3D;
  return {
    frame: slice(packed, [0, 0, 0], [batch, count, size]),
    growth: reshape(slice(packed, [0, 0, size], [batch, count, 1]), [batch, count]),
  };
}

/** Each row a vector of Q followed by its log R_jj, since an operation of tfjs has one output; and R on the host. */
function factorise(tangents: Tensor3D, occasion: Occasion): { value: Tensor3D; factors: Float64Array[] } {
  const [batch, count, size] = tangents.shape;
  const vectors = tangents.dataSync();
  const packed = new Float32Array(batch * count * (size + 1));
  const factors: Float64Array[] = [];
  for (let b = 0; b < batch; b++) {
    const frame = Float64Array.from(vectors.subarray(b * count * size, (b + 1) * count * size));
    const result = newFactorisation(count, size, true);
    if (!orthonormalise(frame, result)) {
      throw new ExplodingTrajectoryError(occasion.where, 'tangent', occasion.step, b);
    }
    requireFullRank(frame, result, { ...occasion, trajectory: b });
    for (let j = 0; j < count; j++) {
      const start = (b * count + j) * (size + 1);
      packed.set(frame.subarray(j * size, (j + 1) * size), start);
      packed[start + size] = result.growth[j]!;
    }
    factors.push(result.factor!);
  }
  return { value: tensor3d(packed, [batch, count, size + 1]), factors };
}

/** A vector no longer than the float32 rounding of its coordinates along it is noise, and so is its gradient. */
function requireFullRank(
  frame: Float64Array,
  { growth, rows }: Factorisation,
  { where, step, trajectory }: Occasion & { trajectory: number },
): void {
  const size = rows.length;
  // As many roundings as a product of this size makes, in squares.
  const rounding = Math.log(FLOAT32_EPSILON * (4 + 2 * Math.sqrt(size)));
  for (let j = 0; j < growth.length; j++) {
    let noise = 0;
    for (let t = 0; t < size; t++) noise += rows[t]! * frame[j * size + t]! ** 2;
    if (growth[j]! > rounding + Math.log(noise) / 2) continue;
    throw new RankDeficientTangentError(where, { step, trajectory, direction: j });
  }
}

function cotangent(
  { dy, packed, factors }: { dy: Tensor3D; packed: Tensor3D; factors: Float64Array[] },
  { count, size }: FrameShape,
): Tensor {
  const [given, values] = [unpack(dy, { count, size }), unpack(packed, { count, size })];
  const gradient = new Float32Array(factors.length * count * size);
  for (const [b, factor] of factors.entries()) {
    const cotangents = {
      frame: values[b]!.frame,
      factor,
      onFrame: given[b]!.frame,
      onGrowth: given[b]!.last,
    };
    gradient.set(thinQRGradient(cotangents, { count, size }), b * count * size);
  }
  return tensor3d(gradient, [factors.length, count, size]);
}

/** The vectors of each frame and the number after each vector, in float64. */
function unpack(
  packed: Tensor3D,
  { count, size }: FrameShape,
): { frame: Float64Array; last: Float64Array }[] {
  const values = packed.dataSync();
  return Array.from({ length: packed.shape[0] }, (_, b) => {
    const frame = new Float64Array(count * size);
    const last = new Float64Array(count);
    for (let j = 0; j < count; j++) {
      const start = (b * count + j) * (size + 1);
      frame.set(values.subarray(start, start + size), j * size);
      last[j] = values[start + size]!;
    }
    return { frame, last };
  });
}
