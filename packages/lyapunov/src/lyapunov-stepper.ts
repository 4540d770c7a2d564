import { completeFrame } from './complete-frame.js';
import { LyapunovError } from './errors.js';
import { GrowthRecord, type SpectrumEstimate } from './growth-record.js';
import { initialFrame } from './initial-frame.js';
import {
  assertAbove,
  assertFlag,
  assertInteger,
  describe,
  type InitialStateLike,
  readStates,
  type VectorLike,
} from './numeric-input.js';
import { checkRunOptions, type OptionNames } from './options.js';
import { roundingOf } from './orthonormalise.js';
import { prepareSystem } from './prepare-system.js';
import { RoundingWatch } from './rounding-watch.js';
import { type PropagationOptions, startTrajectories } from './start-trajectories.js';
import type { FlowOptions, LyapunovSystem, TangentMap } from './system.js';
import { type Due, type InputOf, lostPositions, type Trajectories } from './trajectories.js';

export interface StepperOptions extends FlowOptions, PropagationOptions {
  /** [n], or [batch][n] for several trajectories. Default: the system's own, or zeros. */
  initialState?: InitialStateLike;
  /** Number of trajectories when `initialState` does not tell; all then start alike and need different inputs. */
  batch?: number;
  /**
   * Most steps between QR factorisations: larger is cheaper. There are fewer where the growths of the followed
   * directions drift apart, so that every exponent stays a third of the digits above rounding or better.
   */
  qrInterval?: number;
  /** Keeps `qrInterval` whatever the growths, to study what a long interval does: see `resolved`. */
  fixedInterval?: boolean;
  /** How many leading exponents. Default all. */
  exponents?: number;
  /** Base of the logarithm: Math.E for nats, 2 for bits. */
  base?: number;
}

export const stepperOptions: OptionNames<StepperOptions> = {
  initialState: true,
  batch: true,
  qrInterval: true,
  fixedInterval: true,
  exponents: true,
  base: true,
  dt: true,
  scheme: true,
  precision: true,
  propagation: true,
};

/**
 * A prepared run of the QR method (Benettin et al. 1980; Vogt et al. 2022, Algorithm 1): Q <- J_t Q in the order of
 * time, Q R = Q every `qrInterval` steps, exponents as the mean of log R_jj.
 *
 * For inputs that arrive one by one, for reading the estimate while it forms, and for sweeps that restart from a new
 * state with everything allocated.
 */
export class LyapunovStepper {
  /** Number of trajectories. */
  readonly batch: number;
  /** Number of exponents that are followed. */
  readonly count: number;
  private readonly system: TangentMap;
  private readonly interval: number;
  private readonly fixed: boolean;
  /** Nats by which growths may drift apart between two factorisations. */
  private readonly budget: number;
  private readonly unit: number;
  private readonly starts: Float64Array[];
  private readonly frame: Float64Array;
  /** Relative error of one factorisation. */
  private readonly rounding: number;
  private readonly trajectories: Trajectories;
  private record: GrowthRecord;
  private readonly watch: RoundingWatch;
  /** The position of each vector among the exponents, for trajectories whose vectors have changed places. */
  private readonly positions: (number[] | undefined)[];
  /** Vectors that were lost and have not been replaced. */
  private readonly lost: (readonly number[])[];
  /** Whether lost directions are replaced at once. */
  private completes = true;
  private time = 0;
  /** Steps since the last factorisation, since the last that ended an interval, and the next distance allowed. */
  private waiting = 0;
  private phase = 0;
  private spacing = 1;
  /** The fastest that growths drifted apart between two factorisations, nats per step. */
  private steepest = 0;

  constructor(
    system: LyapunovSystem,
    options: StepperOptions,
    private readonly where: string,
  ) {
    const { initialState, qrInterval = 1, fixedInterval = false, base = Math.E } = options;
    const given = initialState === undefined ? undefined : readStates(initialState, undefined, where);
    this.system = prepareSystem(system, given?.[0]?.length, options, where);
    const { exponents = this.system.tangentSize, batch = given?.length ?? 1 } = options;
    assertInteger(qrInterval, 'qrInterval', 1, where);
    assertFlag(fixedInterval, 'fixedInterval', where);
    assertInteger(exponents, 'exponents', 1, where);
    assertInteger(batch, 'batch', 1, where);
    assertAbove(base, 'base', 1, where);
    if (exponents > this.system.tangentSize) {
      throw new LyapunovError(
        where,
        `at most ${this.system.tangentSize} exponents, one per dimension of the state`,
        `exponents: ${exponents}`,
        'Ask for fewer.',
      );
    }
    if (given && given.length > 1 && given.length !== batch) {
      throw new LyapunovError(
        where,
        `one initial state, or one for each of the ${batch} trajectories`,
        `${given.length}`,
        'Make the batch sizes agree.',
      );
    }
    this.batch = batch;
    this.count = exponents;
    this.interval = qrInterval;
    this.fixed = fixedInterval;
    this.unit = this.system.timeStep * Math.log(base);
    const source = given ?? [this.system.initialState];
    this.starts = Array.from({ length: batch }, (_, b) => source[source.length === 1 ? 0 : b]!);
    this.frame = initialFrame(exponents, this.system.tangentSize);
    const epsilon = options.precision === 'float32' ? 2 ** -23 : Number.EPSILON;
    this.rounding = roundingOf(this.system.tangentSize, epsilon);
    this.budget = -Math.log(epsilon) / 3;
    this.watch = new RoundingWatch(this.system, batch, { count: exponents, rounding: this.rounding });
    this.positions = new Array(batch).fill(undefined);
    this.lost = Array.from({ length: batch }, () => []);
    this.record = this.newRecord();
    this.trajectories = startTrajectories(this.system, { ...options, batch, count: exponents, where });
    this.trajectories.restart(this.starts, this.frame);
  }

