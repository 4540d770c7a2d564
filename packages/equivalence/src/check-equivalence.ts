import { type ComparisonOptions, compareRNNs, comparisonOptions } from './compare-rnns.js';
import { EquivalenceError } from './errors.js';
import { impulseResponse } from './linear-system.js';
import { checkNumber, checkOptions } from './numeric-input.js';
import { type Network, type RNNModel, toNetwork } from './rnn-model.js';
import { outputsOf } from './run-rnn.js';

/** Whether two networks have one input-output map, and what says so. */
export interface EquivalenceReport {
  readonly equivalent: boolean;
  /** Largest relative difference found, of what was compared. */
  readonly gap: number;
  /**
   * 'all inputs' for two linear networks, decided by Markov parameters; 'these inputs' otherwise: outputs agree there,
   * which proves nothing about others.
   */
  readonly scope: 'all inputs' | 'these inputs';
}

/**
 * Whether two networks have the same input-output map.
 *
 * Linear networks of n₁ and n₂ states: their difference is a linear system of n₁ + n₂ states, so it is zero when its first
 * n₁ + n₂ Markov parameters are and, with biases and initial states, when n₁ + n₂ + 1 steps of its response to no input
 * are. Other networks are compared on an input set, given or random inside a bound.
 *
 * @param options.tolerance relative to the largest number compared.
 * @param options.inputs (and the other options of `compareRNNs`) for networks that are not both linear.
 * @throws EquivalenceError as `compareRNNs` does.
 */
export function checkEquivalence(
  first: RNNModel,
  second: RNNModel,
  options: ComparisonOptions & { tolerance?: number } = {},
): EquivalenceReport {
  const where = 'checkEquivalence';
  checkOptions(where, options, { tolerance: true, ...comparisonOptions });
  const { tolerance = 1e-9, ...comparison } = options;
  checkNumber(where, 'tolerance', tolerance, { above: 0 });
  const a = toNetwork(where, first, 'first');
  const b = toNetwork(where, second, 'second');
  checkPorts(where, a, b);
  const linear = a.activation === 'linear' && b.activation === 'linear';
  const gap = linear ? linearGap(where, a, b) : sampledGap(first, second, comparison);
  return { equivalent: gap <= tolerance, gap, scope: linear ? 'all inputs' : 'these inputs' };
}

function checkPorts(where: string, a: Network, b: Network): void {
  const ports = ({ kernel, readout }: Network) => `${kernel.length} inputs, ${readout[0]!.length} outputs`;
  if (ports(a) === ports(b)) return;
  const fix = 'Equivalent networks share inputs and outputs; only their units may differ.';
  throw new EquivalenceError(where, 'the same inputs and outputs', `${ports(a)}; ${ports(b)}`, fix);
}

function sampledGap(first: RNNModel, second: RNNModel, options: ComparisonOptions): number {
  const { largestGap, largestOutput } = compareRNNs(first, second, options);
  return largestOutput === 0 ? 0 : largestGap / largestOutput;
}

function linearGap(where: string, a: Network, b: Network): number {
  const order = a.W.length + b.W.length;
  const noInput = Array.from({ length: order + 1 }, () => a.kernel.map(() => 0));
  const entries = (network: Network) => [
    impulseResponse(network, order).flatMap((block) => block.to1DArray()),
    outputsOf(where, network, noInput).flat(),
  ];
  const [impulseA, restA] = entries(a) as [number[], number[]];
  const [impulseB, restB] = entries(b) as [number[], number[]];
  return Math.max(relativeGap(impulseA, impulseB), relativeGap(restA, restB));
}

function relativeGap(x: readonly number[], y: readonly number[]): number {
  const scale = Math.max(...x.map(Math.abs), ...y.map(Math.abs));
  return scale === 0 ? 0 : Math.max(...x.map((value, i) => Math.abs(value - y[i]!))) / scale;
}
