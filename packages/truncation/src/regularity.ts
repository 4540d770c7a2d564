import { word } from '@hurwitz/input';
import { type ActivationLike, spectralNorm, vanillaContractionFactor } from '@hurwitz/stability';
import { TruncationError, UnstableModelError } from './errors.js';
import type { CheckedTask } from './loss-gradient.js';
import { checkCounts, checkNumber, checkOptions } from './numeric-input.js';
import { type RNNModel, toNetwork } from './rnn-model.js';
import { type Lemma1Constants, stateBound } from './truncation-length.js';

/** sup |σ'| and sup |σ''| of the activations with both, and sup |σ|. */
const smoothActivations: Record<string, { slope: number; curvature: number; height: number }> = {
  linear: { slope: 1, curvature: 0, height: Infinity },
  tanh: { slope: 1, curvature: 4 / (3 * Math.sqrt(3)), height: 1 },
  sigmoid: { slope: 1 / 4, curvature: 1 / (6 * Math.sqrt(3)), height: 1 },
};

function suprema(where: string, activation: unknown) {
  if (typeof activation === 'string' && Object.hasOwn(smoothActivations, activation)) {
    return smoothActivations[activation]!;
  }
  const names = Object.keys(smoothActivations).join(', ');
  const fix = 'The gradient bounds need bounded first and second derivatives.';
  throw new TruncationError(where, `activation ${names}`, word(activation), fix);
}

/** L_σ = sup |σ'|, which ReLU has too. */
export function largestSlope(where: string, activation: ActivationLike): number {
  if (activation === 'relu') return 1;
  if (typeof activation === 'string') return suprema(where, activation).slope;
  const fix = 'Give lemma1Bound the constants of an activation of your own yourself.';
  throw new TruncationError(where, 'an activation known by name', 'an object', fix);
}

/**
 * The constants of Lemma 1 for a vanilla network, in Euclidean norms: λ = L_σ‖W‖, L_x = L_σ‖U‖, ‖φ(0, 0)‖ = ‖σ(b)‖.
 * λ may come out at 1 or more; the bounds then refuse it.
 *
 * @param options.inputBound B_x, of ‖x‖₂.
 * @throws TruncationError on bad weights, or an activation that is not known by name.
 */
export function lemma1Constants(model: RNNModel, options: { inputBound: number }): Required<Lemma1Constants> {
  const where = 'lemma1Constants';
  checkOptions(where, options, { inputBound: true });
  const { inputBound } = options;
  checkNumber(where, 'inputBound', inputBound, { least: 0 });
  const { W, kernel, bias, activation, sigma } = toNetwork(where, model);
  const slope = largestSlope(where, activation);
  return {
    lambda: vanillaContractionFactor({ W, lipschitzConstant: slope }).factor,
    inputLipschitz: slope * spectralNorm(kernel),
    inputBound,
    offset: Math.hypot(...bias.map((b) => sigma.value(b))),
  };
}

/** The activation by name, when it has bounded first and second derivatives. */
export function smoothActivation(where: string, activation: unknown): WeightBounds['activation'] {
  suprema(where, activation);
  return activation as WeightBounds['activation'];
}

/** Bounds on a vanilla network and a loss of its last state, from which every bound on gradients follows. */
export interface Regularity {
  /** λ ≥ ‖∂φ/∂h‖. */
  readonly lambda: number;
  /** B_h ≥ ‖h_t‖. */
  readonly stateBound: number;
  /** L_w ≥ ‖∂φ/∂w‖, w = (W, kernel, bias) in the Frobenius norm. */
  readonly weightLipschitz: number;
  /** Lipschitz constants of ∂φ/∂h and ∂φ/∂w, in h and in w; the mixed ones are equal. */
  readonly curvatureHH: number;
  readonly curvatureHW: number;
  readonly curvatureWW: number;
  /** L_p ≥ ‖∇p‖ and the Lipschitz constant of ∇p, for the loss p(h) = ½‖Cᵀh - y‖². */
  readonly lossLipschitz: number;
  readonly lossCurvature: number;
}