  /** Steps that the estimate averages over. */
  get steps(): number {
    return this.record.steps + this.waiting;
  }

  /** Time that one step takes: 1 for maps, dt for flows. */
  get timeStep(): number {
    return this.system.timeStep;
  }

  /** A copy of the states now, [batch][n]. */
  currentStates(): number[][] {
    return this.trajectories.states();
  }

  /**
   * One step of every trajectory with the given input: [inputDim] for all of them, or [batch][inputDim]. Returns the
   * stepper. Throws `ExplodingTrajectoryError` when a state or tangent stops being finite.
   */
  push(input: VectorLike | ArrayLike<ArrayLike<number>>): this {
    const rows = readStates(input, undefined, `${this.where}.push`).map((row) => Array.from(row));
    if (rows.length !== 1 && rows.length !== this.batch) {
      throw new LyapunovError(
        `${this.where}.push`,
        `one input vector, or one for each of the ${this.batch} trajectories`,
        describe(input),
        'Pass [inputDim] or [batch][inputDim].',
      );
    }
    this.step((b) => rows[rows.length === 1 ? 0 : b]!);
    return this;
  }

  /** `steps` steps without input, for autonomous systems. Returns the stepper. */
  run(steps: number): this {
    assertInteger(steps, 'steps', 0, `${this.where}.run`);
    for (let t = 0; t < steps; t++) this.step(noInput);
    return this;
  }

  /**
   * One step; `inputOf` gives the input of each trajectory, already checked. Without `factorise` the frame is carried
   * along, without `complete` what it loses stays lost until `discard`.
   */
  step(inputOf: InputOf, { factorise = true, complete = true } = {}): void {
    if (this.waiting === 0 && this.watch.isPending) this.lookAhead(inputOf);
    this.completes = complete;
    this.waiting++;
    this.phase++;
    const ends = this.phase >= this.interval || (!this.fixed && this.waiting >= this.spacing);
    const due = factorise && ends ? this.due() : undefined;
    this.trajectories.advance(inputOf, this.time, due);
    this.time++;
    if (due) this.collect();
    else if (this.lostRank()) this.factorise();
  }

  /**
   * Forgets the growth so far and keeps states and frames: the end of a warm-up, or of a window. Fresh directions take
   * the place of lost ones, so what is counted from here on is the growth of a whole frame.
   */
  discard(): this {
    this.factorise();
    for (let b = 0; b < this.batch; b++) {
      this.complete(b);
      this.positions[b] = undefined;
    }
    this.phase = 0;
    this.record = this.newRecord();
    return this;
  }

  /** Starts anew from the first states, or from `initialState` ([n] or [batch][n]), without allocating frames. */
  reset(initialState?: InitialStateLike): this {
    if (initialState !== undefined) {
      const given = readStates(initialState, this.system.stateSize, `${this.where}.reset`);
      if (given.length !== 1 && given.length !== this.batch) {
        throw new LyapunovError(
          `${this.where}.reset`,
          `one initial state, or ${this.batch}`,
          `${given.length}`,
          'Make the batch sizes agree.',
        );
      }
      this.starts.forEach((_, b) => {
        this.starts[b] = given[given.length === 1 ? 0 : b]!;
      });
    }
    this.trajectories.restart(this.starts, this.frame);
    this.time = 0;
    this.waiting = 0;
    this.phase = 0;
    this.spacing = 1;
    this.steepest = 0;
    for (let b = 0; b < this.batch; b++) {
      this.positions[b] = undefined;
      this.lost[b] = [];
      this.watch.forget(b);
    }
    this.record = this.newRecord();
    return this;
  }

  /** The exponents so far. Throws when no step has been counted. */
  estimate(): SpectrumEstimate {
    this.requireSteps();
    return this.record.estimate(this.unit);
  }

