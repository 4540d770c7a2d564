import {
  add,
  customGrad,
  mean,
  mul,
  type Scalar,
  slice,
  square,
  squeeze,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor,
  tensor2d,
  tensor3d,
  tidy,
  tile,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { ExplodingTrajectoryError, LyapunovError } from '../errors.js';
import { initialFrame } from '../initial-frame.js';
import { assertFlag, assertInteger, type InitialStateLike, readStates } from '../numeric-input.js';
import { checkOptions, type OptionNames } from '../options.js';
import { readTargets, requireInputs, requirePropagator, WHERE } from './checks.js';
import { orthonormalFrame } from './orthonormal-frame.js';
import type { TangentPropagator } from './tangent-propagator.js';

export interface FlossingOptions {
  /** How many leading exponents. Default all. */
  exponents?: number;
  /** What the exponents are pushed toward, nats per step: one number, or one for each. */
  target?: number | ArrayLike<number>;
  /** Steps taken and not counted before the average begins, with QR; they use up the first inputs. */
  warmup?: number;
  /** Steps between QR factorisations. Cheaper when larger, and sooner out of float32's reach. */
  qrInterval?: number;
  /** [n], or [batch][n]. Default zeros. */
  initialState?: InitialStateLike;
  /**
   * Whether the gradient also takes the way by which the weights move the states at which the Jacobians are taken, as
   * the paper does. Without, only their direct part in the Jacobians counts.
   */
  throughStates?: boolean;
}

const flossingOptions: OptionNames<FlossingOptions> = {
  exponents: true,
  target: true,
  warmup: true,
  qrInterval: true,
  initialState: true,
  throughStates: true,
};

/** What {@link flossing} gives. Both methods are differentiable in whatever the propagator reads. */
export interface Flossing {
  /** The leading exponents [k] along `inputs`, natural logarithm per step, in the order of the QR. */
  exponents(inputs: Tensor): Tensor1D;
  /** mean_i (λ_i - target_i)², a scalar to minimise alone or to add to a loss. */
  penalty(inputs: Tensor): Scalar;
}

/**
 * Gradient flossing (Engelken, Gradient flossing: improving gradient descent through dynamic control of Jacobians,
 * NeurIPS 2023): a penalty that pushes Lyapunov exponents toward a target, by back-propagation through the QR method
 *
 *     λ_j = (1/T) Σ_t log R_jj(t),   Q_{t+1} R(t) = J_t Q_t,   penalty = (1/k) Σ_j (λ_j - target_j)².
 *
 * Exponents near 0 keep the singular values of long products of Jacobians near 1, hence gradients over long times
 * neither vanish nor explode. Over the same steps, the exponents are those of `lyapunovSpectrum` to float32 rounding:
 * same first frame, order of time and average over a batch.
 *
 *     const { penalty } = flossing(tangentPropagator(layer), { exponents: 32, warmup: 16 });
 *     optimizer.minimize(() => penalty(inputs));                       // before training
 *     optimizer.minimize(() => tf.add(loss(batch), penalty(inputs)));  // in training
 *
 * From chaotic weights the way through the states makes the gradient grow as exp(λ_1 T): clip it, as everywhere in
 * recurrent training, or leave that way out with `throughStates: false` until λ_1 is near 0.
 *
 * `inputs` are [batch, time, inputDim], or tokens [batch, time]. A horizon of some 50 steps is enough: the paper takes
 * one sequence of 55, of which 16 are warm-up. Costs per step and trajectory 4 n² k operations for the products, and
 * 2 to 4 n k² forward and 4 n k² backward for the QR on the host, which reads the tangents back at every QR: a backend
 * needs `dataSync`.
 *
 * Fresh directions take the place of what the warm-up loses. Methods throw `RankDeficientTangentError` where a direction
 * is lost after it, since its exponent has no gradient,
 * `ExplodingTrajectoryError` when a state or tangent stops being finite, `LyapunovError` for inputs that do not fit;
 * `flossing` itself throws `LyapunovError` for options that do not.
 */
export function flossing(propagator: TangentPropagator, options: FlossingOptions = {}): Flossing {
  checkOptions(WHERE, options, flossingOptions);
  requirePropagator(propagator);
  const { stateSize, tangentSize } = propagator;
  const {
    exponents = tangentSize,
    target = 0,
    warmup = 0,
    qrInterval = 1,
    initialState,
    throughStates = true,
  } = options;
  assertFlag(throughStates, 'throughStates', WHERE);
  assertInteger(exponents, 'exponents', 1, WHERE);
  assertInteger(warmup, 'warmup', 0, WHERE);
  assertInteger(qrInterval, 'qrInterval', 1, WHERE);
  if (exponents > tangentSize) {
    throw new LyapunovError(
      WHERE,
      `at most ${tangentSize} exponents, one per dimension of the state`,
      `exponents: ${exponents}`,
      'Ask for fewer.',
    );
  }
  const targets = readTargets(target, exponents);
  const starts = initialState === undefined ? undefined : readStates(initialState, stateSize, WHERE);
  const frame = initialFrame(exponents, tangentSize);
  const run: Run = { propagator, warmup, qrInterval, throughStates, starts, frame, count: exponents };
  const spectrum = (inputs: Tensor): Tensor1D => tidy(() => meanGrowth(inputs, run));
  return {
    exponents: spectrum,
    penalty: (inputs) => tidy(() => mean<Scalar>(square(sub(spectrum(inputs), tensor(targets))))),
  };
}

interface Run {
  propagator: TangentPropagator;
  count: number;
  warmup: number;
  qrInterval: number;
  throughStates: boolean;
  starts: Float64Array[] | undefined;
  frame: Float64Array;
}

/** λ [k], the mean of log R_jj over the counted steps and the batch. */
function meanGrowth(inputs: Tensor, run: Run): Tensor1D {
  const { propagator, count, warmup, qrInterval, throughStates } = run;
  const [batch, time] = requireInputs(inputs, warmup);
  let state = startingStates(run, batch);
  let tangents = tile(tensor3d(Float32Array.from(run.frame), [1, count, propagator.tangentSize]), [
    batch,
    1,
    1,
  ]);
  let total: Tensor2D | undefined;
  const step = propagator.prepare();
  for (let t = 1; t <= time; t++) {
    const next = step({ state, tangents }, inputAt(inputs, t - 1));
    state = throughStates ? next.state : heldConstant(next.state);
    tangents = next.tangents;
    // The end of the warm-up takes a QR too, and so does the last step.
    const waited = t <= warmup ? t : t - warmup;
    if (waited % qrInterval !== 0 && t !== warmup && t !== time) continue;
    const { frame, growth } = orthonormalFrame(tangents, {
      where: WHERE,
      step: t,
      completes: t <= warmup,
    });
    tangents = frame;
    if (t > warmup) total = total ? add<Tensor2D>(total, growth) : growth;
  }
  requireFinite(state, time);
  return mul(mean<Tensor1D>(total!, 0), 1 / (time - warmup));
}

function inputAt(inputs: Tensor, t: number): Tensor {
  const rest = inputs.shape.slice(2);
  const begin = [0, t, ...rest.map(() => 0)];
  return squeeze(slice(inputs, begin, [inputs.shape[0]!, 1, ...rest]), [1]);
}

function startingStates({ starts, propagator: { stateSize } }: Run, batch: number): Tensor2D {
  const rows = starts ?? [new Float64Array(stateSize)];
  if (rows.length !== 1 && rows.length !== batch) {
    throw new LyapunovError(
      WHERE,
      `one initial state, or one for each of the ${batch} input sequences`,
      `${rows.length}`,
      'Make the batch sizes agree.',
    );
  }
  const states = tensor2d(
    rows.map((row) => Array.from(row)),
    [rows.length, stateSize],
  );
  return rows.length === batch ? states : tile<Tensor2D>(states, [batch, 1]);
}

/** The identity with derivative zero. */
function heldConstant(state: Tensor2D): Tensor2D {
  const constant = customGrad((x) => ({
    value: (x as Tensor).clone(),
    gradFunc: (dy) => zerosLike(dy),
  }));
  return constant(state) as Tensor2D;
}

/** A state that overflowed stays so; its tangents need not. */
function requireFinite(state: Tensor2D, step: number): void {
  const at = state.dataSync().findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  throw new ExplodingTrajectoryError(WHERE, 'state', step, Math.floor(at / state.shape[1]));
}
