import { Matrix } from 'ml-matrix';
import { type CertificateMatrices, inOwnTime, type LureSystem } from './lure.js';

/** Largest |log T|: systems that are reducible would push some units away for ever. */
const FARTHEST = 70;

/**
 * A system in other units of its states, h' = T h with T = diag(scale), which σ, acting entry by entry, allows, and in
 * the unit of time that its entries then set.
 */
export interface BalancedSystem {
  readonly system: LureSystem;
  readonly scale: readonly number[];
  /** Rates of the system it came from, over rates here. */
  readonly pace: number;
}

/**
 * Evens out the rows and columns of |A| + M |W| by Osborne's iteration: whether there is a certificate does not depend on
 * the units of the states, so finding one should not. Iterated until it settles, so that one system in two sets of units
 * is searched as the same one.
 */
export function balanceStates(system: LureSystem): BalancedSystem {
  const { A, W, units: n, slopes } = system;
  const sizes = Matrix.abs(A).add(Matrix.abs(W).mul(slopes.high)).to2DArray();
  const x = new Array<number>(n).fill(0);
  for (let sweep = 0, moved = Infinity; moved > 1e-6 && sweep < 100; sweep++) {
    moved = 0;
    for (let i = 0; i < n; i++) {
      let row = 0;
      let column = 0;
      for (let j = 0; j < n; j++) {
        if (j === i) continue;
        row += sizes[i]![j]! * Math.exp(x[i]! - x[j]!);
        column += sizes[j]![i]! * Math.exp(x[j]! - x[i]!);
      }
      if (!(row > 0 && column > 0)) continue;
      const next = Math.max(-FARTHEST, Math.min(FARTHEST, x[i]! + Math.log(column / row) / 2));
      moved = Math.max(moved, Math.abs(next - x[i]!));
      x[i] = next;
    }
  }
  const mean = x.reduce((sum, value) => sum + value, 0) / n;
  const scale = x.map((value) => Math.exp(value - mean));
  const turned = (M: Matrix) =>
    M.clone()
      .mulColumnVector(scale)
      .mulRowVector(scale.map((value) => 1 / value));
  const balanced = inOwnTime({ ...system, A: turned(A), W: turned(W) });
  return { system: balanced, scale, pace: balanced.frequency / system.frequency };
}

/** The system as it is, where its units are not to be changed. */
export const unbalanced = (system: LureSystem): BalancedSystem => ({
  system,
  scale: new Array<number>(system.units).fill(1),
  pace: 1,
});

/** A claim about the balanced system as one about the system it came from: T P T, T Λ T and the rate, in its unit of time. */
export function fromBalanced(
  { scale, pace }: BalancedSystem,
  { P, multipliers, rate }: CertificateMatrices,
): CertificateMatrices {
  return {
    P: P.clone()
      .mulColumnVector([...scale])
      .mulRowVector([...scale]),
    multipliers: multipliers.map((value, i) => (value * scale[i]! * scale[i]!) / pace),
    rate: rate * pace,
  };
}