  /**
   * Exponents in the order of the QR, mean over the batch, or of one trajectory; not sorted, so that a position means
   * the same direction at every time.
   */
  rates(trajectory?: number): number[] {
    this.requireSteps();
    const { record, unit } = this;
    if (trajectory === undefined) return record.meanRates().map((rate) => rate / unit);
    return Array.from({ length: this.count }, (_, j) => record.rate(trajectory, j) / unit);
  }

  /** Positions in the order of the QR, largest exponent first. */
  order(): number[] {
    return this.record.order();
  }

  /**
   * Gives the memory of a network's batch back at once; the stepper cannot go on. Optional: otherwise it is given back
   * after the stepper is garbage.
   */
  dispose(): void {
    this.trajectories.release();
  }

  private due(): Due {
    return this.waiting === 1 ? 'after one step' : 'after several';
  }

  /** QR of every frame, when steps wait for one. */
  private factorise(): void {
    if (this.waiting === 0) return;
    this.trajectories.factorise(this.time, this.due());
    this.collect();
    this.phase = 0;
  }

  private requireSteps(): void {
    this.factorise();
    if (this.record.steps > 0) return;
    throw new LyapunovError(this.where, 'at least one counted step', 'none', 'Take a step first.');
  }

  /** Records what a factorisation found, and chooses when the next comes. */
  private collect(): void {
    const { record, waiting: duration } = this;
    let apart = 0;
    let hidden = false;
    this.trajectories.drain((b, result) => {
      const after = () => this.trajectories.frame(b);
      const vouched = duration === 1 ? this.watch.vouched(b, result, after) : undefined;
      record.add(b, result, { duration, positions: this.positions[b], vouched });
      this.lost[b] = result.unresolved.includes(1) ? lostPositions(result.growth) : none;
      if (this.interval === 1) return;
      apart = Math.max(apart, spreadOf(result.growth));
      hidden ||= result.unresolved.some(
        (flag, j) => flag === 1 && result.growth[j] !== Number.NEGATIVE_INFINITY,
      );
    });
    record.close(duration);
    this.steepest = Math.max(this.steepest, apart / duration);
    const steps = Math.floor(this.budget / this.steepest);
    this.spacing = hidden ? 1 : Math.max(1, Math.min(steps, 2 * this.spacing));
    this.waiting = 0;
    if (this.phase >= this.interval) this.phase = 0;
    if (this.completes && this.lost.some(({ length }) => length > 0))
      for (let b = 0; b < this.batch; b++) this.complete(b);
  }

  /** Takes down what the coming step starts from, where it is to be looked at. */
  private lookAhead(inputOf: InputOf): void {
    const { time: step, trajectories } = this;
    const states = step === 0 ? this.starts : trajectories.states();
    this.watch.remember((b) => ({
      state: states[b]!,
      frame: step === 0 ? this.frame : trajectories.frame(b),
      input: Array.from(inputOf(b)),
      step,
    }));
  }

  /** Whether a frame has fewer rows than vectors, so that its rank is certain only now. */
  private lostRank(): boolean {
    return this.lost.some((lost, b) => !this.trajectories.hasRows(b, this.count - lost.length));
  }

  /** Puts fresh directions, which belong to no exponent, in the place of lost ones. */
  private complete(b: number): void {
    const lost = this.lost[b]!;
    if (lost.length === 0) return;
    const { trajectories } = this;
    const order = completeFrame({
      frame: trajectories.frame(b),
      size: this.system.tangentSize,
      lost,
      orthonormalise: (frame) => {
        const missing = trajectories.replaceFrame(b, frame, this.time);
        return { frame: missing.length > 0 ? trajectories.frame(b) : frame, lost: missing };
      },
    });
    const positions = this.positions[b];
    this.positions[b] = order.map((column) => positions?.[column] ?? column);
    this.lost[b] = [];
    this.watch.forget(b);
  }

  private newRecord(): GrowthRecord {
    return new GrowthRecord(this.batch, this.count, this.rounding);
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

const none: number[] = [];

/** The input of autonomous systems. */
export const noInput = (): number[] => none;

/**
 * A prepared stepper: `push(input)` or `run(steps)`, `discard()` after a warm-up, `estimate()` at any time, `reset()`
 * for the next run of a sweep.
 *
 *     const stepper = lyapunovStepper(system, { exponents: 3 });
 *     for (const x of warmup) stepper.push(x);
 *     stepper.discard();
 *     for await (const x of stream) console.log(stepper.push(x).estimate().exponents);
 *
 * Throws `LyapunovError` on a system or options that do not fit.
 */
export function lyapunovStepper(system: LyapunovSystem, options: StepperOptions = {}): LyapunovStepper {
  checkRunOptions('lyapunovStepper', options, stepperOptions);
  return new LyapunovStepper(system, options, 'lyapunovStepper');
}
