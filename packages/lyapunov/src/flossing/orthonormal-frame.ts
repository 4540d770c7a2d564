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
import { completeFrame } from '../complete-frame.js';
import { ExplodingTrajectoryError, RankDeficientTangentError } from '../errors.js';
import { type Factorisation, newFactorisation, orthonormalise, roundingOf } from '../orthonormalise.js';
import { lostPositions } from '../trajectories.js';
import { type FrameShape, thinQRGradient } from './thin-qr-gradient.js';

/** Rounding of the float32 numbers that come in, relative to the size of each coordinate. */
const FLOAT32_EPSILON = 2 ** -23;

/** Who asks, for messages. */
export interface Occasion {
  readonly where: string;
  /** Step counted from 1, warm-up included. */
  readonly step: number;
  /** Whether fresh directions take the place of lost ones: before anything is counted. */
  readonly completes: boolean;
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
 * Where it completes a frame, the vectors that are left come first, and fresh ones, held constant, after them.
 *
 * @param tangents [batch, k, m], vectors as rows, k <= m.
 * @throws {RankDeficientTangentError} when a vector lies in the span of those before it to float32 rounding, where the
 *   gradient does not exist, and nothing completes the frame, {@link ExplodingTrajectoryError} when one is not finite.
 */
export function orthonormalFrame(tangents: Tensor3D, occasion: Occasion): OrthonormalFrame {
  const [batch, count, size] = tangents.shape;
  const packed = customGrad((input, save) => {
    const { value, factored } = factorise(input as Tensor3D, occasion);
    (save as GradSaveFunc)([value]);
    return {
      value,
      gradFunc: (dy, [saved]) =>
        cotangent({ dy: dy as Tensor3D, packed: saved as Tensor3D, factored }, { count, size }),
    };
  })(tangents) as Tensor3D;
  return {
    frame: slice(packed, [0, 0, 0], [batch, count, size]),
    growth: reshape(slice(packed, [0, 0, size], [batch, count, 1]), [batch, count]),
  };
}

/** One trajectory's factorisation, on the host. */
interface Factored {
  /** R. */
  factor: Float64Array;
  /** Where each vector that was factorised came from; those past the end are fresh. */
  kept: readonly number[];
}

/** Each row a vector of Q followed by its log R_jj, since an operation of tfjs has one output; and R on the host. */
function factorise(tangents: Tensor3D, occasion: Occasion): { value: Tensor3D; factored: Factored[] } {
  const [batch, count, size] = tangents.shape;
  const vectors = tangents.dataSync();
  const packed = new Float32Array(batch * count * (size + 1));
  const factored: Factored[] = [];
  for (let b = 0; b < batch; b++) {
    const given = Float64Array.from(vectors.subarray(b * count * size, (b + 1) * count * size));
    const at = { ...occasion, trajectory: b };
    const result = newFactorisation(count, size, true);
    const frame = given.slice();
    let kept = Array.from({ length: count }, (_, j) => j);
    const lost = lostDirections(frame, result, at);
    if (lost.length > 0) {
      if (!occasion.completes) throw new RankDeficientTangentError(at.where, { ...at, direction: lost[0]! });
      kept = kept.filter((j) => !lost.includes(j));
      completeVectors(given, frame, { lost, size });
      frame.set(given);
      const [direction] = lostDirections(frame, result, at);
      if (direction !== undefined) throw new RankDeficientTangentError(at.where, { ...at, direction });
    }
    for (let j = 0; j < count; j++) {
      const start = (b * count + j) * (size + 1);
      packed.set(frame.subarray(j * size, (j + 1) * size), start);
      packed[start + size] = result.growth[j]!;
    }
    factored.push({ factor: result.factor!, kept });
  }
  return { value: tensor3d(packed, [batch, count, size + 1]), factored };
}

type Place = Occasion & { trajectory: number };

/**
 * Makes the frame orthonormal, and returns the positions of vectors no longer than the float32 rounding of their
 * coordinates: they are noise, and so is their gradient.
 */
function lostDirections(
  frame: Float64Array,
  result: Factorisation,
  { where, step, trajectory }: Place,
): number[] {
  const { growth, rows } = result;
  const size = rows.length;
  growth.fill(0);
  if (!orthonormalise(frame, result)) throw new ExplodingTrajectoryError(where, 'tangent', step, trajectory);
  const rounding = Math.log(roundingOf(size, FLOAT32_EPSILON));
  const lost: number[] = [];
  for (let j = 0; j < growth.length; j++) {
    let noise = 0;
    for (let t = 0; t < size; t++) noise += rows[t]! * frame[j * size + t]! ** 2;
    if (!(growth[j]! > rounding + Math.log(noise) / 2)) lost.push(j);
  }
  return lost;
}

/**
 * Moves the vectors that are left to the front of `given`, with fresh unit vectors behind that are orthogonal to them;
 * `frame` holds what `given` became.
 */
function completeVectors(
  given: Float64Array,
  frame: Float64Array,
  { lost, size }: { lost: readonly number[]; size: number },
): void {
  let whole = frame;
  const order = completeFrame({
    frame,
    size,
    lost,
    orthonormalise: (fresh) => {
      const result = newFactorisation(fresh.length / size, size);
      orthonormalise(fresh, result);
      whole = fresh;
      return { frame: fresh, lost: lostPositions(result.growth) };
    },
  });
  const old = given.slice();
  for (const [to, from] of order.entries()) {
    const source = lost.includes(from)
      ? whole.subarray(to * size, (to + 1) * size)
      : old.subarray(from * size, (from + 1) * size);
    given.set(source, to * size);
  }
}

function cotangent(
  { dy, packed, factored }: { dy: Tensor3D; packed: Tensor3D; factored: Factored[] },
  { count, size }: FrameShape,
): Tensor {
  const [given, values] = [unpack(dy, { count, size }), unpack(packed, { count, size })];
  const gradient = new Float32Array(factored.length * count * size);
  for (const [b, { factor, kept }] of factored.entries()) {
    const cotangents = {
      frame: values[b]!.frame,
      factor,
      onFrame: given[b]!.frame,
      onGrowth: given[b]!.last,
    };
    const onVectors = thinQRGradient(cotangents, { count, size });
    for (const [j, from] of kept.entries()) {
      gradient.set(onVectors.subarray(j * size, (j + 1) * size), (b * count + from) * size);
    }
  }
  return tensor3d(gradient, [factored.length, count, size]);
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
