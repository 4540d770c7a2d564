import type { Due, Growth } from './trajectories.js';

export interface QROptions {
  /**
   * Most steps between QR factorisations: larger is cheaper. There are fewer where the growths of the followed
   * directions drift apart, so that every exponent stays a third of the digits above rounding or better.
   */
  qrInterval?: number;
  /** Keeps `qrInterval` whatever the growths, to study what a long interval does: see `resolved`. */
  fixedInterval?: boolean;
}

/** When the frames are factorised: after `qrInterval` steps, and sooner where their growths drift apart. */
export class QRSchedule {
  /** Steps since the last factorisation. */
  waiting = 0;
  /** Steps since the last factorisation that ended an interval. */
  private phase = 0;
  /** The next distance allowed. */
  private spacing = 1;
  /** The fastest that growths drifted apart between two factorisations, nats per step. */
  private steepest = 0;
  /** Of the factorisation at hand: how far growths drifted apart, and whether rounding hides one. */
  private apart = 0;
  private hidden = false;
  /** Nats by which growths may drift apart between two factorisations. */
  private readonly budget: number;
  private readonly interval: number;
  private readonly fixed: boolean;

  constructor({ qrInterval, fixedInterval }: Required<QROptions>, epsilon: number) {
    this.interval = qrInterval;
    this.fixed = fixedInterval;
    this.budget = -Math.log(epsilon) / 3;
  }

  /** Counts a step; whether a factorisation should follow it. */
  step(): boolean {
    this.waiting++;
    this.phase++;
    return this.phase >= this.interval || (!this.fixed && this.waiting >= this.spacing);
  }

  get due(): Due {
    return this.waiting === 1 ? 'after one step' : 'after several';
  }

  /** Takes what a factorisation found for one trajectory. */
  add({ growth, unresolved }: Growth): void {
    if (this.interval === 1) return;
    this.apart = Math.max(this.apart, spreadOf(growth));
    this.hidden ||= unresolved.some((flag, j) => flag === 1 && growth[j] !== Number.NEGATIVE_INFINITY);
  }

  /** Ends a factorisation of all trajectories, and chooses when the next comes. */
  close(): void {
    this.steepest = Math.max(this.steepest, this.apart / this.waiting);
    const steps = Math.floor(this.budget / this.steepest);
    this.spacing = this.hidden ? 1 : Math.max(1, Math.min(steps, 2 * this.spacing));
    this.waiting = 0;
    this.apart = 0;
    this.hidden = false;
    if (this.phase >= this.interval) this.phase = 0;
  }

  /** Starts a new interval here. */
  newInterval(): void {
    this.phase = 0;
  }

  reset(): void {
    this.waiting = 0;
    this.phase = 0;
    this.spacing = 1;
    this.steepest = 0;
  }
}

/** Difference of the largest and the least growth of the directions that are left. */
function spreadOf(growth: Float64Array): number {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of growth) {
    if (value === Number.NEGATIVE_INFINITY) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return Math.max(0, most - least);
}
