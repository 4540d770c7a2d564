import { lostToRounding, sparesDirections, stepJacobian } from './entrywise-rounding.js';
import type { TangentMap } from './system.js';
import type { Growth, Trajectories } from './trajectories.js';

/** What a step starts from. */
interface Before {
  state: ArrayLike<number>;
  frame: Float64Array;
  input: ArrayLike<number>;
  step: number;
}

interface Watched {
  /** Factorisations after one step with a suspected direction so far, and at which of them to look again. */
  suspected: number;
  next: number;
  /** Whether to look at the step to come. */
  pending: boolean;
  before?: Before;
  /** Directions that were suspected, and not lost entry by entry, when looked at last. */
  vouched: Uint8Array;
}

const none = (count: number) => new Uint8Array(count);

/** Below rounding, as far as a factorisation tells, and not lost exactly. */
const suspected = (unresolved: number, growth: number): boolean =>
  unresolved === 1 && growth !== Number.NEGATIVE_INFINITY;

/**
 * Looks are spread by this factor, so that their number grows as the logarithm of the steps; by its square after one that
 * had nothing to judge.
 */
const SPREAD = 8;

/**
 * Looks again, entry by entry, at some of the steps in which a factorisation found a direction no longer than the
 * rounding of whole rows: the first, and then at the 8th, 64th and so on. A look costs little where the entries of the
 * Jacobian spare no direction: rows then judge about as entries do.
 */
export class RoundingWatch {
  private readonly watched: Watched[];
  private waiting = 0;

  constructor(
    private readonly map: TangentMap,
    batch: number,
    private readonly shape: { count: number; rounding: number },
  ) {
    this.watched = Array.from({ length: batch }, () => this.anew());
    this.waiting = batch;
  }

  /** Whether the coming step of any trajectory is to be looked at. */
  get isPending(): boolean {
    return this.waiting > 0;
  }

  /** Takes down what a step starts from, for the trajectories where it is to be looked at. */
  remember(before: (trajectory: number) => Before): void {
    for (const [b, watched] of this.watched.entries()) if (watched.pending) watched.before = before(b);
  }

  /**
   * The directions that rounding does not hide, though `unresolved` says so, after a factorisation of one step, which
   * made the frames of `after`.
   */
  vouched(
    trajectory: number,
    { growth, unresolved }: Growth,
    after: Pick<Trajectories, 'frame'>,
  ): Uint8Array {
    const watched = this.watched[trajectory]!;
    const { before } = watched;
    if (watched.pending) {
      watched.before = undefined;
      this.await(watched, false);
    }
    if (!unresolved.includes(1)) return watched.vouched;
    const suspects = unresolved.map((flag, j) => (suspected(flag, growth[j]!) ? 1 : 0));
    if (!suspects.includes(1)) return watched.vouched;
    watched.suspected++;
    if (before) {
      const judged = this.judge(before, suspects, after.frame(trajectory));
      watched.vouched = judged ?? none(this.shape.count);
      watched.next = (judged ? SPREAD : SPREAD ** 2) * watched.suspected;
    } else if (watched.suspected >= watched.next) {
      this.await(watched, true);
    }
    return watched.vouched;
  }

  /** Forgets what it knew of a trajectory whose directions changed places. */
  forget(trajectory: number): void {
    this.await(this.watched[trajectory]!, false);
    this.watched[trajectory] = this.anew();
    this.waiting++;
  }

  private anew(): Watched {
    return { suspected: 0, next: 1, pending: true, vouched: none(this.shape.count) };
  }

  private await(watched: Watched, pending: boolean): void {
    if (watched.pending !== pending) this.waiting += pending ? 1 : -1;
    watched.pending = pending;
  }

  /** Marks the suspects that are not lost entry by entry; undefined where rows judge as well. */
  private judge(before: Before, suspects: Uint8Array, after: Float64Array): Uint8Array | undefined {
    const size = this.map.tangentSize;
    const step = { jacobian: stepJacobian(this.map, before), frame: before.frame };
    const judged = suspects.map((flag, j) =>
      flag && sparesDirections(step, after.subarray(j * size, (j + 1) * size)) ? 1 : 0,
    );
    if (!judged.includes(1)) return;
    const lost = lostToRounding({ ...step, suspects: judged, rounding: this.shape.rounding });
    return judged.map((flag, j) => (flag && !lost[j] ? 1 : 0));
  }
}
