import { BlockMeans, standardError } from './block-means.js';
import type { Growth } from './trajectories.js';

/** Lyapunov exponents so far. Every list is sorted by exponent, from the largest, and has one entry per exponent. */
export interface SpectrumEstimate {
  /** Mean over the trajectories; natural logarithm per step (maps) or unit time (flows) unless `base` says otherwise. */
  exponents: number[];
  /**
   * Standard error of `exponents`: over the batch, or for a single trajectory over blocks of time. Infinity where
   * there is not enough to tell (fewer than 16 blocks).
   */
  standardError: number[];
  /** [trajectory][exponent], the estimate of each trajectory, in the order of `exponents`. */
  perTrajectory: number[][];
  /**
   * Fraction of the steps whose factorisation found the growth above rounding. Below 1 an exponent is an upper bound
   * only: so fast a contraction cannot be told from the growth of rounding errors (the 'spurious plateau' of long QR
   * intervals). 0 for a direction that is lost.
   */
  resolved: number[];
  /**
   * Whether the estimate of each exponent has settled: there are at least 64 steps, and its growth over blocks of them
   * scatters as independent samples do. Where not, an exponent is the rate of these steps and no limit: its standard
   * error leaves out a transient, or a memory longer than the blocks.
   */
  settled: boolean[];
  /** What rounding may add to an exponent that is resolved, in its unit. */
  rounding: number;
  /** Steps averaged over, warm-up not included. */
  steps: number;
}

/**
 * A direction below rounding in this fraction of the steps, each seen by itself, counts as lost: its measured growth is
 * that of rounding errors. Not applied to longer intervals, where contraction alone can get there.
 */
const LOST_FROM = 0.9;

/** How the vectors of a frame belong to the exponents. */
export interface Directions {
  /** The position of each vector among the exponents; that of the vector itself where it is left out. */
  positions?: readonly number[] | undefined;
  /** Vectors that rounding does not hide, though the factorisation says so. */
  vouched?: Uint8Array | undefined;
}

/** Sums of the growth of each tangent direction, one row per trajectory. */
export class GrowthRecord {
  steps = 0;
  private readonly sums: Float64Array[];
  /** Steps of the factorisations in which a direction was below rounding, and of these the ones after one step. */
  private readonly unresolved: Float64Array[];
  private readonly unresolvedAlone: Float64Array[];
  private readonly blocks: BlockMeans;
  /** Mean growth over the batch since the last factorisation. */
  private readonly shared: Float64Array;

  constructor(
    private readonly batch: number,
    private readonly count: number,
    /** Relative error of one factorisation. */
    private readonly rounding: number,
  ) {
    this.sums = Array.from({ length: batch }, () => new Float64Array(count));
    this.unresolved = Array.from({ length: batch }, () => new Float64Array(count));
    this.unresolvedAlone = Array.from({ length: batch }, () => new Float64Array(count));
    this.blocks = new BlockMeans(count);
    this.shared = new Float64Array(count);
  }

  /** Takes what one QR of one trajectory told, after `duration` steps. */
  add(
    trajectory: number,
    { growth, unresolved }: Growth,
    { duration, positions, vouched }: Directions & { duration: number },
  ): void {
    const { shared, count } = this;
    const sums = this.sums[trajectory]!;
    const share = 1 / this.batch;
    // Nearly always: nothing is hidden, and every vector in its place.
    if (!positions && !unresolved.includes(1)) {
      for (let j = 0; j < count; j++) {
        sums[j]! += growth[j]!;
        shared[j]! += growth[j]! * share;
      }
      return;
    }
    const steps = this.unresolved[trajectory]!;
    const alone = this.unresolvedAlone[trajectory]!;
    for (let column = 0; column < count; column++) {
      const j = positions ? positions[column]! : column;
      // What was lost stays lost: -Infinity, also where a fresh direction has taken its place.
      sums[j]! += growth[column]!;
      shared[j]! += growth[column]! * share;
      const hidden = unresolved[column] === 1 && vouched?.[column] !== 1;
      if (!hidden && sums[j] !== Number.NEGATIVE_INFINITY) continue;
      steps[j]! += duration;
      if (duration === 1) alone[j]! += 1;
    }
  }

  /** Says that all trajectories had their QR after `duration` more steps. */
  close(duration: number): void {
    this.steps += duration;
    this.blocks.add(this.shared, duration);
    this.shared.fill(0);
  }

  /**
   * Rate per step of one exponent of one trajectory, in the order of the QR. -Infinity where the direction was lost,
   * exactly, or to rounding in nearly every step.
   */
  rate(trajectory: number, exponent: number): number {
    if (this.unresolvedAlone[trajectory]![exponent]! >= LOST_FROM * this.steps)
      return Number.NEGATIVE_INFINITY;
    return this.sums[trajectory]![exponent]! / this.steps;
  }

  /** Rates per step of all exponents, averaged over the batch. */
  meanRates(): number[] {
    const means = new Array<number>(this.count).fill(0);
    for (let b = 0; b < this.batch; b++) {
      for (let j = 0; j < this.count; j++) means[j]! += this.rate(b, j);
    }
    for (let j = 0; j < this.count; j++) means[j]! /= this.batch;
    return means;
  }

  /** The positions in the order of the QR, largest mean rate first. */
  order(): number[] {
    const means = this.meanRates();
    const compare = (i: number, j: number) => (means[i] === means[j] ? 0 : means[i]! > means[j]! ? -1 : 1);
    return means.map((_, j) => j).sort(compare);
  }

  /** The estimate with rates divided by `unit`, which holds the time per step and the base of the logarithm. */
  estimate(unit: number): SpectrumEstimate {
    const order = this.order();
    const means = this.meanRates();
    const perTrajectory = this.sums.map((_, b) => order.map((j) => this.rate(b, j) / unit));
    const blockErrors = this.batch > 1 ? undefined : this.blocks.standardErrors();
    const settled = this.blocks.settled(this.rounding);
    const error = (j: number, i: number) => {
      if (!blockErrors) return standardError(perTrajectory.map((rates) => rates[i]!));
      return perTrajectory[0]![i] === Number.NEGATIVE_INFINITY ? 0 : blockErrors[j]! / unit;
    };
    return {
      exponents: order.map((j) => means[j]! / unit),
      standardError: order.map(error),
      perTrajectory,
      resolved: order.map((j) => {
        const lost = this.unresolved.reduce((sum, row) => sum + row[j]!, 0);
        return 1 - lost / (this.batch * this.steps);
      }),
      settled: order.map((j) => settled[j]! || means[j] === Number.NEGATIVE_INFINITY),
      rounding: this.rounding / unit,
      steps: this.steps,
    };
  }
}
