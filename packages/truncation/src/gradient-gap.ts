import { spectralNorm } from '@hurwitz/stability';
import { UnstableModelError } from './errors.js';
import { checkOverflow, distance, flatten, gradientOf, type Task, toTask } from './loss-gradient.js';
import { checkCounts, toList } from './numeric-input.js';
import {
  checkRegularity,
  type Regularity,
  regularityFor,
  smoothActivation,
  taskBounds,
} from './regularity.js';
import { type RNNModel, toNetwork } from './rnn-model.js';
import { checkLength } from './truncated-state.js';

/**
 * Lemma 2 of Miller and Hardt (ICLR 2019) with explicit constants: how far the gradient of the truncated model is from that
 * of the recurrent one at the same weights,
 *
 * ‖∇p - ∇p^k‖ ≤ L_p (λ^k L_w/(1-λ) + (k-1)λ^(k-1) c_hh L_w B_h/(1-λ) + kλ^(k-1) c_hw B_h) + λ^k c_p B_h L_w/(1-λ),
 *
 * of order γ k λ^k. The terms: steps the truncated model does not take; Jacobians, then weight derivatives, at states that
 * differ by λ^(k-j) B_h; the loss gradient at last states that differ by λ^k B_h.
 */
export function gradientGapBound(constants: Regularity, k: number): number {
  const where = 'gradientGapBound';
  checkRegularity(where, constants);
  checkCounts(where, { k });
  const { lambda, stateBound: B, weightLipschitz: Lw } = constants;
  if (lambda >= 1) throw new UnstableModelError(where, lambda);
  const missing = (lambda ** k * Lw) / (1 - lambda);
  const jacobians = ((k - 1) * lambda ** (k - 1) * constants.curvatureHH * Lw * B) / (1 - lambda);
  const derivatives = k * lambda ** (k - 1) * constants.curvatureHW * B;
  const loss = (constants.lossCurvature * lambda ** k * B * Lw) / (1 - lambda);
  return constants.lossLipschitz * (missing + jacobians + derivatives) + loss;
}

/**
 * β with ‖∇p(w) - ∇p(w')‖ ≤ β‖w - w'‖ for both models (Miller and Hardt, ICLR 2019, Lemma 3, where it is O((1-λ)⁻³)):
 * with L_h = L_w/(1-λ), β = c_p L_h² + L_p ((c_hh L_h + c_hw) L_w/(1-λ)² + (c_hw L_h + c_ww)/(1-λ)).
 */
export function smoothness(constants: Regularity): number {
  checkRegularity('smoothness', constants);
  const { lambda, weightLipschitz: Lw, curvatureHH, curvatureHW, curvatureWW } = constants;
  if (lambda >= 1) throw new UnstableModelError('smoothness', lambda);
  const room = 1 - lambda;
  const Lh = Lw / room;
  const bend = ((curvatureHH * Lh + curvatureHW) * Lw) / room ** 2 + (curvatureHW * Lh + curvatureWW) / room;
  return constants.lossCurvature * Lh * Lh + constants.lossLipschitz * bend;
}

/** How far the gradients of the recurrent and the truncated model are apart at the same weights. */
export interface GradientDistance {
  readonly k: number;
  /** ‖∇p - ∇p^k‖, Frobenius over W, kernel and bias. */
  readonly gap: number;
  /** ‖∇p‖ of the recurrent model, to judge the gap by. */
  readonly gradientNorm: number;
}

/** The same beside its bound. */
export interface GradientGap extends GradientDistance {
  /** `gradientGapBound` for this network's own norms and the task's largest input and target. */
  readonly bound: number;
}

/**
 * Measures the gradient gap at each k; the model may be unstable.
 *
 * @throws TruncationError when the activation has no bounded second derivative, a gradient overflows, or input is bad.
 */
export function gradientDistances(model: RNNModel, task: Task, ks: readonly number[]): GradientDistance[] {
  return distancesAt('gradientDistances', { model, task, ks });
}

function distancesAt(
  where: string,
  { model, task, ks }: { model: RNNModel; task: Task; ks: readonly number[] },
): GradientDistance[] {
  const network = toNetwork(where, model);
  smoothActivation(where, network.activation);
  const checked = toTask(where, task, network);
  const full = gradientOf(network, checked, checked.time);
  const gradientNorm = Math.hypot(...flatten(full));
  return toList(where, 'ks', ks).map((k) => {
    checkLength(where, k, checked.time);
    const short = gradientOf(network, checked, k);
    checkOverflow(where, [full, short]);
    return { k, gap: distance(full, short), gradientNorm };
  });
}

/**
 * Measures Lemma 2: the gradient gap at each k, beside its bound.
 *
 * @throws UnstableModelError when λ = L_σ‖W‖₂ ≥ 1.
 * @throws TruncationError when the activation has no bounded second derivative, or input is bad.
 */
export function gradientGaps(model: RNNModel, task: Task, ks: readonly number[]): GradientGap[] {
  const where = 'gradientGaps';
  const network = toNetwork(where, model);
  const constants = regularityFor(
    where,
    {
      activation: smoothActivation(where, network.activation),
      units: network.W.length,
      W: spectralNorm(network.W),
      kernel: spectralNorm(network.kernel),
      bias: Math.hypot(...network.bias),
    },
    taskBounds(toTask(where, task, network)),
  );
  return distancesAt(where, { model, task, ks }).map((each) => ({
    ...each,
    bound: gradientGapBound(constants, each.k),
  }));
}
