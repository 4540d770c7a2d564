import { nextState, preActivation } from '@hurwitz/network';
import { gaussian, generator } from '@hurwitz/random';
import { spectralNorm } from '@hurwitz/stability';
import { Matrix } from 'ml-matrix';
import { checkCounts, checkNumber, checkOptions } from './numeric-input.js';
import { identity, type RNNModel, toNetwork } from './rnn-model.js';

/** A random ReLU contraction to identify, and how often its states are on. */
export interface SyntheticContractiveRNN extends RNNModel {
  readonly W: number[][];
  readonly kernel: number[][];
  readonly bias: number[];
  readonly readout: number[][];
  readonly activation: 'relu';
  /** ‖W‖₂ = 1 - ε (s_min(A)/s_max(A))². */
  readonly contraction: number;
  /** Fraction of time each unit is on, measured on fresh inputs after the biases are set. */
  readonly onFractions: number[];
}

/**
 * The random contraction of the synthetic experiment (Emami et al., NeurIPS 2019, section 5): W = I - ε AᵀA/‖A‖² with A,
 * kernel and readout standard normal, and biases set by stochastic approximation so that each state is on for a given
 * fraction of time under standard normal inputs.
 *
 * ε⁻¹ steps is the time constant of the fastest mode; the slowest may take thousands.
 *
 * @param options.onFraction wanted fraction, in (0, 1).
 * @param options.tuningSteps inputs used to set the biases.
 * @throws EquivalenceError on bad options.
 */
export function syntheticContractiveRNN(
  options: {
    units?: number;
    inputDim?: number;
    outputs?: number;
    epsilon?: number;
    onFraction?: number;
    tuningSteps?: number;
    seed?: number;
  } = {},
): SyntheticContractiveRNN {
  const where = 'syntheticContractiveRNN';
  checkOptions(where, options, {
    units: true,
    inputDim: true,
    outputs: true,
    epsilon: true,
    onFraction: true,
    tuningSteps: true,
    seed: true,
  });
  const {
    units = 4,
    inputDim = 2,
    outputs = 2,
    epsilon = 0.01,
    onFraction = 0.6,
    tuningSteps = 40_000,
    seed = 1,
  } = options;
  checkCounts(where, { units, inputDim, outputs, tuningSteps });
  checkNumber(where, 'seed', seed, { integer: true });
  checkNumber(where, 'epsilon', epsilon, { above: 0, below: 2 });
  checkNumber(where, 'onFraction', onFraction, { above: 0, below: 1 });
  const { normal } = generator(seed);
  const A = new Matrix(gaussian(units, units, { normal }));
  const rate = epsilon / spectralNorm(A.to2DArray()) ** 2;
  const W = Matrix.sub(new Matrix(identity(units)), A.transpose().mmul(A).mul(rate)).to2DArray();
  const kernel = gaussian(inputDim, units, { normal });
  const readout = gaussian(units, outputs, { normal });
  const start = gaussian(1, units, { normal })[0]!;
  const draw = () => gaussian(1, inputDim, { normal })[0]!;
  const bias = tuneBias({ W, kernel, bias: start, onFraction, tuningSteps, draw });
  const model = { W, kernel, bias, readout, activation: 'relu' as const };
  const onFractions = measureOn(model, Math.ceil(tuningSteps / 2), draw);
  return { ...model, contraction: spectralNorm(W), onFractions };
}

/** Robbins-Monro: a bias goes up while its unit is on too rarely; the later half of its path is averaged (Polyak). */
function tuneBias({
  W,
  kernel,
  bias: start,
  onFraction,
  tuningSteps,
  draw,
}: Pick<SyntheticContractiveRNN, 'W' | 'kernel' | 'bias'> & {
  onFraction: number;
  tuningSteps: number;
  draw: () => number[];
}): number[] {
  const bias = [...start];
  const mean = bias.map(() => 0);
  const half = Math.floor(tuningSteps / 2);
  let state = bias.map(() => 0);
  for (let step = 0; step < tuningSteps; step++) {
    const z = preActivation({ W, kernel, bias }, state, draw());
    const gain = 0.2 / (1 + step / 100) ** 0.6;
    for (const [i, value] of z.entries()) bias[i]! += gain * (onFraction - (value > 0 ? 1 : 0));
    state = z.map((value) => Math.max(0, value));
    if (step >= half) for (const [i, value] of bias.entries()) mean[i]! += value / (tuningSteps - half);
  }
  return mean;
}

/** How often each unit is on over `steps` inputs, after as many to forget the start. */
function measureOn(model: RNNModel, steps: number, draw: () => number[]): number[] {
  const network = toNetwork('syntheticContractiveRNN', model);
  const on = network.bias.map(() => 0);
  let state = network.initialState;
  for (let step = 0; step < 2 * steps; step++) {
    state = nextState(network, state, draw());
    if (step >= steps) for (const [i, value] of state.entries()) on[i]! += value > 0 ? 1 / steps : 0;
  }
  return on;
}
