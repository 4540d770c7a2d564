import type { Activation } from './activation.js';
import type { Flow } from './system.js';

/**
 * How far a state of each unit matters, in whatever units states are measured: `bending` moves the arguments of σ by their
 * natural size, and at `balance` the damping A h is as large as σ. Rest points lie between the two.
 */
export interface StateUnits {
  /** a / ‖column j of W‖, with a the natural size of σ's arguments. */
  readonly bending: readonly number[];
  /** max |σ| at ±a and ±2a, by ‖column j of A‖. */
  readonly balance: readonly number[];
}

/** The natural sizes of a flow's states; 0 for a unit that dh/dt does not depend on. */
export function stateUnits({ A, W, activation, drive }: Flow): StateUnits {
  const argument = naturalArgument(activation, drive);
  const size = Math.max(...[-2, -1, 1, 2].map((k) => finite(Math.abs(activation.value(k * argument)))));
  const columns = (M: number[][]) => M.map((_, j) => Math.hypot(...M.map((row) => row[j]!)));
  const bending = columns(W.to2DArray()).map((norm) => (norm > 0 ? finite(argument / norm) : 0));
  const balance = columns(A.to2DArray()).map((norm) => (norm > 0 ? finite(size / norm) : 0));
  return {
    bending: bending.map((unit, j) => unit || balance[j]!),
    balance: balance.map((unit, j) => unit || bending[j]!),
  };
}

/** 1 for a σ that bends there, as tanh; relu and linear have no size of their own and take that of the drive. */
function naturalArgument(activation: Activation, drive: Float64Array): number {
  const homogeneous = [-1, 1].every((x) => activation.value(2 * x) === 2 * activation.value(x));
  const largest = drive.reduce((most, c) => Math.max(most, Math.abs(c)), 0);
  return homogeneous && largest > 0 ? largest : 1;
}

const finite = (x: number): number => (Number.isFinite(x) ? x : 0);