/** Refuses constants of which one is missing, unknown or negative. */
export function checkRegularity(where: string, constants: Regularity): void {
  checkOptions(where, constants, {
    lambda: true,
    stateBound: true,
    weightLipschitz: true,
    curvatureHH: true,
    curvatureHW: true,
    curvatureWW: true,
    lossLipschitz: true,
    lossCurvature: true,
  });
  const { lambda, stateBound, weightLipschitz, curvatureHH, curvatureHW, curvatureWW } = constants;
  const { lossLipschitz, lossCurvature } = constants;
  const numbers = { lambda, stateBound, weightLipschitz, curvatureHH, curvatureHW, curvatureWW };
  for (const [name, value] of Object.entries({ ...numbers, lossLipschitz, lossCurvature })) {
    checkNumber(where, name, value, { least: 0 });
  }
}

/** The largest input and target of a task, and the norm of its readout. */
export function taskBounds({ inputs, targets, readout }: CheckedTask): TaskBounds {
  return {
    inputBound: Math.max(...inputs.flat().map((x) => Math.hypot(...x))),
    targetBound: Math.max(...targets.map((y) => Math.hypot(...y))),
    readoutNorm: spectralNorm(readout),
  };
}

/** Bounds on a task. */
export interface TaskBounds {
  /** B_x, on ‖x‖₂. */
  readonly inputBound: number;
  /** B_y, on ‖y‖₂. */
  readonly targetBound: number;
  /** ‖C‖₂. */
  readonly readoutNorm: number;
}

/** A set of networks: every one with these bounds on its weights. */
export interface WeightBounds {
  readonly activation: 'linear' | 'tanh' | 'sigmoid';
  readonly units: number;
  /** On ‖W‖₂. */
  readonly W: number;
  /** On ‖kernel‖₂. */
  readonly kernel: number;
  /** On ‖bias‖₂. */
  readonly bias: number;
}

/**
 * Explicit constants, where Miller and Hardt (ICLR 2019, Lemma 2 and Lemma 3) write O(·), for all vanilla networks within
 * given weight bounds: with L = sup|σ'|, M = sup|σ''|, R = (B_h² + B_x² + 1)^½,
 *
 * - B_h = min((L‖U‖B_x + ‖σ(b)‖)/(1 - λ), sup|σ| √n), L_w = L R;
 * - curvatures hh: M‖W‖², hw: M‖W‖R + L, ww: M R²;
 * - L_p = ‖C‖(‖C‖B_h + B_y), and ‖C‖² for ∇p.
 *
 * @throws UnstableModelError when λ = L‖W‖ ≥ 1.
 */
export function regularity(weights: WeightBounds, task: TaskBounds): Regularity {
  checkOptions('regularity', weights, { activation: true, units: true, W: true, kernel: true, bias: true });
  checkOptions('regularity', task, { inputBound: true, targetBound: true, readoutNorm: true });
  return regularityFor('regularity', weights, task);
}

/** The same, on behalf of another public function. */
export function regularityFor(
  where: string,
  weights: WeightBounds,
  { inputBound, readoutNorm, targetBound }: TaskBounds,
): Regularity {
  const { slope, curvature, height } = suprema(where, weights.activation);
  const { units, W, kernel, bias } = weights;
  checkCounts(where, { units });
  for (const [name, value] of Object.entries({ W, kernel, bias, inputBound, readoutNorm, targetBound })) {
    checkNumber(where, name, value, { least: 0 });
  }
  const lambda = slope * W;
  if (lambda >= 1) throw new UnstableModelError(where, lambda);
  const rest = weights.activation === 'sigmoid' ? Math.sqrt(units) / 2 : 0; // ‖σ(0)‖
  const driven = stateBound(where, {
    lambda,
    inputLipschitz: slope * kernel,
    inputBound,
    offset: rest + slope * bias,
  });
  const B = Math.min(driven, height * Math.sqrt(units));
  const reach = Math.hypot(B, inputBound, 1);
  const bounds = {
    lambda,
    stateBound: B,
    weightLipschitz: slope * reach,
    curvatureHH: curvature * W * W,
    curvatureHW: curvature * W * reach + slope,
    curvatureWW: curvature * reach * reach,
    lossLipschitz: readoutNorm * (readoutNorm * B + targetBound),
    lossCurvature: readoutNorm ** 2,
  };
  const large = Object.entries(bounds).find(([, value]) => !(value < Infinity));
  if (large === undefined) return bounds;
  const fix = 'Scale inputs, targets or weights down.';
  throw new TruncationError(where, `${large[0]} within the range of float64`, 'a larger value', fix);
}
